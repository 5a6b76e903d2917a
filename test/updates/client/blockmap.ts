import { createBLAKE2b } from 'hash-wasm';
import { createHash } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';

/** As electron-builder has it, in bits: the mirror compares each block. */
const blake = await createBLAKE2b(144);

const SMALLEST = 8 * 1024;
const LARGEST = 32 * 1024;
/** A block ends where these bits of the rolling hash are all set: on average 8 KiB after the smallest. */
const BOUNDARY = 0x1fff;

/** One number per byte value; anything irregular will do, as long as both releases are cut by the same. */
const GEAR = Uint32Array.from({ length: 256 }, (_, value) =>
  createHash('sha256').update(Uint8Array.of(value)).digest().readUInt32LE(0),
);

/** Sizes in bytes. Cut by content: what is inserted at the front moves the blocks behind it, and changes none. */
function cut(content: Buffer): readonly number[] {
  const sizes: number[] = [];
  let begin = 0;
  let hash = 0;
  for (let at = 0; at < content.length; at += 1) {
    hash = ((hash << 1) + (GEAR[content[at] ?? 0] ?? 0)) >>> 0;
    const size = at + 1 - begin;
    const isEnd = (size >= SMALLEST && (hash & BOUNDARY) === BOUNDARY) || size === LARGEST;
    if (!isEnd) continue;
    sizes.push(size);
    begin = at + 1;
    hash = 0;
  }
  if (begin < content.length) sizes.push(content.length - begin);
  return sizes;
}

/** Format version 2 of electron-builder: the size of every block and a checksum of 18 bytes, base64. */
function mapOf(content: Buffer): string {
  const sizes = cut(content);
  let offset = 0;
  const checksums = sizes.map((size) => {
    const block = content.subarray(offset, offset + size);
    offset += size;
    return Buffer.from(blake.init().update(block).digest('binary')).toString('base64');
  });
  return JSON.stringify({ version: '2', files: [{ name: 'file', offset: 0, checksums, sizes }] });
}

/** The block map that lies beside an installer. */
export const blockmapOf = (content: Buffer): Buffer => gzipSync(mapOf(content), { level: 9 });

/** As an AppImage has it: the map at its end, and then four bytes that say how long that is. */
export function withMapInside(content: Buffer): {
  readonly file: Buffer;
  readonly blockMapSize: number;
} {
  const map = deflateRawSync(mapOf(content), { level: 9 });
  const length = Buffer.alloc(4);
  length.writeUInt32BE(map.length);
  return { file: Buffer.concat([content, map, length]), blockMapSize: map.length };
}
