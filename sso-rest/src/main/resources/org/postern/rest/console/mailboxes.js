// The mailboxes under one's control, found as one types.
import * as api from './api.js';
import {t} from './texts.js';
import {Address, Component, Empty, Pages, Status, h, mailboxPage} from './view.js';

const PAUSE = 200;

/** What somebody pasted, without what is around an address: blanks, brackets with a name before them, a link's scheme, a sentence's end. */
const plain = text => text.trim().replace(/^[^<>]*<([^<>\s]+@[^<>\s]+)>[.,;:]*$/, '$1').replace(/^mailto:/i, '').replace(/(@.+?)[.,;:)]+$/, '$1');

let lastSearch = '';
/** The list as it was last searched. */
export const lastList = () => `#/mailboxes${lastSearch ? `/${encodeURIComponent(lastSearch)}` : ''}`;

export const forgetSearch = () => {
  lastSearch = '';
};

export class Mailboxes extends Component {
  constructor(props) {
    super(props);
    this.state = {typed: props.q, q: props.q};
  }

  componentDidMount() {
    document.getElementById('q').focus(); // a browser heeds autofocus once a document, and the door had it
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
  }

  type(typed) {
    clearTimeout(this.timer);
    this.setState({typed});
    this.timer = setTimeout(() => this.search(typed), PAUSE);
  }

  search(text) {
    clearTimeout(this.timer);
    const q = plain(text);
    this.setState({q});
    lastSearch = q;
    this.props.onSearch(q);
  }

  /** Arrows go through the list, from the field down and back. */
  move(event) {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step) {
      const stops = [document.getElementById('q'), ...document.querySelectorAll('#mailboxes a')];
      const next = stops[stops.indexOf(document.activeElement) + step];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  }

  render({me}, {typed, q}) {
    return h('main', {id: 'main', tabindex: -1, onKeyDown: e => this.move(e)},
      h('h1', null, t('mailboxes.title')),
      h('form', {
        class: 'search', role: 'search', onSubmit: e => {
          e.preventDefault();
          this.search(typed);
        }
      },
      h('label', {class: 'hidden', for: 'q'}, t('mailboxes.search')),
      h('input', {
        id: 'q', type: 'search', value: typed, maxlength: 320, placeholder: t('mailboxes.search'), autocomplete: 'off',
        spellcheck: false, list: me.domains.length > 1 ? 'domains' : undefined,
        onInput: e => this.type(e.target.value)
      }),
      h('datalist', {id: 'domains'}, me.domains.slice(0, 100).map(d => h('option', {value: `@${d}`})))),
      h(Pages, {of: q, from: cursor => api.mailboxes(q, cursor)}, items => items.length === 0
        ? h(Empty, {title: t('mailboxes.none')}, h('p', null, t('mailboxes.none.more')))
        : h('table', {class: 'list', id: 'mailboxes'},
          h('caption', {class: 'hidden'}, t('mailboxes.title')),
          h('thead', null, h('tr', null,
            h('th', {scope: 'col'}, t('mailbox.address')), h('th', {scope: 'col'}, t('mailbox.name')),
            h('th', {scope: 'col'}, t('mailbox.role')), h('th', {scope: 'col'}, t('mailbox.status')))),
          h('tbody', null, items.map(m => h('tr', {key: m.address},
            h('td', null, h('a', {href: mailboxPage(m.address)}, h(Address, {of: m.address}))),
            h('td', null, h('bdi', null, m.name)),
            h('td', {class: 'quiet'}, m.role && t(`role.${m.role}`)),
            h('td', null, h(Status, {kind: m.status === 'active' ? 'on' : 'off'}, t(`status.${m.status}`)))))))));
  }
}
