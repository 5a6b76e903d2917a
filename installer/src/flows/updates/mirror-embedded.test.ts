import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { withMapInside } from '../../../../test/updates/client/blockmap.ts';
import { updateMirror } from '../../adapters/updates/update-mirror.ts';
import { CHANNELS } from '../../model/updates/protocol.ts';
import { carryOutMirror, lookAtMirror } from './mirror-updates.ts';

const NAME = 'FACTSWAY-Setup-1.2.0.AppImage';
const CONTENT = Buffer.alloc(200_000, 'an app of many bytes, ');
const REQUEST = { channels: CHANNELS, version: undefined, keep: 2 };
const ANYWHERE = { region: undefined, endpoint: undefined, forcePathStyle: undefined };
const PORTS = {
  signal: new AbortController().signal,
  reporter: { note: () => undefined, warning: () => undefined },
};
let root: string;
const at = (...path: string[]): string => join(root, ...path);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mirror-'));
  await mkdir(at('from'));
});
afterEach(() => rm(root, { recursive: true }));

/** The manifest is right about everything but perhaps about the map. */
async function offer(file: Buffer, blockMapSize: number | undefined): Promise<void> {
  const sha512 = createHash('sha512').update(file).digest('base64');
  const map = blockMapSize === undefined ? '' : `, blockMapSize: ${blockMapSize}`;
  await writeFile(at('from', NAME), file);
  await writeFile(
    at('from/latest-linux.yml'),
    `version: 1.2.0
files: [{ url: ${NAME}, sha512: ${sha512}, size: ${file.length}${map} }]
path: ${NAME}
sha512: ${sha512}
releaseDate: '2026-01-02T03:04:05.000Z'
`,
  );
}

async function mirror(): Promise<void> {
  const places = {
    source: await updateMirror.source(at('from'), ANYWHERE),
    store: await updateMirror.store(at('to')),
  };
  await carryOutMirror(await lookAtMirror(REQUEST, places), places, PORTS);
}

const { file: GOOD, blockMapSize: SIZE } = withMapInside(CONTENT);
/** One byte of the app is another than when its map was made. */
const changed = Buffer.from(GOOD);
changed[100_000] = 0;

it.each<[string, Buffer, number | undefined, RegExp]>([
  ['of another file', changed, SIZE, /has another checksum than the file at block/],
  ['of another length', GOOD, SIZE + 1, /has a block map of \d+ bytes at its end/],
  ['that is none', CONTENT, SIZE, /has no block map at its end/],
  ['of a shorter file', Buffer.concat([CONTENT, GOOD]), SIZE, /covers 200000 bytes of 400000/],
])('an AppImage with a map %s is refused, and nothing of it stays', async (_, file, size, says) => {
  await offer(file, size);
  const error = await rejectionOf(mirror());
  expect([error.code, error.message]).toEqual(['FW-MIRROR-FILE', expect.stringMatching(says)]);
  expect(await readdir(at('to'))).toEqual([]);
});

it('is refused as well where an earlier run had brought it and was killed before it looked', async () => {
  await offer(changed, SIZE);
  await mkdir(at('to'));
  await writeFile(at('to', `.${NAME}.factsway-new`), changed);
  expect((await rejectionOf(mirror())).code).toBe('FW-MIRROR-FILE');
  expect(await readdir(at('to'))).toEqual([]);
});

it.each([
  ['with its own map', GOOD, SIZE],
  ['without one, of which its manifest says nothing', CONTENT, undefined],
])('an AppImage %s is taken over', async (_, file, size) => {
  await offer(file, size);
  await mirror();
  expect((await readdir(at('to'))).toSorted()).toEqual([NAME, 'latest-linux.yml']);
});
