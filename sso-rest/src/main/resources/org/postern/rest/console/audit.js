// The audit trail: found by mailbox, administrator, event and time; each row whole on one click; all of it as a file.
import * as api from './api.js';
import {exactly, refusal, second, t} from './texts.js';
import {Address, Cell, Component, Empty, Failure, Field, Pages, h, mailboxPage} from './view.js';

const EVENTS = ['issued', 'issue_refused', 'approved', 'approval_refused', 'redeemed', 'refused', 'mail_login', 'revoked', 'expired', 'session_ended',
  'password_checked', 'password_changed', 'mailbox_suspended', 'mailbox_resumed', 'mailbox_locale_changed', 'admin_login',
  'admin_login_refused'];
const DETAILS = ['id', 'time', 'event', 'user', 'admin', 'token_id', 'type', 'reason', 'client', 'user_agent', 'detail', 'count'];
const FILES = {csv: 'text/csv', ndjson: 'application/x-ndjson'};

const save = (blob, name) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

/** What a row holds under this name, in words where it has any. */
const said = (event, name) => {
  const value = String(event[name]);
  return {time: () => exactly(value), event: () => t(`event.${value}`), type: () => t(`type.${value}`)}[name]?.() ?? value;
};

/** Why something was refused, in words where there are any; nothing where nothing was. */
const cause = ({event, detail}) => refusal(event, (detail || '').split(': ').at(-1));

/** What an address may ask for. */
const ASKED = ['user', 'admin', 'event', 'since', 'until'];

/** A year of more digits than it has would take those of the time behind it. */
const MOMENT = {type: 'datetime-local', max: '9999-12-31T23:59'};

/** A moment of the API's, as a field for one takes it; nothing where it is none. */
const local = time => {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? '' : new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** What a field for a moment holds, as the API writes it. */
const utc = local => (local ? new Date(local).toISOString() : '');

export class Audit extends Component {
  constructor(props) {
    super(props);
    const asked = new URLSearchParams(props.query);
    this.state = {wanted: {user: props.user, ...Object.fromEntries(ASKED.filter(a => asked.has(a)).map(a => [a, asked.get(a)]))}};
    this.first = this.state.wanted;
  }

  /** Looks for what the form says, and returns it. */
  find() {
    const form = document.getElementById('filter');
    const wanted = {
      user: form.user.value.trim(), admin: form.admin.value.trim(), event: form.event.value,
      since: utc(form.since.value), until: utc(form.until.value)
    };
    this.setState(({version = 0}) => ({problem: undefined, wanted, version: version + 1}));
    this.props.onChoose(wanted);
    return wanted;
  }

  /** What is saved is what the list then shows. */
  async file(kind) {
    if (!document.getElementById('filter').reportValidity()) {
      return; // a moment that is half typed would be none at all
    }
    const wanted = this.find();
    this.setState({saving: true});
    const name = ['audit', wanted.user, new Date().toISOString().slice(0, 10)].filter(Boolean).join('-');
    try {
      save(await api.auditFile(wanted, FILES[kind]), `${name}.${kind}`);
    } catch (problem) {
      this.setState({problem});
    }
    this.setState({saving: false});
  }

  row(event, open) {
    const toggle = () => this.setState({open: open ? undefined : event.id});
    return [
      h('tr', {key: event.id},
        h('td', null, h('button', {
          type: 'button', class: 'plain', 'aria-expanded': open ? 'true' : 'false', onClick: toggle
        }, second(event.time))),
        h('td', null, t(`event.${event.event}`), event.count > 1 && ` × ${event.count}`),
        h(Cell, {label: t('audit.user')}, event.user && h('a', {href: mailboxPage(event.user)},
          h(Address, {of: event.user}))),
        h(Cell, {label: t('audit.admin')}, event.admin && h(Address, {of: event.admin})),
        h('td', {class: 'quiet'}, h('bdi', null, [cause(event), event.reason || event.detail].filter(Boolean).join(' · ')))),
      open && h('tr', {key: `${event.id} open`, class: 'open'}, h('td', {colspan: 5}, h('dl', {class: 'facts'},
        DETAILS.filter(name => event[name] !== null && event[name] !== '').map(name => h('div', {key: name},
          h('dt', null, t(`audit.${name}`)),
          h('dd', null, h('bdi', null, said(event, name))))))))
    ];
  }

  render(props, {wanted, version, open, saving, problem}) {
    const {first} = this;
    return h('main', {id: 'main', tabindex: -1},
      h('h1', null, t('audit.title')),
      h('form', {
        class: 'filter', id: 'filter', onSubmit: e => {
          e.preventDefault();
          this.find();
        }
      },
        h(Field, {id: 'user', label: t('audit.user')}, h('input', {
          id: 'user', name: 'user', type: 'text', inputmode: 'email', defaultValue: first.user, maxlength: 320,
          autocapitalize: 'none', spellcheck: false
        })),
        h(Field, {id: 'admin', label: t('audit.admin')}, h('input', {
          id: 'admin', name: 'admin', type: 'text', inputmode: 'email', defaultValue: first.admin, maxlength: 320,
          autocapitalize: 'none', spellcheck: false
        })),
        h(Field, {id: 'event', label: t('audit.event')}, h('select', {id: 'event', name: 'event'},
          h('option', {value: ''}, t('audit.every')), EVENTS.map(e => h('option', {value: e, selected: e === first.event}, t(`event.${e}`))))),
        h(Field, {id: 'since', label: t('audit.since')}, h('input', {id: 'since', name: 'since', ...MOMENT, defaultValue: local(first.since)})),
        h(Field, {id: 'until', label: t('audit.until')}, h('input', {id: 'until', name: 'until', ...MOMENT, defaultValue: local(first.until)})),
        h('p', {class: 'deeds'}, h('button', null, t('audit.find')),
          Object.keys(FILES).map(kind => h('button', {
            type: 'button', class: 'quiet', id: `export-${kind}`, disabled: saving, onClick: () => this.file(kind)
          }, t('audit.export', {kind: kind.toUpperCase()}))))),
      problem && h(Failure, {problem}),
      h(Pages, {of: JSON.stringify(wanted), version, from: cursor => api.audit(wanted, cursor)}, items => items.length === 0
        ? h(Empty, {title: t('audit.none')})
        : h('table', {class: 'list', id: 'audit'},
          h('caption', {class: 'hidden'}, t('audit.title')),
          h('thead', null, h('tr', null, ['time', 'event', 'user', 'admin', 'why'].map(name =>
            h('th', {scope: 'col'}, t(`audit.${name}`))))),
          h('tbody', null, items.map(event => this.row(event, open === event.id))))));
  }
}
