// Rows of what somebody issued, or of what that opened, and what can be done about each.
import {distance, exactly, moment, t} from './texts.js';
import {Address, Cell, Component, Confirm, Failure, Head, Long, h} from './view.js';

export const Time = ({at}) => h('time', {datetime: at, title: exactly(at)}, moment(at));

/** A time as what matters of it at a glance: how long ago it is. */
export const Ago = ({at}) => h('time', {datetime: at, title: exactly(at)}, distance(at));

/** Who issued it, and why. */
export const By = ({issued}) => h(Cell, {label: t('token.by')}, h(Address, {of: issued.issued_by}),
  issued.reason && h('div', {class: 'quiet'}, h(Long, {text: issued.reason})));

/** @param of which row, for whoever does not see it beside the button */
export const Deed = ({text, of, onClick}) => h('button', {type: 'button', class: 'quiet small', onClick},
  text, h('span', {class: 'hidden'}, ` – ${of}`));

/** A table, each row with a cell at its end for its deeds. */
export const Issued = ({id, title, columns, items, row}) => h('table', {class: 'list', id, role: 'table'},
  h('caption', {class: 'hidden'}, title),
  h(Head, {columns, deeds: t('deeds')}),
  h('tbody', {role: 'rowgroup'}, items.map(item => h('tr', {key: item.id, role: 'row'}, row(item)))));

/**
 * Asks before a deed, does it, and says so. Its children get a function that asks: by the deed's name, under which its
 * texts are, and the row's id. What has the id `heading` gets the focus afterwards: the button goes away with what it did.
 */
export class Deeds extends Component {
  async sure({name, id}) {
    this.setState({asked: undefined, problem: undefined, done: undefined});
    try {
      await this.props.deeds[name](id);
      this.props.onDone();
      this.setState({done: name}, () => document.getElementById(this.props.heading).focus());
    } catch (problem) {
      this.setState({problem});
      if (problem.status === 404 || problem.status === 409) {
        this.props.onDone(); // somebody else was faster: the row tells what is no more
      }
    }
  }

  render({children}, {asked, problem, done}) {
    return [
      problem && h(Failure, {problem, said: problem.status === 409 && t('approve.over')}),
      h('p', {class: done ? 'alert good' : 'hidden', role: 'status'}, done && t(`${done}.done`)),
      children((name, id) => this.setState({asked: {name, id}, done: undefined})),
      asked && h(Confirm, {
        title: t(`${asked.name}.confirm`), text: t(`${asked.name}.confirm.more`), button: t(`${asked.name}.button`),
        onYes: () => this.sure(asked), onNo: () => this.setState({asked: undefined})
      })
    ];
  }
}
