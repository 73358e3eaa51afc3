// The console: who is signed in, and which page the address names.
import * as api from './api.js';
import {Audit} from './audit.js';
import {forgetDrafts} from './generate.js';
import {Mailbox} from './mailbox.js';
import {Mailboxes, forgetSearch} from './mailboxes.js';
import {Overview} from './overview.js';
import {Requests} from './requests.js';
import {SignIn} from './signin.js';
import {choose, language, languages, load, nameOf, t} from './texts.js';
import {Component, Confirm, Failure, Fragment, Loading, h, linkTo, render} from './view.js';

/** The page and its name, or what it is asked to show, from the part of the address after #. */
const place = () => {
  const [, page = 'mailboxes', name = ''] = location.hash.split('/');
  try {
    return name.startsWith('?') ? {page, name: '', query: name} : {page, name: decodeURIComponent(name), query: ''};
  } catch (noText) {
    return {page: 'mailboxes', name: '', query: ''};
  }
};

const address = (page, name) => `#/${page}${name ? `/${encodeURIComponent(name)}` : ''}`;

/** The pages that the top leads to, and what is below each. */
const PAGES = {mailboxes: ['mailboxes', 'mailbox'], requests: ['requests'], audit: ['audit'], overview: ['overview']};

/** What the page is about, for the browser's tab. */
const titleOf = ({page, name}) => (page === 'mailbox' && name) || t(`${Object.hasOwn(PAGES, page) ? page : 'mailboxes'}.title`);

const Top = ({me, page, waiting, onOut}) => h('header', {class: 'top'}, h('div', {class: 'bar'},
  h('a', {class: 'brand', href: '#/mailboxes'}, h('img', {src: 'icon.svg', alt: '', width: 32, height: 32}), 'Postern'),
  h('nav', {'aria-label': t('nav.label')}, h('ul', null,
    Object.entries(PAGES).map(([name, below]) => h('li', {key: name}, h('a', {
      href: address(name), 'aria-current': below.includes(page) ? 'page' : undefined
    }, t(`${name}.title`), name === 'requests' && waiting > 0 && h('b', {class: 'count'}, waiting)))))),
  h('details', {class: 'me', id: 'me'},
    h('summary', null, h('bdi', null, me.address)),
    h('dl', {class: 'facts'},
      h('div', null, h('dt', null, t('me.role')), h('dd', null, t(`role.${me.role}`))),
      h('div', null, h('dt', null, t('me.company')), h('dd', null, h('bdi', null, me.company))),
      h('div', null, h('dt', null, t('me.domains')), h('dd', null, me.domains.join(', ') || '–')))),
  h('button', {type: 'button', class: 'quiet small', id: 'signout', onClick: onOut}, t('signout'))));

const LOOK_EVERY = 30_000;
/** How many seconds before its end somebody is asked whether he still needs the session, if that is not long at all. */
const WARNING = 150;

class Console extends Component {
  state = {visit: 0};

  async componentDidMount() {
    const fold = () => document.getElementById('me')?.removeAttribute('open');
    addEventListener('click', e => e.target.closest('#me') || fold());
    addEventListener('keydown', e => e.key === 'Escape' && fold());
    addEventListener('hashchange', () => {
      fold();
      this.setState(({visit}) => ({...place(), visit: visit + 1}), () => document.getElementById('main')?.focus());
      this.count();
    });
    api.onEnd(() => this.leave(true));
    api.onChange(me => this.enter(me));
    // A page that nobody uses shows nothing of anybody's once the session has ended.
    setInterval(() => this.state.me && this.look(), LOOK_EVERY);
    document.addEventListener('visibilitychange', () => this.look());
    this.begin();
  }

  async begin() {
    this.setState({...place(), problem: undefined});
    try {
      this.enter(await api.session());
    } catch (problem) {
      this.setState(problem.status === 401 || problem.status === 404 ? {me: null} : {problem});
    }
  }

  async look() {
    const seen = await api.look();
    if (seen) {
      this.enter(seen);
    }
  }

  /** Whoever was here before finds all as he left it; anybody else finds nothing of it. */
  enter(me) {
    if (this.last && this.last !== me.address) {
      forgetDrafts();
      forgetSearch();
      history.replaceState(null, '', address('mailboxes'));
      this.setState({waiting: undefined});
    }
    this.last = me.address;
    const ending = me.renewable && me.ends_in <= Math.min(WARNING, me.idle / 2);
    this.setState({...place(), me, ended: false, ending}, () => this.count());
  }

  /** @param ended whether nobody here wished it */
  leave(ended) {
    this.setState({me: null, ended, ending: false, staying: undefined});
  }

  /** How many requests wait; what was known before where that cannot be told. */
  async count() {
    if (this.state.me) {
      this.setState({waiting: await api.waiting().catch(() => this.state.waiting)});
    }
  }

  /** Where that fails one is still signed in: the page stays, and so does the wish. */
  async out() {
    try {
      this.setState({staying: undefined});
      await api.signOut();
      this.leave(false);
    } catch (staying) {
      // What has ended is told at the door, and another administrator's session by the page itself.
      if (staying.status !== 401 && staying.status !== 403) {
        this.setState({staying});
      }
    }
  }

  page({me, page, name, query, visit}) {
    if (page === 'mailbox' && name) {
      return h(Mailbox, {key: name, user: name, me});
    }
    if (page === 'audit') {
      return h(Audit, {
        key: visit, user: name, query, onChoose: wanted => history.replaceState(null, '', linkTo('audit', wanted))
      });
    }
    if (page === 'overview') {
      return h(Overview, {
        key: visit, me, query, onChoose: wanted => history.replaceState(null, '', linkTo('overview', wanted))
      });
    }
    if (page === 'requests') {
      return h(Requests, {onDone: () => this.count()});
    }
    return h(Mailboxes, {key: visit, me, q: name, onSearch: q => history.replaceState(null, '', address('mailboxes', q))});
  }

  render(props, state) {
    const {me, ended, problem} = state;
    document.title = `${me ? titleOf(state) : t('signin.title')} · Postern`;
    if (problem) {
      return h('main', {id: 'main'}, h(Failure, {problem, again: () => this.begin()}));
    }
    if (me === undefined) {
      return h(Loading);
    }
    return [
      me && h('a', {class: 'skip', href: '#main', onClick: e => {
        e.preventDefault();
        document.getElementById('main').focus();
      }}, t('skip')),
      me && h(Top, {me, page: state.page, waiting: state.waiting, onOut: () => this.out()}),
      me && state.ending && h(Confirm, {
        title: t('idle.title'), text: t('idle.text'), button: t('idle.stay'), onYes: () => {
          this.setState({ending: false});
          api.session().then(session => this.enter(session), () => {});
        }
      }),
      me && state.staying && h('div', {class: 'notice'}, h(Failure, {problem: state.staying, again: () => this.out()})),
      me ? h(Fragment, {key: me.address}, this.page(state)) : h(SignIn, {ended, onIn: session => this.enter(session)}),
      h('footer', {class: 'foot'}, h('label', null, t('language'), ' ', h('select', {
        id: 'language', onChange: async e => {
          const select = e.target;
          await choose(select.value).catch(() => {
            select.value = language(); // its texts cannot be had at the moment
          });
          this.forceUpdate();
        }
      }, languages.map(code => h('option', {
        value: code, lang: code.replace('_', '-'), selected: code === language()
      }, nameOf(code))))))
    ];
  }
}

load().then(() => render(h(Console), document.getElementById('console')));
