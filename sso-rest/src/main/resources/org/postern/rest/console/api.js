// The product's API as the console's session uses it. Whatever goes wrong becomes a Problem.
const BASE = new URL('../sso/v1/', import.meta.url);
const PATIENCE = 30_000;
/** Of what the page asks by itself: the server does not take it for a use of the session. */
const BACKGROUND = {'X-Background': 'true'};
/** What a diagnosis calls itself. */
const DIAGNOSE = 'Postern Diagnose';
const NOBODYS = {csrf: '', address: ''};
/** Kept where this browser has begun a session, of which the page cannot see the cookie. */
const BEGUN = 'postern.session';
/** Says to the browser's other tabs, whose session is the same, that it was begun or ended here. */
const tabs = new BroadcastChannel('postern.session');
let own = NOBODYS;
let ended = () => {};
let changed = () => {};

/** Why an answer is not what was wanted; status 0: the server cannot be reached. */
export class Problem extends Error {
  constructor(status, {detail, errors} = {}, retryAfter = 0) {
    super(detail || String(status));
    this.status = status;
    this.errors = errors || [];
    this.retryAfter = retryAfter;
  }
}

async function problemOf(response) {
  const json = (response.headers.get('Content-Type') || '').includes('json');
  const body = json ? await response.json().catch(() => ({})) : {};
  return new Problem(response.status, body, Number(response.headers.get('Retry-After')) || 0);
}

async function send(method, path, wanted = {}, read = response => response.json()) {
  const {query = {}, body, headers = {}, background = false, signal = AbortSignal.timeout(PATIENCE)} = wanted;
  const sent = own;
  const url = new URL(path, BASE);
  Object.entries(query).forEach(([name, value]) => value && url.searchParams.set(name, value));
  const request = {method, headers: {...headers, ...(background && BACKGROUND)}, cache: 'no-store', signal};
  if (method !== 'GET' && sent.csrf) {
    request.headers['X-CSRF-Token'] = sent.csrf;
  }
  if (body) {
    request.headers['Content-Type'] = 'application/json';
    request.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(url, request);
    if (response.ok) {
      return response.status === 204 ? null : await read(response);
    }
    throw await problemOf(response);
  } catch (fault) {
    if (!(fault instanceof Problem)) {
      throw new Problem(0);
    }
    if (fault.status === 401 && sent.csrf && sent.csrf === own.csrf) {
      forgotten();
      ended();
    }
    if (fault.status === 403 && method !== 'GET' && await isRenewed(sent)) {
      return send(method, path, wanted, read);
    }
    throw fault;
  }
}

const segment = encodeURIComponent;
const kept = session => {
  own = session;
  localStorage.setItem(BEGUN, 'begun');
  return session;
};
const forgotten = () => {
  own = NOBODYS;
  localStorage.removeItem(BEGUN);
};

/** Says whom to tell when the session has ended. */
export const onEnd = listener => {
  ended = listener;
};

/** The session that this browser has; a Problem 401 where it has none, and at once where it never began one. */
export const session = async () => {
  if (!localStorage.getItem(BEGUN)) {
    throw new Problem(401);
  }
  return kept(await send('GET', 'session'));
};

/** Says whom to tell of the session that another tab has begun. */
export const onChange = listener => {
  changed = listener;
};

/**
 * The session, asked without being a use of it; where it is over, the listener is told. Undefined where it cannot be told,
 * or was begun or ended here meanwhile.
 */
export const look = async () => {
  const {csrf} = own;
  const session = await send('GET', 'session', {background: true}).catch(() => undefined);
  return session && csrf === own.csrf ? kept(session) : undefined;
};

/** Looks what another tab has made of the session; whether it is another one than this, of the same administrator. */
async function isRenewed(before) {
  const session = before.csrf === own.csrf ? await look() : undefined;
  if (session) {
    changed(session);
  }
  return own.csrf !== '' && own.csrf !== before.csrf && own.address === before.address;
}

tabs.onmessage = () => isRenewed(own);

export const signIn = async (user, password) => {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  const basic = btoa(String.fromCharCode(...bytes));
  const session = kept(await send('POST', 'session', {headers: {Authorization: `Basic ${basic}`}}));
  tabs.postMessage('');
  return session;
};

export const signOut = async () => {
  await send('DELETE', 'session');
  forgotten();
  tabs.postMessage('');
};

export const mailboxes = (q, cursor) => send('GET', 'users', {query: {q, cursor, limit: '50'}});
export const mailbox = user => send('GET', `users/${segment(user)}`);
export const checkPassword = (user, password) =>
  send('POST', `users/${segment(user)}/password-check`, {body: {password}});
export const tokens = (user, cursor, background) =>
  send('GET', 'tokens', {query: {user, state: 'all', cursor, limit: '20'}, background});
export const issue = body => send('POST', 'tokens', {body});
/** The tokens in one's domains that wait for an approval. */
export const requests = (cursor, background) =>
  send('GET', 'tokens', {query: {state: 'pending', cursor, limit: '20'}, background});
/** How many they are, 100 at most, asked without being a use of the session. */
export const waiting = async () =>
  (await send('GET', 'tokens', {query: {state: 'pending', limit: '100'}, background: true})).items.length;
export const approve = id => send('POST', `tokens/${segment(id)}/approval`);
export const revoke = id => send('DELETE', `tokens/${segment(id)}`);
export const sessions = (user, cursor, background) =>
  send('GET', 'sessions', {query: {user, cursor, limit: '50'}, background});
export const endSession = id => send('DELETE', `sessions/${segment(id)}`);
export const audit = (wanted, cursor) => send('GET', 'audit', {query: {...wanted, cursor, limit: '50'}});

/** What happened of late: {period, zone, domain}. */
export const overview = query => send('GET', 'overview', {query});

/** The last time that a token opened this mailbox in somebody's browser; undefined where none did of late. */
export async function lastLogin(user) {
  const query = {user, event: 'redeemed', limit: '20'};
  let page, login;
  do {
    page = await send('GET', 'audit', {query});
    login = page.items.find(event => !event.user_agent?.startsWith(DIAGNOSE));
    Object.assign(query, {cursor: page.next, limit: '200'});
  } while (!login && page.next);
  return login;
}

/** Tells what a diagnosis finds as it is found: a name and what it is about. Whoever aborts ends it on the server too. */
export const diagnose = (user, body, signal, tell) => send('POST', `users/${segment(user)}/diagnosis`,
  {body, signal, headers: {Accept: 'text/event-stream'}}, async response => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const events = (rest + read.value).split('\n\n');
      rest = events.pop();
      events.map(event => /^event: (\w+)\ndata: (.*)$/.exec(event)).filter(Boolean)
        .forEach(([, name, data]) => tell(name, JSON.parse(data)));
    }
  });

/** All that audit() shows page by page, as one file of this type. */
export const auditFile = (wanted, type) =>
  send('GET', 'audit', {query: wanted, headers: {Accept: type}}, response => response.blob());
