import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseDowntime, type Probed } from './downtime.ts';

/** A request every 100 ms, answered in 10; letters of the word say how: `.` well, another one badly. */
const asked = (word: string): Probed[] =>
  Array.from(word, (letter, index) => ({
    sentMs: 5000 + index * 100,
    answeredMs: 5000 + index * 100 + 10,
    problem: letter === '.' ? undefined : `answered ${letter}`,
  }));
const gaps = (word: string) => analyseDowntime(asked(word), 5000 + word.length * 100).downtimeMs;

describe('an interruption lasts from the last success to the next one', () => {
  it.each([
    ['..........', { total: 0, longest: 0 }],
    ['...5......', { total: 200, longest: 200 }],
    ['...5555...', { total: 500, longest: 500 }],
    ['.5...555..', { total: 600, longest: 400 }],
    ['...5.5....', { total: 400, longest: 200 }],
  ])('%s', (word, expected) => {
    expect(gaps(word)).toEqual(expected);
  });

  it('or to the end of the measurement, where it never came back', () => {
    expect(gaps('.....55555')).toEqual({ total: 600, longest: 600 });
  });

  it('also where answers come in another order than requests went out', () => {
    const word = asked('...555....');
    const fails = analyseDowntime(word.toReversed(), 6000);
    expect(fails).toEqual(analyseDowntime(word, 6000));
  });

  it('and whatever fails, it is never longer than the measurement and never zero', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('.', '5'), { maxLength: 60 }), (letters) => {
        const word = `.${letters.join('')}`;
        const { total, longest } = gaps(word);
        expect(total).toBeLessThanOrEqual(word.length * 100);
        expect(longest).toBeLessThanOrEqual(total);
        expect(total > 0).toBe(word.includes('5'));
      }),
    );
  });
});

it('counts requests and failures, and names each kind of failure once, the first five', () => {
  const { requests, failed, failures } = analyseDowntime(asked('..22.3.4.5.6.7'), 7000);
  expect([requests, failed]).toEqual([14, 7]);
  expect(failures).toEqual([
    { afterMs: 200, problem: 'answered 2' },
    { afterMs: 500, problem: 'answered 3' },
    { afterMs: 700, problem: 'answered 4' },
    { afterMs: 900, problem: 'answered 5' },
    { afterMs: 1100, problem: 'answered 6' },
  ]);
});

it('p99 is a time that one of a hundred took, of those that were answered', () => {
  const took = (ms: number, problem?: string): Probed => ({ sentMs: 0, answeredMs: ms, problem });
  const hundred = Array.from({ length: 100 }, (_, index) => took(index + 1));
  expect(analyseDowntime(hundred, 0).p99Ms).toBe(99);
  expect(analyseDowntime([...hundred, took(9000, 'no answer')], 0).p99Ms).toBe(99);
  expect(analyseDowntime([], 0).p99Ms).toBe(0);
});
