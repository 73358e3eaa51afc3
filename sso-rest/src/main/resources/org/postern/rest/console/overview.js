// What happened of late, in numbers: how much was issued, redeemed and refused, when, by whom, and why.
import * as api from './api.js';
import {Bars, Chart, Legend, Patterns} from './chart.js';
import {count, day, number, refusal, t} from './texts.js';
import {Component, Empty, Failure, Loading, h, linkTo} from './view.js';

const PERIODS = ['day', 'week', 'month'];
const DEFAULT = 'week';
const FIGURES = ['issued', 'redeemed', 'refused', 'issue_refused'];

/** How the start of a bucket is written: on the axis, and in whole. */
const WRITTEN = {
  day: [{hour: 'numeric'}, {weekday: 'short', hour: '2-digit', minute: '2-digit'}],
  week: [{weekday: 'short', day: 'numeric'}, {weekday: 'long', day: 'numeric', month: 'long'}],
  month: [{day: 'numeric', month: 'short'}, {weekday: 'long', day: 'numeric', month: 'long'}]
};

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** Where the server does not know this browser's zone, days are those of UTC, and the page says so. */
const ask = async (period, domain) => {
  const zone = ownZone();
  try {
    return await api.overview({period, domain, zone});
  } catch (problem) {
    if (problem.status !== 400 || zone === 'UTC') {
      throw problem;
    }
    return api.overview({period, domain, zone: 'UTC'});
  }
};

/** Why something was refused, in words; what has none, as the trail tells it. */
const reasonIn = ({event, reason}) => refusal(event, reason.startsWith('oma: ') ? 'oma' : reason) || reason || '–';

/** The refusals of one event, those of the same words together. */
const reasonsOf = (refusals, event) => {
  const counts = new Map();
  refusals.filter(r => r.event === event).forEach(r => {
    const words = reasonIn(r);
    counts.set(words, (counts.get(words) || 0) + r.count);
  });
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => ({name, values: [n]}));
};

const Figure = ({name, of}) => h('li', {id: `figure-${name}`, class: `figure ${name}`}, h('a', {
  href: linkTo('audit', {event: name, since: of.since})
}, h('b', null, number(of[name])), h('span', null, t(`overview.${name}`))),
h('span', {class: 'rule'}, t(`overview.${name}.more`)));

const series = names => names.map((name, i) => ({name, label: t(`overview.${name}`), pattern: i === 1}));

const Course = ({id, of, names, kind}) => {
  const [axis, whole] = WRITTEN[of.period];
  return h(Chart, {
    id, kind, series: series(names), last: t('overview.running'),
    steps: of.buckets.map(b => ({
      label: day(b.start, {...axis, timeZone: of.zone}), name: day(b.start, {...whole, timeZone: of.zone}),
      values: names.map(name => b[name])
    }))
  });
};

const Card = ({id, title, children}) => h('section', {class: 'card', 'aria-labelledby': id},
  h('h2', {id}, title), children);

const Overall = ({of}) => {
  const nothing = FIGURES.every(name => of[name] === 0);
  const refused = ['refused', 'issue_refused'].filter(event => of[event] > 0);
  const others = of.other_administrators;
  const tokens = ['issued', 'redeemed'];
  const legend = h('div', {class: 'narrow'}, h(Legend, {series: series(tokens), kind: 'tokens'}));
  const people = of.administrators.map(a => ({
    name: a.admin, href: linkTo('audit', {admin: a.admin, since: of.since}), values: [a.issued, a.redeemed]
  }));
  return [
    h('ul', {class: 'figures', key: 'figures'}, FIGURES.map(name => h(Figure, {key: name, name, of}))),
    nothing
      ? h(Empty, {key: 'none', title: t('overview.none')}, h('p', null, t('overview.none.more')))
      : h('div', {class: 'charts', key: 'charts'},
        h(Card, {id: 'course-title', title: t('overview.time')},
          h(Course, {id: 'course', of, names: tokens, kind: 'tokens'})),
        h(Card, {id: 'types-title', title: t('overview.types')}, legend, h(Bars, {
          id: 'types', first: t('audit.type'), series: series(tokens),
          rows: of.types.map(type => ({name: t(`type.${type.type}`), values: [type.issued, type.redeemed]}))
        })),
        people.length > 0 && h(Card, {id: 'administrators-title', title: t('overview.administrators')}, legend, h(Bars, {
          id: 'administrators', first: t('audit.admin'), series: series(tokens),
          rows: others.count > 0
            ? [...people, {name: count('overview.others', others.count), values: [others.issued, others.redeemed], rest: true}]
            : people
        })),
        h(Card, {id: 'refusals-title', title: t('overview.refusals')}, refused.length === 0
          ? h('p', {class: 'quiet'}, t('overview.none.refused'))
          : h(Course, {id: 'refusals', of, names: ['refused', 'issue_refused'], kind: 'bad'})),
        refused.length > 0 && h(Card, {id: 'reasons-title', title: t('overview.reasons')}, h('div', {class: 'reasons'},
          refused.map(event => h(Bars, {
            key: event, id: `reasons-${event}`, first: t(`overview.${event}`), kind: 'bad',
            series: [{name: event, label: t('audit.count'), pattern: event === 'issue_refused'}],
            rows: reasonsOf(of.refusals, event)
          })))))
  ];
};

export class Overview extends Component {
  constructor(props) {
    super(props);
    const wanted = new URLSearchParams(props.query);
    const period = PERIODS.find(p => p === wanted.get('period')) || DEFAULT;
    const domain = props.me.domains.find(d => d === wanted.get('domain')) || '';
    this.state = {period, domain};
  }

  componentDidMount() {
    this.load();
  }

  componentWillUnmount() {
    this.wanted = null;
  }

  choose(change) {
    this.setState(change, () => {
      const {period, domain} = this.state;
      this.props.onChoose({period, domain});
      this.load();
    });
  }

  /** What was there before stays until the answer comes; of several answers the last one asked for counts. */
  async load() {
    const wanted = {};
    this.wanted = wanted;
    const set = state => this.wanted === wanted && this.setState({...state, busy: false});
    this.setState({busy: true, problem: undefined});
    try {
      const value = await ask(this.state.period, this.state.domain);
      set({value});
    } catch (problem) {
      set({problem, value: undefined});
    }
  }

  render({me}, {period, domain, value, problem, busy}) {
    return h('main', {id: 'main', tabindex: -1},
      h('div', {class: 'head'},
        h('h1', null, t('overview.title')),
        h('fieldset', {class: 'segments', id: 'period'},
          h('legend', {class: 'hidden'}, t('overview.period')),
          PERIODS.map(p => h('label', {key: p}, h('input', {
            type: 'radio', name: 'period', value: p, checked: p === period, onChange: () => this.choose({period: p})
          }), h('span', null, t(`overview.${p}`))))),
        me.domains.length > 1 && h('label', {class: 'of'}, h('span', {class: 'hidden'}, t('overview.domain')), h('select', {
          id: 'domain', onChange: e => this.choose({domain: e.target.value})
        },
        h('option', {value: '', selected: domain === ''}, t('overview.domain.all')),
        me.domains.map(d => h('option', {key: d, value: d, selected: d === domain}, d))))),
      h(Patterns),
      problem && h(Failure, {problem, again: () => this.load()}),
      !value && !problem && h(Loading),
      value && h('div', {class: 'overview', 'aria-busy': busy ? 'true' : 'false'},
        h('p', {class: 'hidden', role: 'status'}, FIGURES.map(n => `${t(`overview.${n}`)}: ${number(value[n])}`).join(', ')),
        h(Overall, {of: value}),
        h('p', {class: 'rule'}, t('overview.zone', {zone: value.zone.replaceAll('_', ' ')}))));
  }
}
