import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatSize, mebibytes, parseSize } from './units.ts';

describe('sizes', () => {
  it.each([
    ['512MiB', 536_870_912],
    ['1.5GiB', 1_610_612_736],
    ['8 GiB', 8_589_934_592],
    ['2TiB', 2_199_023_255_552],
    ['4KiB', 4096],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '8', '8GB', '8 gib', '-1GiB', '1e3MiB', 'GiB', '8GiB '])('%j is no size', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  it.each([
    [1_073_741_824, '1GiB'],
    [1_610_612_736, '1536MiB'],
    [1024, '1KiB'],
    [1025, '1025B'],
    [0, '0B'],
  ])('%i bytes are written %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('what is written in a unit reads back as the same bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (kibibytes) => {
        expect(parseSize(formatSize(kibibytes * 1024))).toBe(kibibytes * 1024);
      }),
    );
  });

  it('mebibytes are rounded down: a limit never grows by rounding', () => {
    expect(mebibytes(2 * 1024 * 1024 - 1)).toBe(1);
    expect(mebibytes(2 * 1024 * 1024)).toBe(2);
  });
});

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [850.4, '850 ms'],
    [1000, '1.0 s'],
    [12_430, '12.4 s'],
    [60_000, '1 min 0 s'],
    [200_000, '3 min 20 s'],
  ])('%d ms read %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
