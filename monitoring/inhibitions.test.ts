import { expect, it } from 'vitest';
import { INHIBITIONS, type Inhibition, type Matcher } from './inhibitions.ts';

type Labels = Readonly<Record<string, string>>;

/** As Alertmanager has it: anchored expressions, an absent label is an empty one, and nobody silences himself. */
function isSilenced(target: Labels, source: Labels): boolean {
  const meets = (labels: Labels, matchers: readonly Matcher[]): boolean =>
    matchers.every(({ label, op, value }) =>
      op === '='
        ? (labels[label] ?? '') === value
        : new RegExp(`^(?:${value})$`).test(labels[label] ?? ''),
    );
  const both = (labels: Labels, one: Inhibition): boolean =>
    meets(labels, one.source) && meets(labels, one.target);
  return INHIBITIONS.some(
    (one) =>
      meets(source, one.source) &&
      meets(target, one.target) &&
      one.equal.every((label) => (source[label] ?? '') === (target[label] ?? '')) &&
      !(both(source, one) && both(target, one)),
  );
}

const down = { severity: 'critical', cause: 'database' };
const slow = { severity: 'warning', symptom: 'latency', service: 'facts-service' };

it.each([
  ['a service that needs the database', true, { ...slow, needs_database: 'true' }, down],
  ['one that does not', false, slow, down],
  [
    'what needs the service that is down',
    true,
    { ...slow, needs_service: 'true' },
    { cause: 'service', service: 'facts-service' },
  ],
  [
    'what needs another service',
    false,
    { ...slow, needs_service: 'true' },
    { cause: 'service', service: 'records-service' },
  ],
  [
    'what names no service, by one that names none either',
    false,
    { severity: 'critical', needs_service: 'true' },
    { cause: 'service' },
  ],
  ['the milder of one symptom and service', true, slow, { ...slow, severity: 'critical' }],
  ['info by warning', true, { ...slow, severity: 'info' }, slow],
  ['the graver by the milder', false, { ...slow, severity: 'critical' }, slow],
  ['its like', false, slow, { ...slow, alertname: 'Another' }],
  [
    'the same symptom of another service',
    false,
    slow,
    { ...slow, severity: 'critical', service: 'records-service' },
  ],
  [
    'two alerts that have no symptom at all',
    false,
    { severity: 'warning' },
    { severity: 'critical' },
  ],
  [
    'a disk by another one that is full',
    false,
    { severity: 'warning', symptom: 'disk', mountpoint: '/' },
    { severity: 'critical', symptom: 'disk', mountpoint: '/data' },
  ],
  [
    'the log that waits for one place by that which is stuck for another',
    false,
    { severity: 'warning', symptom: 'backup-log-s3', place: 's3' },
    { severity: 'critical', symptom: 'backup-log-local', place: 'local' },
  ],
])('%s is silenced: %s', (_, silenced, target: Labels, source: Labels) => {
  expect(isSilenced(target, source)).toBe(silenced);
});

it('a drill is silenced by nothing: it has none of the labels that make an alert wait', () => {
  const drill = { alertname: 'FactswayDrill', severity: 'info', drill: 'slack', run: '1' };
  for (const source of [down, { cause: 'host' }, { ...slow, severity: 'critical' }])
    expect(isSilenced(drill, source)).toBe(false);
});
