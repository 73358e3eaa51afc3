// The tokens that wait for somebody's approval.
import * as api from './api.js';
import {By, Deed, Deeds, Issued, Time} from './issued.js';
import {distance, t} from './texts.js';
import {Address, Cell, Component, Empty, Pages, h, mailboxPage} from './view.js';

const row = (token, ask) => [
  h(Cell, {label: t('audit.user')}, h('a', {href: mailboxPage(token.user)}, h(Address, {of: token.user}))),
  h(Cell, {label: t('token.type')}, t(`type.${token.type}`), h('span', {class: 'rule'}, t(`type.${token.type}.more`))),
  h(By, {issued: token}),
  h(Cell, {label: t('token.issued')}, h(Time, {at: token.issued_at}),
    h('span', {class: 'rule'}, t('token.ends', {when: distance(token.expires_at)}))),
  h('td', {class: 'deed', role: 'cell'},
    token.approval.may_approve
      ? h(Deed, {text: t('approve.button'), of: token.user, onClick: () => ask('approve', token.id)})
      : h('p', {class: 'rule'}, t(`given.waits.${token.approval.needed}`)),
    ' ', h(Deed, {text: t('revoke.button'), of: token.user, onClick: () => ask('revoke', token.id)}))
];

export class Requests extends Component {
  render({onDone}, {version = 0}) {
    return h('main', {id: 'main', tabindex: -1},
      h('h1', {id: 'requests-title', tabindex: -1}, t('requests.title')),
      h(Pages, {of: 'requests', version, live: true, from: api.requests}, items => h(Deeds, {
        deeds: {approve: api.approve, revoke: api.revoke}, heading: 'requests-title',
        onDone: () => {
          this.setState({version: version + 1});
          onDone();
        }
      }, ask => items.length === 0
        ? h(Empty, {title: t('requests.none')}, h('p', null, t('requests.none.more')))
        : h(Issued, {
          id: 'requests', title: t('requests.title'), items,
          columns: ['audit.user', 'token.type', 'token.by', 'token.issued'].map(name => t(name)),
          row: token => row(token, ask)
        }))));
  }
}
