import { expect, it } from 'vitest';
import type { UpgradeRecord } from '../model/upgrade-record.ts';
import { expectedDowntime } from './expected-downtime.ts';

const record = (month: number, changed: Partial<UpgradeRecord>): UpgradeRecord => ({
  kind: 'upgrade',
  from: '1.0.0',
  to: '1.1.0',
  slot: 'b',
  startedAt: `2026-0${month}-03T10:00:00.000Z`,
  finishedAt: `2026-0${month}-03T10:05:00.000Z`,
  outcome: 'succeeded',
  downtimeMs: 1500,
  failedRequests: 2,
  ...changed,
});

it('of a platform that was never upgraded nobody knows', () => {
  expect(expectedDowntime([])).toEqual({ seconds: null, from: 'never measured' });
});

it('is that of the last upgrade that succeeded and was measured', () => {
  const history = [
    record(1, { downtimeMs: 9000 }),
    record(2, { downtimeMs: 0 }),
    record(3, { outcome: 'undone', downtimeMs: 4000 }),
    record(4, { downtimeMs: null }),
    record(5, { kind: 'change', downtimeMs: 7000 }),
  ];
  expect(expectedDowntime(history)).toEqual({ seconds: 0, from: 'last upgrade of 2026-02-03' });
});

it('or that of the last rollback or change, where no upgrade says it', () => {
  const history = [record(1, { kind: 'rollback' }), record(2, { kind: 'change' })];
  expect(expectedDowntime(history)).toEqual({ seconds: 1.5, from: 'last rollback of 2026-01-03' });
  expect(expectedDowntime(history.slice(1)).from).toBe('last change of 2026-02-03');
});
