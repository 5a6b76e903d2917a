import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dueAt, dueBy, requestsOf } from './schedule.ts';

it('spreads the requests evenly', () => {
  const limits = { ratePerSecond: 200, seconds: 2 };
  expect(requestsOf(limits)).toBe(400);
  expect([0, 1, 2, 399].map((n) => dueAt(n, limits))).toEqual([0, 5, 10, 1995]);
});

it('after a pause of the generator everything missed is due at once, and no more', () => {
  const limits = { ratePerSecond: 100, seconds: 10 };
  expect(dueBy(-1, limits)).toBe(0);
  expect(dueBy(0, limits)).toBe(1);
  expect(dueBy(1000, limits)).toBe(101);
  expect(dueBy(60_000, limits)).toBe(1000);
});

it('a request is due from its time on, and not before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 999 }), (rate, n) => {
      const limits = { ratePerSecond: rate, seconds: 1000 / rate };
      fc.pre(n < requestsOf(limits));
      const at = dueAt(n, limits);
      expect(dueBy(at, limits)).toBe(n + 1);
      expect(dueBy(at - 0.01, limits)).toBe(n);
    }),
  );
});

it.each([
  [{ ratePerSecond: 0, seconds: 1 }, 'a rate of 0'],
  [{ ratePerSecond: 1001, seconds: 1 }, 'a rate of 1001'],
  [{ ratePerSecond: Number.NaN, seconds: 1 }, 'a rate of NaN'],
  [{ ratePerSecond: 1, seconds: 0 }, '0 seconds'],
  [{ ratePerSecond: 1, seconds: 3601 }, '3601 seconds'],
  [{ ratePerSecond: 400, seconds: 3600 }, '1440000 requests'],
])('%j is refused', (limits, message) => {
  expect(() => requestsOf(limits)).toThrow(message);
});
