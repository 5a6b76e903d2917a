import { expect, it } from 'vitest';
import { isHistory, parseHistory } from './timelines.ts';

const WRITTEN =
  '1\t0/D000000\tbefore 2026-11-22 18:14:01.123456+00\n\n2\t0/F000110\tno recovery target specified\n';

it('a history file of PostgreSQL is told from what a damaged one decrypts to', () => {
  expect(isHistory(WRITTEN)).toBe(true);
  expect(parseHistory(WRITTEN).map(({ timeline }) => timeline)).toEqual([1, 2]);
  for (const damaged of [
    '',
    '\n',
    WRITTEN.replace('0/F0', '0-F0'),
    `${WRITTEN}\u0007\ufffd`,
    WRITTEN.replace('before', 'be\ufffd\u0001re'),
  ])
    expect([damaged, isHistory(damaged)]).toEqual([damaged, false]);
});
