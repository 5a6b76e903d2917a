import { describe, expect, it } from 'vitest';
import type { PrometheusState, RuleState } from '../facts.ts';
import { analyseAlerting } from './alerting.ts';

const rule = (alert: string, change: Partial<RuleState> = {}): RuleState => ({
  alert,
  health: 'ok',
  lastError: '',
  severity: 'critical',
  firing: [],
  ...change,
});
const state = (...rules: RuleState[]): PrometheusState => ({
  unreachable: '',
  targets: [],
  builds: [],
  alertmanagers: 1,
  missing: [],
  rules,
});
const READY = { problem: '' };
const EXPECTED = ['ServiceDown', 'Watchdog'];
const GOOD = state(rule('ServiceDown'), rule('Watchdog', { severity: 'none', firing: ['works'] }));

describe('the gate of alerting', () => {
  it('passes when every alert is loaded and can be evaluated; a sign of life is no finding', () => {
    expect(analyseAlerting(GOOD, READY, EXPECTED)).toMatchObject({
      status: 'pass',
      found: 'Alertmanager is ready; 2 alerts are loaded and evaluated',
    });
  });

  it('passes before the first round of a rule', () => {
    const waiting = state(rule('ServiceDown', { health: 'unknown' }), rule('Watchdog'));
    expect(analyseAlerting(waiting, READY, EXPECTED).status).toBe('pass');
  });

  it.each([
    [state(rule('Watchdog')), 'the alert ServiceDown is not loaded'],
    [
      state(rule('ServiceDown', { health: 'err', lastError: 'many-to-many' }), rule('Watchdog')),
      'the alert ServiceDown cannot be evaluated: many-to-many',
    ],
  ])('fails for a rule that is not there or does not work', (prometheus, finding) => {
    expect(analyseAlerting(prometheus, READY, EXPECTED)).toMatchObject({
      status: 'fail',
      details: [finding],
    });
  });

  it('tells what fires and fails nothing for it', () => {
    const firing = state(
      rule('ServiceDown', { firing: ['facts-service is down'] }),
      rule('Watchdog', { severity: 'none', firing: ['works'] }),
    );
    expect(analyseAlerting(firing, READY, EXPECTED)).toMatchObject({
      status: 'warn',
      details: ['facts-service is down'],
    });
  });

  it('fails without an Alertmanager or a Prometheus, whatever else is known', () => {
    expect(analyseAlerting(GOOD, { problem: 'answers 503' }, EXPECTED).found).toBe(
      'Alertmanager answers 503',
    );
    expect(analyseAlerting({ ...GOOD, unreachable: 'refused' }, READY, EXPECTED)).toMatchObject({
      status: 'fail',
      found: 'Prometheus does not answer: refused',
    });
  });
});
