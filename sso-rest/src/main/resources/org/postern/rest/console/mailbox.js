// One mailbox: what it is, what can be done about it, and who was let in.
import * as api from './api.js';
import {Diagnose} from './diagnose.js';
import {Generate} from './generate.js';
import {Ago, By, Deed, Deeds, Issued, Time} from './issued.js';
import {lastList} from './mailboxes.js';
import {distance, moment, nameOf, t} from './texts.js';
import {Address, Alert, Cell, Component, Empty, Field, Loaded, Long, Pages, Status, h, words} from './view.js';

class ValidatePassword extends Component {
  async submit(event) {
    event.preventDefault();
    const field = event.target.candidate;
    this.setState({busy: true, valid: undefined, problem: undefined});
    try {
      const {valid} = await api.checkPassword(this.props.user, field.value);
      this.setState({busy: false, valid});
    } catch (problem) {
      this.setState({busy: false, problem});
    }
    field.value = '';
    field.focus();
  }

  render(props, {busy, valid, problem}) {
    return h('form', {id: 'validate', onSubmit: e => this.submit(e)},
      h(Field, {id: 'candidate', label: t('validate.field'), rule: t('validate.rule')},
        h('input', {
          id: 'candidate', name: 'candidate', type: 'password', autocomplete: 'off', maxlength: 1024, required: true,
          'aria-describedby': 'candidate-rule'
        })),
      valid === true && h(Alert, {kind: 'good', id: 'valid'}, t('validate.right')),
      valid === false && h(Alert, {kind: 'bad', id: 'valid'}, t('validate.wrong')),
      problem && h(Alert, {kind: 'bad', id: 'valid'}, words(problem)),
      h('button', {class: 'quiet', disabled: busy}, t('validate.button')));
  }
}

/** Whether a token may still open something, now or once it is approved. */
const ends = token => ['live', 'pending'].includes(token.state);

const Tokens = ({user, version, onSeen, onEnded}) => h(Pages, {
  of: user, version, live: true, from: async (cursor, background) => {
    const page = await api.tokens(user, cursor, background);
    if (!cursor) {
      onSeen(page.items);
    }
    return page;
  }
}, items => h(Deeds, {deeds: {revoke: api.revoke}, heading: 'tokens-title', onDone: onEnded},
  ask => items.length === 0 ? h(Empty, {title: t('tokens.none')}) : h(Issued, {
    id: 'tokens', title: t('tokens.title'), items,
    columns: ['issued', 'type', 'by', 'uses', 'state'].map(name => t(`token.${name}`)),
    row: token => [
      h(Cell, {label: t('token.issued')}, h(Time, {at: token.issued_at})),
      h(Cell, {label: t('token.type')}, t(`type.${token.type}`)),
      h(By, {issued: token}),
      h(Cell, {label: t('token.uses')}, token.uses,
        token.last_used_at && h('span', {class: 'rule'}, h(Ago, {at: token.last_used_at}))),
      h(Cell, {label: t('token.state')}, h(Status, {kind: token.state === 'live' ? 'on' : 'none'}, t(`state.${token.state}`)),
        ends(token) && h('span', {class: 'rule'}, t('token.ends', {when: distance(token.expires_at)}))),
      h('td', {class: 'deed', role: 'cell'}, ends(token) && h(Deed, {
        text: t('revoke.button'), of: `${t(`type.${token.type}`)}, ${moment(token.issued_at)}`, onClick: () => ask('revoke', token.id)
      }))
    ]
  })));

const Sessions = ({user, version, onEnded}) => h(Pages, {of: user, version, live: true, from: (cursor, background) => api.sessions(user, cursor, background)},
  items => h(Deeds, {deeds: {end: api.endSession}, heading: 'sessions-title', onDone: onEnded},
    ask => items.length === 0 ? h(Empty, {title: t('sessions.none')}) : h(Issued, {
      id: 'sessions', title: t('sessions.title'), items,
      columns: ['session.started', 'token.type', 'token.by', 'session.client'].map(name => t(name)),
      row: s => [
        h(Cell, {label: t('session.started')}, h(Time, {at: s.started_at}),
          h('span', {class: 'rule'}, t('token.ends', {when: distance(s.ends_at)}))),
        h(Cell, {label: t('token.type')}, t(`type.${s.type}`)),
        h(By, {issued: s}),
        h(Cell, {label: t('session.client')}, s.client, h('div', {class: 'rule'}, h(Long, {text: s.user_agent}))),
        h('td', {class: 'deed', role: 'cell'}, h(Deed, {
          text: t('end.button'), of: `${t(`type.${s.type}`)}, ${moment(s.started_at)}`, onClick: () => ask('end', s.id)
        }))
      ]
    })));

const Facts = ({mailbox, newest, login}) => h('dl', {class: 'facts'},
  h('div', null, h('dt', null, t('mailbox.status')), h('dd', null,
    h(Status, {kind: mailbox.status === 'active' ? 'on' : 'off'}, t(`status.${mailbox.status}`)))),
  h('div', null, h('dt', null, t('mailbox.name')), h('dd', null, h('bdi', null, mailbox.name || '–'))),
  h('div', null, h('dt', null, t('mailbox.role')), h('dd', null, mailbox.role ? t(`role.${mailbox.role}`) : '–')),
  h('div', null, h('dt', null, t('mailbox.language')), h('dd', null, mailbox.locale ? nameOf(mailbox.locale) : '–')),
  h('div', null, h('dt', null, t('mailbox.last-token')), h('dd', null, newest ? h(Time, {at: newest.issued_at}) : '–')),
  h('div', null, h('dt', null, t('mailbox.last-login')), h('dd', null, login ? h(Time, {at: login.time}) : '–')),
  h('div', null, h('dt', null, t('audit.title')), h('dd', null,
    h('a', {href: `#/audit/${encodeURIComponent(mailbox.address)}`, id: 'trail'}, t('audit.every')))));

const Tools = ({mailbox, tokens, onIssued}) => h('section', {class: 'card', 'aria-labelledby': 'tools'},
  h('h2', {id: 'tools'}, t('tools.title')),
  h('details', {open: true}, h('summary', null, t('generate.title')),
    mailbox.types.length > 0
      ? h(Generate, {mailbox, tokens, onIssued})
      : h(Alert, {kind: 'note', id: 'no-token'}, t(mailbox.status === 'active' ? 'generate.denied' : 'generate.suspended'))),
  h('details', null, h('summary', null, t('validate.title')), h(ValidatePassword, {user: mailbox.address})));

async function load(user) {
  const [mailbox, login] = await Promise.all([api.mailbox(user), api.lastLogin(user)]);
  return {mailbox, login};
}

export class Mailbox extends Component {
  render({user, me}, {version = 0, tokens = []}) {
    const changed = () => this.setState({version: version + 1});
    return h('main', {id: 'main', tabindex: -1},
      h('p', {class: 'back'}, h('a', {href: lastList()}, t('mailboxes.title'))),
      h('h1', null, h(Address, {of: user})),
      h(Loaded, {
        of: user, from: () => load(user), said: problem => problem.status === 404 && t('mailbox.missing', {user})
      }, ({mailbox, login}) => h('div', {class: 'mailbox'},
        h('div', null,
          h(Facts, {mailbox, newest: tokens[0], login}),
          h(Tools, {mailbox, tokens, onIssued: changed})),
        h('div', null,
          mailbox.types.includes('normal') && h(Diagnose, {user, mailbox, by: me.address, onEnded: changed}),
          h('section', {'aria-labelledby': 'tokens-title'}, h('h2', {id: 'tokens-title', tabindex: -1}, t('tokens.title')),
            h(Tokens, {user, version, onSeen: seen => this.setState({tokens: seen}), onEnded: changed})),
          h('section', {'aria-labelledby': 'sessions-title'}, h('h2', {id: 'sessions-title', tabindex: -1}, t('sessions.title')),
            h(Sessions, {user, version, onEnded: changed}))))));
  }
}
