import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { blockMapProblem, type BlockMap } from '../../model/updates/block-map.ts';
import { blockChecker, LARGEST_MAP, unpackBlockMap } from './block-maps.ts';

/** Bytes that say how long the map before them is. */
const LENGTH = 4;

/** An AppImage ends with its map, packed, and four bytes that say how long that is. */
export async function mapInside(
  path: string,
): Promise<{ readonly size: number; readonly map: BlockMap | undefined }> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(LENGTH);
    if (size <= LENGTH) return { size: 0, map: undefined };
    await handle.read(tail, 0, LENGTH, size - LENGTH);
    const length = tail.readUInt32BE(0);
    if (length === 0 || length > LARGEST_MAP || length + LENGTH > size)
      return { size: 0, map: undefined };
    const packed = Buffer.alloc(length);
    await handle.read(packed, 0, length, size - LENGTH - length);
    return { size: length, map: unpackBlockMap(packed, 'inside') };
  } finally {
    await handle.close();
  }
}

/**
 * Why the map inside a file is not its own, as the rest of a sentence; undefined where it is. `blockMapSize`: bytes, as its
 * manifest says; clients ask for just these. Reads the whole file.
 */
export async function embeddedMapProblem(
  path: string,
  blockMapSize: number,
): Promise<string | undefined> {
  const { size, map } = await mapInside(path);
  if (map === undefined) return 'has no block map at its end, and its manifest says it has';
  if (size !== blockMapSize)
    return `has a block map of ${size} bytes at its end, and its manifest says ${blockMapSize}`;
  const blocks = await blockChecker(map);
  let length = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    blocks.update(piece);
    length += piece.length;
  }
  const problem = blockMapProblem(map, length - size - LENGTH, blocks.different());
  return problem === undefined ? undefined : `has a block map at its end that ${problem}`;
}
