import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subnetPart, subnetProblem } from './subnet.ts';

describe('a range for the networks of the platform', () => {
  it.each(['10.77.0.0/24', '10.0.0.0/9', '172.16.0.0/12', '172.31.255.0/24', '192.168.0.0/16'])(
    '%s is one',
    (text) => {
      expect(subnetProblem(text)).toBeUndefined();
    },
  );

  it.each([
    ['10.77.0.0', 'must be an IPv4 range'],
    ['10.77.0.0/33', 'must be an IPv4 range'],
    ['10.77.0.300/24', 'must be an IPv4 range'],
    ['fd00::/64', 'must be an IPv4 range'],
    [' 10.77.0.0/24', 'must be an IPv4 range'],
    ['10.77.0.9/24', 'begins in the middle'],
    ['8.8.8.0/24', 'is no private range'],
    ['172.32.0.0/16', 'is no private range'],
    ['192.168.0.0/12', 'begins in the middle'],
    ['100.64.0.0/16', 'is no private range'],
    ['10.77.0.0/25', 'must be /24 or larger'],
    ['10.0.0.0/8', 'smaller than a whole /8'],
  ])('%s is none: %s', (text, problem) => {
    expect(subnetProblem(text)?.message).toContain(problem);
  });

  it('says where the range begins that was meant', () => {
    expect(subnetProblem('10.77.3.9/24')?.hint).toContain('10.77.3.0/24');
  });
});

describe('its eight parts', () => {
  it('of a /24 are eight of 32 addresses', () => {
    expect([0, 1, 7].map((index) => subnetPart('10.77.0.0/24', index))).toEqual([
      '10.77.0.0/27',
      '10.77.0.32/27',
      '10.77.0.224/27',
    ]);
    expect(subnetPart('172.16.0.0/12', 7)).toBe('172.30.0.0/15');
  });

  it('never meet and leave nothing out', () => {
    const size = (prefix: number): number => 2 ** (32 - prefix);
    const first = (text: string): number =>
      text
        .split('/')[0]!
        .split('.')
        .reduce((sum, part) => sum * 256 + Number(part), 0);
    fc.assert(
      fc.property(fc.integer({ min: 9, max: 24 }), (prefix) => {
        const parts = Array.from({ length: 8 }, (_, index) =>
          subnetPart(`10.0.0.0/${prefix}`, index),
        );
        for (const [index, part] of parts.entries())
          expect(first(part)).toBe(first('10.0.0.0/0') + index * size(prefix + 3));
      }),
    );
  });
});
