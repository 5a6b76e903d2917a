import { expect, it } from 'vitest';
import { isLogTime } from './log-time.ts';

it.each([
  '10m',
  '2h',
  '1h30m',
  '1.5h',
  '500ms',
  '1700000000',
  '2026-01-31',
  '2026-01-31T10',
  '2026-01-31T10:00',
  '2026-01-31T10:00:00Z',
  '2026-01-31T10:00:00.123456789+02:00',
])('%s is a time', (text) => {
  expect(isLogTime(text)).toBe(true);
});

it.each([
  '',
  'gestern',
  '1d',
  '-5m',
  '10 m',
  '2026-02-31',
  '2026-13-01',
  '2026-01-31 10:00',
  '2026-01-31T25:00',
  '31.01.2026',
])('%j is none', (text) => {
  expect(isLogTime(text)).toBe(false);
});
