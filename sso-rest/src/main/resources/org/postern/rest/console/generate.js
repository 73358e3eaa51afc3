// Generate Token: what it opens, its value, why, and for how long.
import * as api from './api.js';
import {count, languages, moment, nameOf, t} from './texts.js';
import {Alert, Component, Copy, Field, described, h, words} from './view.js';

const HOURS = [1, 2, 4, 8, 24];
const SINGLE = ['sso', 'sso_admin', 'admin_only'];

/** How hard a value that somebody chose is to guess, 0 to 3, by its length and its kinds of characters. */
const strength = value => {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter(kind => kind.test(value)).length;
  const bits = new Set(value).size * Math.log2(8 * kinds + 2);
  return value.length < 8 ? 0 : bits < 36 ? 1 : bits < 60 ? 2 : 3;
};

/** Why there is no token: the messages of the hosted service, in words that a person understands. */
const failure = (problem, user) => {
  if (problem.status === 403) {
    return t('generate.denied');
  }
  if (problem.status === 404) {
    return t('mailbox.missing', {user});
  }
  return problem.status >= 500 ? t('generate.fault') : words(problem);
};

/** A value with its name, and a button that copies it. */
const Value = ({name, id, text}) => h('div', null, h('dt', null, name), h('dd', null,
  h('code', {id}, text), h(Copy, {text, label: t('copy')})));

/** The result, which is shown once. */
const Given = ({token, looks, onClose}) => h('section', {class: 'given', id: 'given', 'aria-labelledby': 'given-title', tabindex: -1},
  h('div', {class: 'alert good'},
    h('h3', {id: 'given-title'}, t('given.title')),
    h('p', null, t('given.once'))),
  token.state === 'pending' && h(Alert, {kind: 'note', id: 'given-waits'}, t(`given.waits.${token.approval.needed}`)),
  h('dl', null,
    h(Value, {name: t('given.token'), id: 'token-value', text: token.token}),
    h(Value, {name: t('given.link'), id: 'login-url', text: token.login_url}),
    h('div', null, h('dt', null, t('token.expires')), h('dd', null, moment(token.expires_at)))),
  h('p', {class: 'deeds'},
    h('a', {class: 'button', id: 'open-webmail', href: token.login_url, target: '_blank', rel: 'noreferrer'},
      t('given.open'), h('span', {class: 'hidden'}, ` (${t('given.tab')})`))),
  SINGLE.includes(token.type) || token.read_only || looks
    ? h('p', {class: 'rule'}, t(SINGLE.includes(token.type) ? 'given.single' : 'generate.read-only.rule'))
    : h('div', {class: 'program'}, h('h4', null, t('given.program')), h('p', {class: 'rule'}, t('given.mail', {user: token.user})),
      h('dl', null, h(Value, {name: t('given.user'), id: 'program-user', text: token.user}))),
  h('p', {class: 'deeds'},
    h('button', {type: 'button', class: 'quiet', id: 'given-close', onClick: onClose}, t('close'))));

/**
 * What was typed, by its form or field and mailbox: it is there again for the same administrator whose session ended. In
 * this page's memory alone, since a token may be among it.
 */
const drafts = new Map();

export const forgetDrafts = () => drafts.clear();

/** Why: with the form that the mailbox's company wants, and what was wrong with it. */
export const Reason = ({id, mailbox, problem}) => {
  const hint = mailbox.reason_hint;
  const error = problem?.errors.some(e => e.field === 'reason')
    ? hint ? t('generate.reason.form', {hint}) : t('generate.reason.wrong')
    : undefined;
  const draft = `${id} ${mailbox.address}`;
  return h(Field, {id, label: t('generate.reason'), rule: hint || t('generate.reason.rule'), error}, h('input', {
    ...described(id, true, error), name: 'reason', type: 'text', maxlength: 500, required: true, autocomplete: 'off',
    defaultValue: drafts.get(draft), onInput: e => drafts.set(draft, e.target.value)
  }));
};

const draftOf = user => `generate ${user}`;

/** Calls onIssued() when there is a new token; shows it until it is closed, or until `tokens` say that it was revoked. */
export class Generate extends Component {
  async submit(event) {
    event.preventDefault();
    if (this.sent) {
      return;
    }
    this.sent = true; // at once: the second of two clicks comes before the button is drawn disabled
    const form = event.target;
    this.setState({busy: true, problem: undefined});
    try {
      const given = await api.issue({
        user: this.props.mailbox.address,
        type: form.type.value,
        token: form.token.value,
        reason: form.reason.value,
        life: Number(form.duration.value) * 3600,
        locale: form.locale.value,
        confirm: form.confirm.checked,
        read_only: form['read-only']?.checked ?? false
      });
      drafts.delete(`reason ${given.user}`);
      drafts.delete(draftOf(given.user));
      this.setState({busy: false, given}, () => document.getElementById('given').focus());
      this.props.onIssued();
    } catch (problem) {
      this.setState({busy: false, problem}, () =>
        document.querySelector('#generate [aria-invalid],#generate-error').focus());
      if (problem.status === 0) {
        this.props.onIssued(); // the answer is lost, the token may be there
      }
    } finally {
      this.sent = false;
    }
  }

  type(form) {
    drafts.set(draftOf(this.props.mailbox.address), Object.fromEntries(new FormData(form)));
    this.setState({typed: form.token.value});
  }

  render({mailbox, tokens}, {busy, given, problem}) {
    if (given && !tokens.some(token => token.id === given.id && token.state === 'revoked')) {
      return h(Given, {token: given, looks: mailbox.read_only, onClose: () => this.setState({given: undefined}, () => document.getElementById('reason').focus())});
    }
    const wrong = field => problem?.errors.some(e => e.field === field) ? t(`generate.${field}.wrong`) : undefined;
    const badToken = problem?.status === 409 ? words(problem) : wrong('token');
    const shown = problem && problem.errors.length === 0 && !badToken;
    const typed = drafts.get(draftOf(mailbox.address)) || {type: mailbox.types[0], token: '', duration: '24', locale: ''};
    return h('form', {id: 'generate', onInput: e => this.type(e.currentTarget), onSubmit: e => this.submit(e)},
      shown && h('p', {class: 'alert bad', role: 'alert', id: 'generate-error', tabindex: -1}, failure(problem, mailbox.address)),
      mailbox.read_only && h(Alert, {kind: 'note', id: 'read-only-rule'}, t('generate.read-only.rule')),
      h('fieldset', null, h('legend', null, t('generate.type')),
        mailbox.types.map(type => h('label', {class: 'choice', key: type},
          h('input', {type: 'radio', name: 'type', value: type, required: true, defaultChecked: type === typed.type}),
          h('span', null, h('b', null, t(`type.${type}`)), h('span', {class: 'rule'}, t(`type.${type}.more`)))))),
      h(Reason, {id: 'reason', mailbox, problem}),
      h(Field, {id: 'token', label: t('generate.token'), rule: t('generate.token.rule'), error: badToken},
        h('input', {
          ...described('token', true, badToken), name: 'token', type: 'text', maxlength: 128, autocomplete: 'off',
          autocapitalize: 'none', spellcheck: false, defaultValue: typed.token
        }),
        typed.token && h('p', {class: `strength s${strength(typed.token)}`, id: 'strength', role: 'status'},
          t(`strength.${strength(typed.token)}`))),
      h('div', {class: 'pair'},
        h(Field, {id: 'duration', label: t('generate.duration')},
          h('select', {id: 'duration', name: 'duration'}, HOURS.map(hours =>
            h('option', {value: hours, selected: String(hours) === typed.duration}, count('hours', hours))))),
        h(Field, {id: 'locale', label: t('generate.locale'), error: wrong('locale')},
          h('select', {id: 'locale', name: 'locale'}, h('option', {value: ''}, t('generate.locale.own')),
            languages.map(code => h('option', {
              value: code, lang: code.replace('_', '-'), selected: code === typed.locale
            }, nameOf(code)))))),
      ['confirm', !mailbox.read_only && 'read-only'].filter(Boolean).map(name => h('label', {class: 'choice', key: name},
        h('input', {type: 'checkbox', id: name, name, defaultChecked: name in typed}),
        h('span', null, h('b', null, t(`generate.${name}`)), h('span', {class: 'rule'}, t(`generate.${name}.rule`))))),
      h('button', {id: 'generate-token', disabled: busy}, t('generate.button')));
  }
}
