// The door: an administrator's address and password.
import * as api from './api.js';
import {t} from './texts.js';
import {Alert, Component, Field, h, words} from './view.js';

/** Calls onIn(session). */
export class SignIn extends Component {
  componentDidMount() {
    document.getElementById('user').focus(); // a browser heeds autofocus once a document
  }

  async submit(event) {
    event.preventDefault();
    const form = event.target;
    this.setState({busy: true, problem: undefined});
    try {
      this.props.onIn(await api.signIn(form.user.value.trim(), form.password.value));
    } catch (problem) {
      this.setState({busy: false, problem});
      form.password.value = '';
      form.password.focus();
    }
  }

  render({ended}, {busy, problem}) {
    return h('main', {class: 'door', id: 'main'},
      h('p', {class: 'brand'}, h('img', {src: 'icon.svg', alt: '', width: 44, height: 44}), 'Postern'),
      h('form', {class: 'card', onSubmit: e => this.submit(e)},
        h('h1', null, t('signin.title')),
        ended && !problem && h(Alert, {kind: 'note', id: 'ended'}, t('signin.ended')),
        problem && h(Alert, {kind: 'bad', id: 'error'}, problem.status === 401 ? t('signin.wrong') : words(problem)),
        h(Field, {id: 'user', label: t('signin.user')},
          h('input', {
            id: 'user', name: 'user', type: 'text', inputmode: 'email', autocomplete: 'username', autocapitalize: 'none',
            spellcheck: false, maxlength: 320, required: true
          })),
        h(Field, {id: 'password', label: t('signin.password')},
          h('input', {
            id: 'password', name: 'password', type: 'password', autocomplete: 'current-password', maxlength: 1024,
            required: true
          })),
        h('button', {class: 'wide', id: 'signin', disabled: busy}, t('signin.button'))));
  }
}
