// What the console says, in the reader's language; and times and numbers as he writes them.
const LANGUAGES = ['da', 'de', 'el', 'en', 'es', 'fr', 'it', 'nl', 'no', 'pt_BR', 'sv'];
let texts = {};
let tag = 'en';
let plural = new Intl.PluralRules(tag);

const read = async code => (await fetch(new URL(`texts/${code}.json`, import.meta.url))).json();

/** The language among ours that a browser's tag means: "nb" and "nn" are Norwegian. */
const match = wanted => {
  const code = wanted.replace('-', '_').toLowerCase();
  const base = code.split('_')[0];
  return LANGUAGES.find(l => l.toLowerCase() === code)
    || LANGUAGES.find(l => l.toLowerCase().split('_')[0] === base)
    || (base === 'nb' || base === 'nn' ? 'no' : undefined);
};

/** Loads the language that is or was chosen here, or what the browser asks for. */
export async function load(chosen = localStorage.getItem('postern.language')) {
  const wished = [chosen, ...navigator.languages].filter(Boolean);
  const code = wished.map(match).find(Boolean) || 'en';
  texts = await read(code);
  tag = code.replace('_', '-');
  plural = new Intl.PluralRules(tag);
  document.documentElement.lang = tag;
}

export async function choose(code) {
  await load(code);
  localStorage.setItem('postern.language', code);
}

export const languages = LANGUAGES;
export const language = () => tag.replace('-', '_');
/** A language's name in itself. */
export const nameOf = code => {
  const name = new Intl.DisplayNames([code.replace('_', '-')], {type: 'language'}).of(code.replace('_', '-'));
  return name.charAt(0).toLocaleUpperCase(code.replace('_', '-')) + name.slice(1);
};

/** A text; {name} is the value of that name. */
export function t(key, values = {}) {
  const text = texts[key];
  if (text === undefined) {
    throw new Error(`no text ${key}`);
  }
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
}

export const has = key => Object.hasOwn(texts, key);

/** Why something was refused, in words; nothing where there are none. */
export const refusal = (event, cause) => {
  const key = `${event}.${cause.replaceAll(' ', '_')}`;
  return has(key) ? t(key) : undefined;
};

/** A text about a number of things: key.one, key.other. */
export const count = (key, n) => {
  const form = `${key}.${plural.select(n)}`;
  return t(form in texts ? form : `${key}.other`, {n: n.toLocaleString(tag)});
};

export const moment = time => new Date(time).toLocaleString(tag, {dateStyle: 'medium', timeStyle: 'short'});
/** A moment to the second, as a trail is read. */
export const second = time => new Date(time).toLocaleString(tag, {dateStyle: 'medium', timeStyle: 'medium'});
export const exactly = time => new Date(time).toLocaleString(tag, {dateStyle: 'full', timeStyle: 'long'});

/** A duration, in milliseconds below a second. */
export const millis = n => new Intl.NumberFormat(tag, n < 1000
  ? {style: 'unit', unit: 'millisecond'}
  : {style: 'unit', unit: 'second', maximumFractionDigits: 1}).format(n < 1000 ? n : n / 1000);

/** A size in the greatest unit that leaves a whole number. */
export const bytes = n => {
  const step = Math.max(0, Math.min(3, Math.floor(Math.log2(Math.max(1, n)) / 10)));
  return new Intl.NumberFormat(tag, {
    style: 'unit', unit: ['byte', 'kilobyte', 'megabyte', 'gigabyte'][step], maximumFractionDigits: 1
  }).format(n / 1024 ** step);
};
export const number = n => n.toLocaleString(tag);
/** A number as an axis has room for it. */
export const short = n => n.toLocaleString(tag, n < 10_000 ? {} : {notation: 'compact'});
/** A moment by its parts, as Intl.DateTimeFormat names them. */
export const day = (time, parts) => new Date(time).toLocaleString(tag, parts);

/** After how long, not before: "in 5 seconds". */
export const after = seconds => new Intl.RelativeTimeFormat(tag)
  .format(...(seconds < 120 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']));

/** How long until then, or since then, in its greatest unit. */
export const distance = time => {
  const seconds = Math.round((new Date(time) - Date.now()) / 1000);
  // A token of 24 hours ends in 24 hours, and one of an hour in 60 minutes: less than two of a unit are told by the next.
  const [unit, size] = [['day', 86400], ['hour', 3600], ['minute', 60]].find(u => Math.abs(seconds) >= 2 * u[1] - 60) || ['second', 1];
  return new Intl.RelativeTimeFormat(tag, {numeric: 'auto'}).format(Math.round(seconds / size), unit);
};
