import { describe, expect, it } from 'vitest';
import {
  backupIsDue,
  checkIsDue,
  drillIsDue,
  fullIsDue,
  jitterMs,
  type Attempts,
} from './schedule.ts';

const BERLIN = {
  timeZone: 'Europe/Berlin',
  schedule: { time: '02:30', fullOn: 'sunday', drillOn: 1 },
} as const;
const date = (text: string): Date => new Date(text);
const NEVER: Attempts = { lastSuccessAt: null, lastAttemptAt: null, failedInARow: 0 };
const DUE = date('2026-11-24T01:30:00Z');
const after = (minutes: number): Date => new Date(DUE.getTime() + minutes * 60_000);
const due = (attempts: Partial<Attempts>, now: Date): boolean =>
  backupIsDue(BERLIN, 'one', { ...NEVER, ...attempts }, now);

describe('the daily backup', () => {
  const yesterday = date('2026-11-23T01:40:00Z');

  it('is due at its time in its zone, at most 15 minutes later', () => {
    expect(due({ lastSuccessAt: yesterday }, after(-1))).toBe(false);
    expect(due({ lastSuccessAt: yesterday }, after(15))).toBe(true);
    const jitter = jitterMs('one', DUE) / 60_000;
    expect(jitter).toBeGreaterThanOrEqual(0);
    expect(jitter).toBeLessThan(15);
    expect(due({ lastSuccessAt: yesterday }, after(jitter - 0.1))).toBe(false);
    expect(due({ lastSuccessAt: yesterday }, after(jitter + 0.1))).toBe(true);
  });

  it('spreads over installations', () => {
    expect(new Set(['a', 'b', 'c', 'd'].map((name) => jitterMs(name, DUE))).size).toBe(4);
  });

  it('is made once', () => {
    expect(due({ lastSuccessAt: after(16) }, after(17))).toBe(false);
    expect(due({ lastSuccessAt: after(16) }, after(60 * 23))).toBe(false);
  });

  it('that was missed while we were down is made up for', () => {
    expect(due({ lastSuccessAt: yesterday }, after(600))).toBe(true);
    expect(due({ lastSuccessAt: date('2026-10-01T00:00:00Z') }, after(600))).toBe(true);
  });

  it('is due at once where there is none', () => {
    expect(due({}, after(-600))).toBe(true);
  });

  it('that failed is tried after 15, 30 and 60 minutes, and then with the next one', () => {
    const failed = (failedInARow: number, minutesLater: number): boolean => {
      const attempts = { lastSuccessAt: yesterday, lastAttemptAt: after(16), failedInARow };
      return due(attempts, after(16 + minutesLater));
    };
    expect(failed(1, 14)).toBe(false);
    expect(failed(1, 15)).toBe(true);
    expect(failed(2, 29)).toBe(false);
    expect(failed(2, 30)).toBe(true);
    expect(failed(3, 59)).toBe(false);
    expect(failed(3, 60)).toBe(true);
    expect(failed(4, 600)).toBe(false);
    expect(failed(4, 24 * 60)).toBe(true);
  });

  it('keeps to the clock on the wall when that is put forward', () => {
    // On 28 March 2027 there is no 02:30 in Berlin.
    const attempts = { ...NEVER, lastSuccessAt: date('2027-03-27T01:40:00Z') };
    expect(backupIsDue(BERLIN, 'one', attempts, date('2027-03-28T02:00:00Z'))).toBe(true);
  });
});

describe('the full backup', () => {
  it('is the first, and then that of its day', () => {
    expect(fullIsDue(BERLIN, null, DUE)).toBe(true);
    const sunday = date('2026-11-22T01:40:00Z');
    expect(fullIsDue(BERLIN, sunday, DUE)).toBe(false);
    expect(fullIsDue(BERLIN, sunday, date('2026-11-28T01:40:00Z'))).toBe(false);
    expect(fullIsDue(BERLIN, sunday, date('2026-11-29T01:40:00Z'))).toBe(true);
  });

  it('is made up for on another day', () => {
    expect(fullIsDue(BERLIN, date('2026-11-15T01:40:00Z'), DUE)).toBe(true);
  });
});

describe('the reading of everything', () => {
  const WEDNESDAY = date('2026-11-25T01:30:00Z');
  const minutesOff = (minutes: number) => new Date(WEDNESDAY.getTime() + minutes * 60_000);
  const long = date('2026-01-01T00:00:00Z');

  it('is due half a week after the full backup, once', () => {
    const before = date('2026-11-18T02:00:00Z');
    expect(checkIsDue(BERLIN, long, before, minutesOff(-1))).toBe(false);
    expect(checkIsDue(BERLIN, long, before, minutesOff(1))).toBe(true);
    expect(checkIsDue(BERLIN, long, minutesOff(1), minutesOff(2))).toBe(false);
  });

  it('is not for the week in which an installation begins, and made up for when it was missed', () => {
    expect(checkIsDue(BERLIN, minutesOff(5), null, minutesOff(10))).toBe(false);
    expect(checkIsDue(BERLIN, long, null, minutesOff(3 * 24 * 60))).toBe(true);
  });
});

describe('the drill', () => {
  const began = date('2026-11-20T00:00:00Z');

  it('is due once a month, not for a month before the beginning', () => {
    expect(drillIsDue(BERLIN, began, null, date('2026-11-30T12:00:00Z'))).toBe(false);
    const first = date('2026-12-01T02:00:00Z');
    expect(drillIsDue(BERLIN, began, null, first)).toBe(true);
    expect(drillIsDue(BERLIN, began, first, date('2026-12-20T00:00:00Z'))).toBe(false);
    expect(drillIsDue(BERLIN, began, first, date('2027-01-05T00:00:00Z'))).toBe(true);
  });
});
