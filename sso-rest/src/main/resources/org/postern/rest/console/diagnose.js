// Diagnose: tries a mailbox at its servers while one looks on, and says what is wrong and what to do.
import * as api from './api.js';
import {Reason} from './generate.js';
import {after, bytes, count, exactly, millis, number, refusal, t} from './texts.js';
import {Alert, Component, Copy, Field, Status, described, h, words} from './view.js';

const NAMES = {imap: 'IMAP4', pop3: 'POP3', smtp: 'SMTP', webmail: 'Webmail'};
const KINDS = {good: 'on', warn: 'weak', bad: 'off', none: 'none'};
const OF_CERTIFICATE = ['certificate_expired', 'certificate_not_yet_valid', 'wrong_name', 'untrusted'];
const NONE = {steps: [], capabilities: []};

/** What a service is when the run ended before it: nothing was found. */
const unfinished = service => ({...NONE, ...service, verdict: 'cancelled', grade: 'none'});

/** What is on top of all services: the worst of them. */
const summary = (services, cancelled, given) => {
  const bad = services.filter(s => s.grade === 'bad').length;
  if (cancelled) {
    return {kind: 'note', text: t(given ? 'verdict.cancelled' : 'diagnose.cancelled')};
  }
  return bad > 0 ? {kind: 'bad', text: count('diagnose.faults', bad)}
    : services.some(s => s.grade === 'warn') ? {kind: 'note', text: t('diagnose.weak')}
      : {kind: 'good', text: t('diagnose.fine')};
};

const failure = (problem, began, tried) => {
  if (problem.status === 429 && !tried) {
    return t('diagnose.busy', {when: after(problem.retryAfter)});
  }
  return problem.status === 409 ? t('diagnose.token.rule') : problem.status === 0 && began ? t('diagnose.lost') : words(problem);
};

const used = ({resource, used: now, limit}) => (resource === 'STORAGE'
  ? t('diagnose.used', {used: bytes(now * 1024), limit: bytes(limit * 1024)})
  : t('diagnose.used', {used: number(now), limit: count('diagnose.messages', limit)}));

const certificateOf = ({certificate: c, tls}) => [
  ['diagnose.subject', c.subject], ['diagnose.names', c.names.join(', ')], ['diagnose.issuer', c.issuer],
  ['diagnose.from', exactly(c.not_before)], ['diagnose.until', exactly(c.not_after)], ['diagnose.tls', tls]
].filter(([, value]) => value);

const stepOf = step => `${t(`step.${step.step}`)} ${step.done ? '✓' : '✗'} ${millis(step.millis)}`;

/** All of it as text, for a ticket. */
const textOf = ({user, reason, started_at, services}, by) => [
  `${t('diagnose.title')}: ${user}`, exactly(started_at), `${t('diagnose.by')}: ${by}`, `${t('generate.reason')}: ${reason}`,
  ...services.flatMap(s => [
    '', `== ${NAMES[s.service]}: ${t(`verdict.${s.verdict}`)}`, ...(s.server ? [s.server] : []),
    ...(s.verdict === 'fine' ? [] : [t(`verdict.${s.verdict}.more`)]),
    ...s.steps.flatMap(step => [stepOf(step), ...step.lines.map(line => `  ${line}`)]),
    ...(s.certificate ? certificateOf(s).map(([key, value]) => `${t(key)}: ${value}`) : []),
    ...(s.capabilities.length > 0 ? [`${t('diagnose.capabilities')}: ${s.capabilities.join(' ')}`] : []),
    ...(s.quota ? [`${t('diagnose.quota')}: ${used(s.quota)}`] : [])
  ])
].join('\n');

const Steps = ({steps}) => steps.length > 0 && h('ol', {class: 'steps'}, steps.map(step =>
  h('li', {class: step.done ? undefined : 'failed'}, stepOf(step))));

const Protocol = ({steps, open}) => h('details', {open}, h('summary', null, t('diagnose.protocol')),
  steps.filter(step => step.lines.length > 0).map(step => [
    h('h4', null, t(`step.${step.step}`)), h('pre', null, step.lines.join('\n'))]));

const Service = ({service, found, running}) => {
  const {steps, verdict, grade, capabilities, certificate, quota, server, messages} = found;
  const total = steps.reduce((sum, step) => sum + step.millis, 0);
  return h('li', {class: grade, id: `service-${service}`},
    h('h3', null, NAMES[service],
      h(Status, {kind: KINDS[grade] || 'none'}, grade ? t(`grade.${grade}`) : t(running ? 'diagnose.running' : 'diagnose.waiting'))),
    server && h('p', {class: 'rule'}, h('bdi', null, server), steps.length > 0 && ` · ${millis(total)}`),
    verdict && h('p', {class: 'verdict'}, t(`verdict.${verdict}`)),
    verdict && verdict !== 'fine' && h('p', null, t(`verdict.${verdict}.more`)),
    h(Steps, {steps}),
    quota && h('p', {class: 'quota'}, h('label', null, `${t('diagnose.quota')}: ${used(quota)}`, ' ',
      h('meter', {min: 0, max: quota.limit || 1, high: quota.limit * 0.9, optimum: 0, value: quota.used}))),
    Number.isInteger(messages) && h('p', {class: 'rule'}, count('diagnose.messages', messages)),
    verdict && steps.some(step => step.lines.length > 0) && h(Protocol, {steps, open: grade === 'bad' && !OF_CERTIFICATE.includes(verdict)}),
    certificate && h('details', {open: OF_CERTIFICATE.includes(verdict)}, h('summary', null, t('diagnose.certificate')),
      h('dl', {class: 'facts'}, certificateOf(found).map(([key, value]) =>
        h('div', {key}, h('dt', null, t(key)), h('dd', null, h('bdi', null, value)))))),
    capabilities.length > 0 && h('details', null, h('summary', null, t('diagnose.capabilities')),
      h('p', {class: 'rule'}, h('bdi', null, capabilities.join(' ')))));
};

/** Calls onEnded() when a run is over: its token came and went. */
export class Diagnose extends Component {
  componentWillUnmount() {
    this.gone = true;
    this.run?.abort();
  }

  found(name, data) {
    const {services} = this.state;
    const known = services[data.service] || NONE;
    if (name === 'step') {
      this.setState({services: {...services, [data.service]: {...known, steps: [...known.steps, data]}}});
    } else if (name === 'service') {
      this.setState({
        services: {...services, [data.service]: data}, said: `${NAMES[data.service]}: ${t(`verdict.${data.verdict}`)}`
      });
    } else {
      this.report = data;
    }
  }

  async submit(event) {
    event.preventDefault();
    if (this.run) {
      return;
    }
    const {user, onEnded} = this.props;
    const {reason, token} = event.target;
    const body = {reason: reason.value, ...(token && {token: token.value})};
    this.run = new AbortController();
    this.report = undefined;
    const begun = {user, reason: body.reason, started_at: new Date().toISOString()};
    this.setState({busy: true, services: {}, report: undefined, problem: undefined, cancelled: false, said: ''},
      () => document.getElementById('board').focus());
    let problem;
    try {
      await api.diagnose(user, body, this.run.signal, (name, data) => this.found(name, data));
      problem = this.report ? undefined : new api.Problem(0);
    } catch (fault) {
      problem = fault;
    }
    const cancelled = this.run.signal.aborted;
    this.run = undefined;
    if (this.gone) {
      return;
    }
    if (token) {
      token.value = '';
    }
    const {services} = this.state;
    const began = Object.keys(services).length > 0;
    const report = this.report || (began && {
      ...begun, services: Object.keys(NAMES).map(service => services[service]?.verdict ? services[service] : unfinished({...services[service], service}))
    });
    this.setState({busy: false, report, cancelled, problem: cancelled ? undefined : problem, said: ''}, () => {
      if (!report && !cancelled) {
        document.querySelector('#diagnose [aria-invalid],#diagnose-error')?.focus();
      }
    });
    onEnded();
  }

  render({mailbox, by}, {busy, services = {}, report, problem, cancelled, said}) {
    const approved = mailbox.approval !== 'none';
    const bad = problem?.errors.find(e => e.field === 'token');
    const wrong = bad && (refusal('refused', bad.message.split(': ').at(-1)) || t('refused.unknown'));
    const shown = problem && problem.errors.length === 0;
    const whole = report && !shown && summary(report.services, cancelled, approved);
    return h('section', {class: 'card', 'aria-labelledby': 'diagnose-title'},
      h('h2', {id: 'diagnose-title'}, t('diagnose.title')),
      h('form', {id: 'diagnose', onSubmit: e => this.submit(e)},
        h('p', {class: 'quiet'}, t(approved ? 'diagnose.rule.given' : 'diagnose.rule')),
        shown && h('p', {class: 'alert bad', role: 'alert', id: 'diagnose-error', tabindex: -1}, failure(problem, Object.keys(services).length > 0, approved)),
        h('div', {class: 'pair'},
          h(Reason, {id: 'diagnose-reason', mailbox, problem}),
          approved && h(Field, {id: 'diagnose-token', label: t('diagnose.token'), rule: t('diagnose.token.rule'), error: wrong},
            h('input', {
              ...described('diagnose-token', true, wrong), name: 'token', type: 'password', maxlength: 128, required: true,
              autocomplete: 'off'
            }))),
        h('p', {class: 'deeds'},
          h('button', {id: 'diagnose-start', disabled: busy}, t('diagnose.button')),
          busy && h('button', {type: 'button', class: 'quiet', id: 'diagnose-cancel', onClick: () => this.run?.abort()}, t('cancel')))),
      h('p', {class: 'hidden', role: 'status'}, said || (whole ? whole.text : '')),
      (busy || report) && h('div', {id: 'board', tabindex: -1, 'aria-label': t('diagnose.title'), role: 'group'},
        whole && h('p', {class: `alert ${whole.kind}`, id: 'diagnose-whole'}, whole.text),
        h('ul', {class: 'board'}, Object.keys(NAMES).map(service => h(Service, {
          key: service, service, running: service in services,
          found: report?.services.find(s => s.service === service) || services[service] || NONE
        }))),
        report && h('p', {class: 'deeds'},
          h('pre', {class: 'hidden', 'aria-hidden': 'true'}, textOf(report, by)),
          h(Copy, {text: textOf(report, by), label: t('diagnose.copy')}))));
  }
}
