import { describe, expect, it } from 'vitest';
import { isComparable, settledBytes } from './commit-log.ts';

const FILE = 1n << 20n;

describe('what is settled of the commit log', () => {
  it('is all of the files before, and of the last one what is about transactions that have ended', () => {
    const settled = settledBytes(['0000', '0001', '0002'], FILE * 2n + 4003n);
    expect([...settled]).toEqual([
      ['0000', 262_144],
      ['0001', 262_144],
      ['0002', 1000],
    ]);
  });

  it('is nothing of files that are of transactions yet to come, or that are no such files', () => {
    expect([...settledBytes(['0003', '0004', 'x', '0004.old'], FILE * 3n)]).toEqual([]);
    expect([...settledBytes(['0003'], FILE * 3n + 3n)]).toEqual([]);
  });

  it('goes on behind the last number of a transaction', () => {
    const settled = settledBytes(['0FFF', '0000', '0001', '0002'], (1n << 32n) + FILE + 40n);
    expect([...settled]).toEqual([
      ['0FFF', 262_144],
      ['0000', 262_144],
      ['0001', 10],
    ]);
  });
});

describe('a record of it', () => {
  const now = { system: '7', timeline: 2, upTo: '5000' };

  it('is held against the same cluster on the same timeline', () => {
    expect(isComparable({ ...now, upTo: '4000', files: {} }, now)).toBe(true);
  });

  it.each([
    ['of another cluster', { system: '8' }],
    ['of before a restore', { timeline: 1 }],
    ['of a later state of the volume', { upTo: '6000' }],
    ['of numbers that have gone round', {}, { upTo: String((1n << 32n) + 5000n) }],
  ])('%s says nothing', (_what, record, later: object = {}) => {
    expect(isComparable({ ...now, files: {}, ...record }, { ...now, ...later })).toBe(false);
  });
});
