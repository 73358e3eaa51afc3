// What every page of the console is made of.
import {Component, Fragment, h, render} from './preact.js';
import {after, has, t} from './texts.js';

const SHORT = 120;

export {Component, Fragment, h, render};

/** The address of a page with what it is asked to show; what is empty is left out. */
export const linkTo = (page, wanted) => {
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  return `#/${page}${query.size ? `/?${query}` : ''}`;
};

/** The address of a mailbox's page. */
export const mailboxPage = user => `#/mailbox/${encodeURIComponent(user)}`;

/** What a Problem means to a person. */
export const words = problem => {
  if (problem.status === 0) {
    return t('problem.unreachable');
  }
  if (problem.status === 429) {
    return t('problem.throttled', {when: after(problem.retryAfter)});
  }
  const key = {401: 'problem.ended', 403: 'problem.denied', 404: 'problem.missing', 409: 'problem.live'}[problem.status];
  const fields = problem.errors.map(e => (has(`audit.${e.field}`) ? t(`audit.${e.field}`) : e.field)).join(', ');
  return t(key || (problem.status >= 500 ? 'problem.fault' : 'problem.bad')) + (fields && ` (${fields})`);
};

export const Alert = ({kind, id, children}) => h('p', {
  class: `alert ${kind}`, id, role: kind === 'bad' ? 'alert' : 'status'
}, children);

/** @param said what the problem means here, where that is more than it means everywhere */
export const Failure = ({problem, said, again}) => h('div', {class: 'alert bad', role: 'alert'},
  h('p', null, said || words(problem)),
  again && h('button', {type: 'button', class: 'quiet small', onClick: again}, t('again')));

export const Loading = () => h('p', {class: 'loading', role: 'status'}, t('loading'));

export const Empty = ({title, children}) => h('div', {class: 'empty'}, h('h2', null, title), children);

/** A text of any length that takes no more than a few lines until somebody wants all of it. */
export const Long = ({text}) => text.length <= SHORT
  ? h('bdi', null, text)
  : h('details', {class: 'long'},
    h('summary', null, h('bdi', null, `${text.slice(0, SHORT).trimEnd()}…`)), h('bdi', null, text));

/** A cell of a list, which on a phone says its column's name itself. */
export const Cell = ({label, children}) => h('td', {role: 'cell', 'data-label': label}, children);

/** A list's head; the roles are those that a table has, and loses in browsers where a phone shows it as blocks. */
export const Head = ({columns, deeds}) => h('thead', {role: 'rowgroup'}, h('tr', {role: 'row'},
  columns.map(name => h('th', {scope: 'col', role: 'columnheader'}, name)),
  h('th', {scope: 'col', role: 'columnheader'}, h('span', {class: 'hidden'}, deeds))));

/** A field with its label, what it takes, and what is wrong with it. */
export const Field = ({id, label, rule, error, children}) => h('div', {class: 'field'},
  h('label', {for: id}, label),
  children,
  rule && h('p', {class: 'rule', id: `${id}-rule`}, rule),
  error && h('p', {class: 'wrong', id: `${id}-wrong`}, error));

/** What goes with an input so that a screen reader says its rule and its fault. */
export const described = (id, rule, error) => ({
  id,
  'aria-describedby': [rule && `${id}-rule`, error && `${id}-wrong`].filter(Boolean).join(' ') || undefined,
  'aria-invalid': error ? 'true' : undefined
});

/** An address, which breaks before its domain where it must. */
export const Address = ({of}) => h('bdi', {class: 'address'}, of.split('@').map((part, i) => (i === 0 ? part : [h('wbr'), `@${part}`])));

export const Status = ({kind, children}) => h('span', {class: `status ${kind}`}, children);

/** A button that copies a text, and says so; where the browser keeps its clipboard shut, it marks the text before it. */
export class Copy extends Component {
  render({text, label}, {done}) {
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(text);
      } catch (shut) {
        getSelection().selectAllChildren(this.base.previousElementSibling);
        return;
      }
      this.setState({done: true});
      setTimeout(() => this.setState({done: false}), 3000);
    };
    return h('button', {type: 'button', class: 'quiet small', onClick: copy},
      h('span', {'aria-live': 'polite'}, done ? t('copied') : label));
  }
}

/**
 * A question before something that cannot be taken back; or, where there is no onNo(), something that one only takes note
 * of.
 */
export class Confirm extends Component {
  componentDidMount() {
    this.dialog.showModal();
  }

  /** Closed first, so that the browser gives the focus back. */
  yes() {
    this.sure = true;
    this.dialog.close();
  }

  render({title, text, button, onYes, onNo = onYes}) {
    const asks = onNo !== onYes;
    return h('dialog', {ref: d => { this.dialog = d; }, onClose: () => (this.sure ? onYes() : onNo()), 'aria-labelledby': 'confirm-title'},
      h('h2', {id: 'confirm-title'}, title),
      h('p', null, text),
      h('p', {class: 'deeds'},
        h('button', {type: 'button', class: asks && 'danger', id: 'confirm-yes', onClick: () => this.yes()}, button),
        asks && h('button', {type: 'button', class: 'quiet', onClick: () => this.dialog.close()}, t('cancel'))));
  }
}

/**
 * Something that is loaded when it is first shown, and anew when its key changes; what comes late for a key that is no
 * longer wanted is dropped.
 */
export class Loaded extends Component {
  componentDidMount() {
    this.load();
  }

  componentDidUpdate(before) {
    if (before.of !== this.props.of) {
      this.load();
    }
  }

  componentWillUnmount() {
    this.wanted = null;
  }

  async load() {
    const wanted = {};
    this.wanted = wanted;
    this.setState({value: undefined, problem: undefined});
    const set = state => this.wanted === wanted && this.setState(state);
    try {
      const value = await this.props.from();
      set({value});
    } catch (problem) {
      set({problem});
    }
  }

  render({children, said = () => undefined}, {value, problem}) {
    const again = () => this.load();
    if (problem) {
      const final = problem.status === 403 || problem.status === 404;
      return h(Failure, {problem, said: said(problem), again: final ? undefined : again});
    }
    return value === undefined ? h(Loading) : children(value, again);
  }
}

const RENEW_EVERY = 30_000;

/**
 * A list that grows by a page at a time; it is loaded anew under the reader's eyes where only its version changes. One that
 * is live is so too now and then, and when somebody comes back to its tab, as long as there is no more than its first page.
 */
export class Pages extends Component {
  componentDidMount() {
    this.start();
    if (this.props.live) {
      this.renew = () => document.visibilityState === 'visible' && this.state.items?.length <= this.first && this.load('', true);
      document.addEventListener('visibilitychange', this.renew);
      this.clock = setInterval(this.renew, RENEW_EVERY);
    }
  }

  componentDidUpdate(before) {
    if (before.of !== this.props.of) {
      this.start();
    } else if (before.version !== this.props.version) {
      this.load('');
    }
  }

  componentWillUnmount() {
    this.wanted = null;
    document.removeEventListener('visibilitychange', this.renew);
    clearInterval(this.clock);
  }

  start() {
    this.setState({items: undefined, next: null});
    this.load('');
  }

  /**
   * What is asked for last counts. While something is on its way, only a whole new list is asked for: a page is loaded once,
   * and behind none that is about to go.
   *
   * @param background whether nobody asked for it: then it is no use of the session, and no fault is shown
   */
  async load(cursor, background = false) {
    if (this.busy && (cursor || background)) {
      return;
    }
    const wanted = {};
    this.wanted = wanted;
    this.busy = !background;
    this.setState(({problem}) => ({busy: this.busy, problem: background ? problem : undefined}));
    const set = change => {
      if (this.wanted === wanted) {
        this.busy = false;
        this.setState(state => ({busy: false, ...change(state)}));
      }
    };
    try {
      const page = await this.props.from(cursor, background);
      set(({items = []}) => {
        this.first = cursor ? this.first : page.items.length;
        return {items: cursor ? [...items, ...page.items] : page.items, next: page.next, problem: undefined};
      });
    } catch (problem) {
      set(() => background ? {} : {problem, failed: cursor});
    }
  }

  render({children}, {items, next, busy, problem, failed}) {
    return [
      items ? children(items) : !problem && h(Loading),
      problem && h(Failure, {problem, again: () => this.load(failed)}),
      next && !problem && h('p', {class: 'more'}, h('button', {
        type: 'button', class: 'quiet', 'aria-disabled': busy ? 'true' : undefined, onClick: () => this.load(next)
      }, t(busy ? 'loading' : 'more')))
    ];
  }
}
