// One mailbox: what it is, what can be done about it, and who was let in.
import * as api from './api.js';
import {Generate} from './generate.js';
import {distance, exactly, moment, nameOf, t} from './texts.js';
import {Alert, Component, Confirm, Empty, Failure, Field, Loaded, Pages, Status, h, words} from './view.js';

const Time = ({at}) => h('time', {datetime: at, title: exactly(at)}, moment(at));

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

/** Rows with a button each that ends what the row tells of. */
class Ending extends Component {
  async end(id) {
    this.setState({asked: undefined, problem: undefined});
    try {
      await this.props.end(id);
      this.props.onEnded();
    } catch (problem) {
      this.setState({problem});
    }
  }

  render({children, name}, {asked, problem}) {
    return [
      problem && h(Failure, {problem}),
      children(id => this.setState({asked: id})),
      asked && h(Confirm, {
        title: t(`${name}.confirm`), text: t(`${name}.confirm.more`), button: t(`${name}.button`),
        onYes: () => this.end(asked), onNo: () => this.setState({asked: undefined})
      })
    ];
  }
}

const Tokens = ({user, version, onEnded}) => h(Pages, {of: `${user} ${version}`, from: cursor => api.tokens(user, cursor)},
  items => items.length === 0 ? h(Empty, {title: t('tokens.none')}) : h(Ending, {name: 'revoke', end: api.revoke, onEnded},
    ask => h('table', {class: 'list', id: 'tokens'},
      h('caption', {class: 'hidden'}, t('tokens.title')),
      h('thead', null, h('tr', null,
        h('th', {scope: 'col'}, t('token.issued')), h('th', {scope: 'col'}, t('token.type')),
        h('th', {scope: 'col'}, t('token.by')), h('th', {scope: 'col'}, t('token.uses')),
        h('th', {scope: 'col'}, t('token.state')), h('th', null, h('span', {class: 'hidden'}, t('deeds'))))),
      h('tbody', null, items.map(token => h('tr', {key: token.id},
        h('td', null, h(Time, {at: token.issued_at})),
        h('td', null, t(`type.${token.type}`)),
        h('td', null, h('bdi', null, token.issued_by), token.reason && h('q', {class: 'quiet'}, h('bdi', null, token.reason))),
        h('td', null, token.last_used_at ? [token.uses, ' · ', h(Time, {at: token.last_used_at})] : token.uses),
        h('td', null, h(Status, {kind: token.state === 'live' ? 'on' : 'none'}, t(`state.${token.state}`)),
          (token.state === 'live' || token.state === 'pending') && h('span', {class: 'rule'}, t('token.ends', {when: distance(token.expires_at)}))),
        h('td', {class: 'deed'}, (token.state === 'live' || token.state === 'pending') && h('button', {
          type: 'button', class: 'quiet small', onClick: () => ask(token.id)
        }, t('revoke.button')))))))));

const Sessions = ({user, version, onEnded}) => h(Pages, {of: `${user} ${version}`, from: () => api.sessions(user)},
  items => items.length === 0 ? h(Empty, {title: t('sessions.none')}) : h(Ending, {name: 'end', end: api.endSession, onEnded},
    ask => h('table', {class: 'list', id: 'sessions'},
      h('caption', {class: 'hidden'}, t('sessions.title')),
      h('thead', null, h('tr', null,
        h('th', {scope: 'col'}, t('session.started')), h('th', {scope: 'col'}, t('token.type')),
        h('th', {scope: 'col'}, t('token.by')), h('th', {scope: 'col'}, t('session.client')),
        h('th', null, h('span', {class: 'hidden'}, t('deeds'))))),
      h('tbody', null, items.map(s => h('tr', {key: s.id},
        h('td', null, h(Time, {at: s.started_at}), h('span', {class: 'rule'}, t('token.ends', {when: distance(s.ends_at)}))),
        h('td', null, t(`type.${s.type}`)),
        h('td', null, h('bdi', null, s.issued_by), s.reason && h('q', {class: 'quiet'}, h('bdi', null, s.reason))),
        h('td', null, s.client, h('span', {class: 'rule'}, h('bdi', null, s.user_agent))),
        h('td', {class: 'deed'}, h('button', {
          type: 'button', class: 'quiet small', onClick: () => ask(s.id)
        }, t('end.button')))))))));

const Facts = ({mailbox, last}) => h('dl', {class: 'facts'},
  h('div', null, h('dt', null, t('mailbox.status')), h('dd', null,
    h(Status, {kind: mailbox.status === 'active' ? 'on' : 'off'}, t(`status.${mailbox.status}`)))),
  h('div', null, h('dt', null, t('mailbox.name')), h('dd', null, h('bdi', null, mailbox.name || '–'))),
  h('div', null, h('dt', null, t('mailbox.role')), h('dd', null, mailbox.role ? t(`role.${mailbox.role}`) : '–')),
  h('div', null, h('dt', null, t('mailbox.language')), h('dd', null, mailbox.locale ? nameOf(mailbox.locale) : '–')),
  h('div', null, h('dt', null, t('mailbox.last-token')), h('dd', null, last.token ? h(Time, {at: last.token.issued_at}) : '–')),
  h('div', null, h('dt', null, t('mailbox.last-login')), h('dd', null, last.login ? h(Time, {at: last.login.time}) : '–')));

const Tools = ({mailbox, onIssued}) => h('section', {class: 'card', 'aria-labelledby': 'tools'},
  h('h2', {id: 'tools'}, t('tools.title')),
  h('details', {open: true}, h('summary', null, t('generate.title')),
    mailbox.types.length > 0
      ? h(Generate, {mailbox, onIssued})
      : h(Alert, {kind: 'note', id: 'no-token'}, t(mailbox.status === 'active' ? 'generate.denied' : 'generate.suspended'))),
  h('details', null, h('summary', null, t('validate.title')), h(ValidatePassword, {user: mailbox.address})));

async function load(user) {
  const [mailbox, tokens, logins] = await Promise.all([
    api.mailbox(user), api.tokens(user), api.audit({user, event: 'redeemed'})
  ]);
  return {mailbox, last: {token: tokens.items[0], login: logins.items[0]}};
}

export class Mailbox extends Component {
  render({user}, {version = 0}) {
    const changed = () => this.setState({version: version + 1});
    return h('main', {id: 'main', tabindex: -1},
      h('p', {class: 'back'}, h('a', {href: '#/mailboxes'}, t('mailboxes.title'))),
      h('h1', null, h('bdi', null, user)),
      h(Loaded, {of: user, from: () => load(user)}, ({mailbox, last}) => h('div', {class: 'mailbox'},
        h('div', null,
          h(Facts, {mailbox, last}),
          h(Tools, {mailbox, onIssued: changed})),
        h('div', null,
          h('section', {'aria-labelledby': 'tokens-title'}, h('h2', {id: 'tokens-title'}, t('tokens.title')),
            h(Tokens, {user, version, onEnded: changed})),
          h('section', {'aria-labelledby': 'sessions-title'}, h('h2', {id: 'sessions-title'}, t('sessions.title')),
            h(Sessions, {user, version, onEnded: changed}))))));
  }
}
