// Charts, drawn as SVG to the width that there is; what they show stands in a table too.
import {number, short, t} from './texts.js';
import {Address, Component, h} from './view.js';

const HEIGHT = 210;
const TOP = 16;
const FOOT = 26;
const GAP = 10;
const LETTER = 7;
const WIDEST_BAR = 30;
/** From this on a step has room for its values. */
const ROOMY = 64;
const LEAST = 2;
const FIRST_WIDTH = 640;

/** Hatching for the second of two, so that colour is not all that tells them apart. To be once on a page. */
export const Patterns = () => h('svg', {class: 'hidden', 'aria-hidden': 'true', width: 0, height: 0}, h('defs', null,
  ['tokens', 'bad'].map(kind => h('pattern', {
    key: kind, id: `hatch-${kind}`, class: `hatch ${kind}`, width: 5, height: 5, patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)'
  }, h('rect', {width: 5, height: 5}), h('line', {x1: 1, y1: 0, x2: 1, y2: 5})))));

const fill = ({pattern}, kind) => ({
  class: `mark ${kind} ${pattern ? 'second' : 'first'}`, fill: pattern ? `url(#hatch-${kind})` : undefined
});

const Swatch = ({of, kind}) => h('svg', {width: 14, height: 14, 'aria-hidden': 'true'},
  h('rect', {...fill(of, kind), x: 1, y: 1, width: 12, height: 12}));

export const Legend = ({series, kind}) => h('ul', {class: 'legend', 'aria-hidden': 'true'},
  series.map(s => h('li', {key: s.name}, h(Swatch, {of: s, kind}), s.label)));

/** Round numbers from 0 to as many as there are or more, five at most. */
const ticksTo = most => {
  const rough = Math.max(1, most / 4);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(m => m * unit).find(s => s >= rough);
  return Array.from({length: Math.ceil(Math.max(1, most) / step) + 1}, (none, i) => i * step);
};

/** What happened in each step of time, in pairs of bars. A step is {label, name, values}; a series {name, label, pattern}. */
export class Chart extends Component {
  componentDidMount() {
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.box);
    this.fit();
  }

  componentWillUnmount() {
    this.watch.disconnect();
  }

  /** A box that is not shown has no width. */
  fit() {
    const width = this.box?.clientWidth;
    if (width && width !== this.state.width) {
      this.setState({width});
    }
  }

  draw({id, kind, steps, series}, width) {
    const ticks = ticksTo(Math.max(...steps.flatMap(s => s.values)));
    const most = ticks.at(-1);
    const wide = LETTER * Math.max(...steps.map(s => s.label.length)) + GAP;
    const left = Math.max(LETTER * Math.max(...ticks.map(n => short(n).length)) + GAP, GAP);
    const rough = (width - left) / steps.length;
    const right = Math.max(0, (wide - rough) / 2);
    const room = (width - left - right) / steps.length;
    const every = Math.max(1, Math.ceil(wide / room));
    const bar = Math.min(WIDEST_BAR, Math.max(1, room * 0.8 / series.length));
    const floor = HEIGHT - FOOT;
    const y = n => floor - (floor - TOP) * n / most;
    const middle = i => left + room * (i + 0.5);
    return h('svg', {class: 'chart', width, height: HEIGHT, role: 'img', 'aria-labelledby': `${id}-title`},
      ticks.map(n => h('g', {key: `tick ${n}`, class: n === 0 ? 'axis' : 'tick'},
        h('line', {x1: left, x2: width - right, y1: y(n), y2: y(n)}),
        h('text', {x: left - GAP / 2, y: y(n), dy: '.35em', 'text-anchor': 'end'}, short(n)))),
      steps.map((step, i) => h('g', {key: `step ${i}`, class: 'step'},
        h('title', null, `${step.name}\n${series.map((s, k) => `${s.label}: ${number(step.values[k])}`).join('\n')}`),
        h('rect', {class: 'hit', x: middle(i) - room / 2, y: TOP, width: room, height: floor - TOP}),
        series.map((s, k) => {
          const n = step.values[k];
          const height = n > 0 ? Math.max(LEAST, floor - y(n)) : 0;
          const x = middle(i) + (k - series.length / 2) * bar;
          return n > 0 && [
            h('rect', {...fill(s, kind), key: s.name, x: x + 0.5, y: floor - height, width: Math.max(1, bar - 1), height}),
            room >= ROOMY && h('text', {key: `${s.name} value`, class: 'value', x: x + bar / 2, y: floor - height - 4, 'text-anchor': 'middle'},
              short(n))
          ];
        }),
        (steps.length - 1 - i) % every === 0 && h('text', {
          x: middle(i), y: HEIGHT - 8, 'text-anchor': 'middle', class: i === steps.length - 1 ? 'now' : undefined
        }, step.label))));
  }

  render(props, {width = FIRST_WIDTH}) {
    const {id, kind, steps, series, last} = props;
    return h('div', {class: 'drawn', id},
      h(Legend, {series, kind}),
      h('div', {class: 'box', ref: box => { this.box = box; }}, this.draw(props, width)),
      h('p', {class: 'rule'}, last),
      h('details', null, h('summary', null, t('overview.table')), h('div', {class: 'sheet', tabindex: 0, role: 'group', 'aria-label': t('overview.table')}, h('table', {class: 'numbers'},
        h('thead', null, h('tr', null, h('th', {scope: 'col'}, t('audit.time')),
          series.map(s => h('th', {key: s.name, scope: 'col', class: 'n'}, s.label)))),
        h('tbody', null, steps.map((step, i) => h('tr', {key: i},
          h('th', {scope: 'row'}, step.name),
          step.values.map(n => h('td', {class: 'n'}, number(n))))))))));
  }
}

/** A table whose rows have bars under their names. A row is {name, href, values, rest}. */
export const Bars = ({id, first, kind = 'tokens', series, rows}) => {
  const most = Math.max(1, ...rows.filter(row => !row.rest).flatMap(row => row.values));
  const part = n => `${Math.min(100, 100 * n / most)}%`;
  return h('table', {class: 'bars', id},
    h('thead', null, h('tr', null, h('th', {scope: 'col'}, first),
      series.map(s => h('th', {key: s.name, scope: 'col', class: 'n'}, h(Swatch, {of: s, kind}), h('span', null, s.label))))),
    h('tbody', null, rows.map(row => h('tr', {key: row.name, class: row.rest ? 'rest' : undefined},
      h('th', {scope: 'row'},
        row.href ? h('a', {href: row.href}, h(Address, {of: row.name})) : h('bdi', null, row.name),
        !row.rest && row.values.some(n => n > 0) && h('svg', {class: 'level', height: series.length * 8, 'aria-hidden': 'true'}, series.map((s, k) => row.values[k] > 0 && h('rect', {
          ...fill(s, kind), key: s.name, x: 0.5, y: k * 8 + 0.5, height: 6, width: part(row.values[k])
        })))),
      row.values.map(n => h('td', {class: 'n'}, number(n)))))));
};
