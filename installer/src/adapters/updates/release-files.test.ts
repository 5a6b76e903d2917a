import { createBLAKE2b } from 'hash-wasm';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releaseFiles } from './release-files.ts';

const BLOCK = 1000;
const CONTENT = Buffer.from(Array.from({ length: 4500 }, (_, at) => (at * 7) % 251));
const blake = await createBLAKE2b(144);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'release-files-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** As electron-builder writes it, not packed yet. */
function mapOf(content: Buffer, change: object = {}): string {
  const blocks = Array.from({ length: Math.ceil(content.length / BLOCK) }, (_, at) =>
    content.subarray(at * BLOCK, (at + 1) * BLOCK),
  );
  const checksums = blocks.map((block) =>
    Buffer.from(blake.init().update(block).digest('binary')).toString('base64'),
  );
  const sizes = blocks.map(({ length }) => length);
  const file = { name: 'file', offset: 0, checksums, sizes, ...change };
  return JSON.stringify({ version: '2', files: [file] });
}

/** The file, its map behind it, and four bytes that say how long that is. */
function appImage(content: Buffer, packed: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(packed.length);
  return Buffer.concat([content, packed, length]);
}

async function digest(content: Buffer, map: Buffer | 'inside') {
  const path = join(directory, 'file');
  await writeFile(path, content);
  if (map !== 'inside') await writeFile(`${path}.blockmap`, map);
  return releaseFiles.digest(path, map === 'inside' ? map : `${path}.blockmap`, () => undefined);
}
/** Some bytes of a file are others. */
function damaged(...places: number[]): Buffer {
  const copy = Buffer.from(CONTENT);
  for (const at of places) copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
const PACKED = deflateRawSync(mapOf(CONTENT));

describe('an AppImage with its block map inside', () => {
  it('is whole, and the length of the map is told', async () => {
    const whole = appImage(CONTENT, PACKED);
    expect(await digest(whole, 'inside')).toEqual({
      size: whole.length,
      sha512: createHash('sha512').update(whole).digest('base64'),
      checksum: createHash('sha256').update(whole).digest('base64'),
      blockMapSize: PACKED.length,
    });
  });

  it.each<[string, Buffer, string]>([
    [
      'was changed after its map was made: the first block that differs is named',
      appImage(damaged(3500, 1500), PACKED),
      'has another checksum than the file at block 2',
    ],
    [
      'has the map of a shorter one',
      appImage(CONTENT, deflateRawSync(mapOf(CONTENT.subarray(0, 3000)))),
      'covers 3000 bytes of 4500',
    ],
    [
      'has a map with a checksum too few',
      appImage(CONTENT, deflateRawSync(mapOf(CONTENT, { checksums: ['x'] }))),
      'has 5 blocks and 1 checksums',
    ],
    ['ends in something else', CONTENT, 'is no block map'],
    [
      'has its map packed as one that lies beside',
      appImage(CONTENT, gzipSync(mapOf(CONTENT))),
      'is no block map',
    ],
    [
      'says that its map is longer than itself',
      appImage(Buffer.alloc(0), Buffer.alloc(0)),
      'is no block map',
    ],
    ['is no longer than that number', Buffer.from('abc'), 'is no block map'],
  ])('%s', async (_, content, problem) => {
    expect(await digest(content, 'inside')).toMatchObject({ problem });
  });
});

describe('an installer with its block map beside it', () => {
  it('is whole', async () => {
    const found = await digest(CONTENT, gzipSync(mapOf(CONTENT)));
    expect(found).toEqual({
      size: CONTENT.length,
      sha512: createHash('sha512').update(CONTENT).digest('base64'),
      checksum: createHash('sha256').update(CONTENT).digest('base64'),
    });
  });

  it.each<[string, Buffer, string | Buffer, string]>([
    ['last block', damaged(4499), mapOf(CONTENT), 'has another checksum than the file at block 5'],
    ['map that is none', CONTENT, '{}', 'is no block map'],
    ['map of no JSON', CONTENT, 'no map', 'is no block map'],
    ['map that is not packed', CONTENT, Buffer.from(mapOf(CONTENT)), 'is no block map'],
    ['longer file', Buffer.concat([CONTENT, CONTENT]), mapOf(CONTENT), 'covers 4500 bytes of 9000'],
  ])('%s', async (_, content, map, problem) => {
    const packed = typeof map === 'string' ? gzipSync(map) : map;
    expect(await digest(content, packed)).toMatchObject({ problem });
  });

  it('may begin where its map says', async () => {
    const map = gzipSync(mapOf(CONTENT, { offset: 500 }));
    expect(await digest(Buffer.concat([Buffer.alloc(500), CONTENT]), map)).not.toHaveProperty(
      'problem',
    );
  });
});
