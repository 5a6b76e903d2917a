import { describe, expect, it } from 'vitest';
import { configWith } from '../../../test/fakes/builders.ts';
import { ALERT_SEVERITIES, RECEIVERS, type ReceiverName } from '../model/alert-receivers.ts';
import { deriveRouting, drillable, receiversOf } from './alert-routing.ts';

const withReceivers = (receivers: object) => configWith({ monitoring: { receivers } });
const on = (...names: readonly ReceiverName[]) =>
  withReceivers(Object.fromEntries(names.map((name) => [name, { enabled: true }])));
/** `critical: pagerduty slack | warning: slack | info: -` */
const told = (config: ReturnType<typeof configWith>): string =>
  ALERT_SEVERITIES.map(
    (severity) => `${severity}: ${receiversOf(severity, config).join(' ') || '-'}`,
  ).join(' | ');

describe('who is told', () => {
  it.each([
    [[], 'critical: - | warning: - | info: -'],
    [['email'], 'critical: email | warning: email | info: email'],
    [['pagerduty'], 'critical: pagerduty | warning: - | info: -'],
    [['slack'], 'critical: slack | warning: slack | info: slack'],
    [['pagerduty', 'slack'], 'critical: pagerduty slack | warning: slack | info: slack'],
    [['pagerduty', 'email'], 'critical: pagerduty | warning: email | info: email'],
    [['pagerduty', 'slack', 'email'], 'critical: pagerduty slack | warning: slack | info: email'],
    [
      [...RECEIVERS],
      'critical: pagerduty slack teams webhook | warning: slack teams webhook | info: email',
    ],
  ] as const)('with %j', (names, expected) => {
    expect(told(on(...names))).toBe(expected);
  });

  it('is whoever names the severity, in place of what it takes by itself', () => {
    const config = withReceivers({
      slack: { enabled: true, severities: ['warning'] },
      email: { enabled: true, severities: ['critical', 'info'] },
    });
    expect(told(config)).toBe('critical: email | warning: slack | info: email');
  });

  it('is nobody who named other severities, also where nobody else is left', () => {
    const config = withReceivers({ email: { enabled: true, severities: ['info'] } });
    expect(told(config)).toBe('critical: - | warning: - | info: email');
  });

  it('is nobody who is switched off, whatever else is said of him', () => {
    const config = withReceivers({
      slack: { enabled: false, severities: ['critical'] },
      email: { enabled: true },
    });
    expect(told(config)).toBe('critical: email | warning: email | info: email');
  });
});

describe('the tree', () => {
  it('tells what is critical in two seconds, and the rest with less haste', () => {
    const waits = deriveRouting(on('slack')).routes.map(
      ({ severity, groupWait, groupInterval, repeatInterval }) =>
        `${severity} ${groupWait} ${groupInterval} ${repeatInterval}`,
    );
    expect(waits).toEqual(['critical 2s 1m 4h', 'warning 30s 5m 12h', 'info 1m 15m 24h']);
  });

  it.each([1, 5, 60])('has a sign of life due at each look, every %i min', (minutes) => {
    const config = withReceivers({ deadMansSwitch: { enabled: true, intervalMinutes: minutes } });
    const timing = deriveRouting(config).deadMansSwitch;
    expect(timing?.groupInterval).toBe(`${minutes * 60}s`);
    const repeat = Number(timing?.repeatInterval.replace('s', ''));
    expect(repeat).toBeLessThan(minutes * 60);
    expect(repeat).toBeGreaterThan((minutes * 60) / 2);
  });

  it('can drill everybody who is switched on, the dead man’s switch included', () => {
    const config = withReceivers({
      deadMansSwitch: { enabled: true },
      slack: { enabled: true },
      teams: { enabled: false },
    });
    expect(drillable(config)).toEqual(['slack', 'dead-mans-switch']);
  });
});
