import { expect, it } from 'vitest';
import { blockMapProblem, coveredBytes, readBlockMap, type BlockMap } from './block-map.ts';

const map = (sizes: number[], checksums = sizes.map(String), offset = 0): BlockMap => ({
  offset,
  sizes,
  checksums,
});
const packed = (...files: unknown[]) => ({ version: '2', files });

it('a block map fills its file, and has a checksum for each block that is that of the file', () => {
  expect(blockMapProblem(map([4, 6]), 10)).toBeUndefined();
  expect(blockMapProblem(map([4, 6]), 11)).toBe('covers 10 bytes of 11');
  expect(blockMapProblem(map([4, 6], ['a']), 10)).toBe('has 2 blocks and 1 checksums');
  expect(blockMapProblem(map([4, 6]), 10, 1)).toBe('has another checksum than the file at block 2');
  expect(coveredBytes(map([4, 6], [], 3))).toBe(13);
});

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['a map of no file', packed()],
  ['a map of two files', packed(map([1]), map([1]))],
  ['a map with a block of no bytes', packed(map([0]))],
  ['a map with half a byte', packed(map([1.5]))],
  ['a map without checksums', packed({ offset: 0, sizes: [1] })],
])('%s is none', (_, unpacked) => {
  expect(readBlockMap(unpacked)).toBeUndefined();
});

it('what electron-builder writes is one', () => {
  expect(readBlockMap(packed({ name: 'file', ...map([4, 6]) }))).toEqual(map([4, 6]));
});
