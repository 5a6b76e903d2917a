import { expect, it } from 'vitest';
import { checkDue } from './due.ts';
import { newHistory, type History } from './history.ts';
import type { Settings } from './settings.ts';

const SETTINGS = {
  timeZone: 'UTC',
  schedule: { time: '02:30', fullOn: 'sunday', drillOn: 1, by: 'keeper' },
} as unknown as Settings;
const NOW = new Date('2026-11-25T02:31:00Z');
const days = (count: number): string => new Date(NOW.getTime() - count * 86_400_000).toISOString();
const after = (check: History['check']) =>
  checkDue(SETTINGS, { ...newHistory(new Date('2026-01-01'), 'one'), check }, NOW);

it('reads what others store once in four weeks, and what is on this server every week', () => {
  expect(after(null)).toBe('all');
  expect(after({ lastAttemptAt: days(7), outsideAt: days(7) })).toBe('near');
  expect(after({ lastAttemptAt: days(7), outsideAt: days(28) })).toBe('all');
  expect(after({ lastAttemptAt: days(0), outsideAt: days(28) })).toBe('nothing');
});
