import { expect, it } from 'vitest';
import { rangesOf } from './ranges.ts';

it.each([
  [undefined, 'whole'],
  ['bytes=0-', [{ start: 0, end: 99 }]],
  ['bytes=0-0', [{ start: 0, end: 0 }]],
  ['bytes=40-', [{ start: 40, end: 99 }]],
  ['bytes=90-200', [{ start: 90, end: 99 }]],
  ['bytes=-10', [{ start: 90, end: 99 }]],
  ['bytes=-1000', [{ start: 0, end: 99 }]],
  [
    'bytes=0-9, 20-29',
    [
      { start: 0, end: 9 },
      { start: 20, end: 29 },
    ],
  ],
  // What is there of several is sent.
  ['bytes=0-9,500-', [{ start: 0, end: 9 }]],
  ['bytes=100-', 'none'],
  ['bytes=-0', 'none'],
  ['bytes=500-600,700-', 'none'],
  // Not ours to understand, so as if nobody had said it.
  ['bytes=9-0', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=a-b', 'whole'],
  ['lines=0-1', 'whole'],
  ['bytes=', 'whole'],
  // More than the file, many times over.
  [`bytes=${Array.from({ length: 50 }, () => '0-').join(',')}`, 'whole'],
  [`bytes=${Array.from({ length: 1001 }, () => '0-0').join(',')}`, 'whole'],
] as const)('%s of 100 bytes', (header, ranges) => {
  expect(rangesOf(header, 100)).toEqual(ranges);
});

it('of an empty file there is nothing to have', () => {
  expect(rangesOf('bytes=0-', 0)).toBe('none');
});
