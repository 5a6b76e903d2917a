import { createBLAKE2b } from 'hash-wasm';
import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHANNELS } from '../../model/updates/protocol.ts';
import type { UpdateSource, UpdateStore } from '../../ports/update-mirror.ts';
import { updateMirror } from '../../adapters/updates/update-mirror.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { carryOutMirror, lookAtMirror } from './mirror-updates.ts';

const EXE = 'FACTSWAY-Setup-1.2.0.exe';
const CONTENT = Buffer.from('an installer of a few bytes');
const blake = await createBLAKE2b(144);
/** Of blocks of ten bytes, as electron-builder writes it; `change` replaces what it says. */
function mapOf(content: Buffer, change: object = {}): Buffer {
  const blocks = Array.from({ length: Math.ceil(content.length / 10) }, (_, at) =>
    content.subarray(at * 10, at * 10 + 10),
  );
  const checksums = blocks.map((block) =>
    Buffer.from(blake.init().update(block).digest('binary')).toString('base64'),
  );
  const sizes = blocks.map((block) => block.length);
  const file = { name: 'file', offset: 0, checksums, sizes, ...change };
  return gzipSync(JSON.stringify({ version: '2', files: [file] }));
}
const MAP = mapOf(CONTENT);
const manifest = (content = CONTENT, version = '1.2.0', name = EXE): string => {
  const sha512 = createHash('sha512').update(content).digest('base64');
  return `version: ${version}
files:
  - { url: ${name}, sha512: ${sha512}, size: ${content.length} }
path: ${name}
sha512: ${sha512}
releaseDate: '2026-01-02T03:04:05.000Z'
`;
};
const offerOdd = async (version: string): Promise<void> => {
  const name = `FACTSWAY-Setup-${version}.exe`;
  await writeFile(at('from', name), CONTENT);
  await writeFile(at('from/latest.yml'), manifest(CONTENT, version, name));
};
const REQUEST = { channels: CHANNELS, version: undefined, keep: 2 };
const ANYWHERE = { region: undefined, endpoint: undefined, forcePathStyle: undefined };
const NEVER = new AbortController().signal;
const QUIET = { note: () => undefined, warning: () => undefined };
let root: string;
const at = (...path: string[]): string => join(root, ...path);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mirror-'));
  await mkdir(at('from'));
  await writeFile(at('from', EXE), CONTENT);
  await writeFile(at('from', `${EXE}.blockmap`), MAP);
  await writeFile(at('from', 'latest.yml'), manifest());
});
afterEach(() => rm(root, { recursive: true }));

async function run(
  from = at('from'),
  change: (store: UpdateStore) => UpdateStore = (store) => store,
): Promise<void> {
  const places = {
    source: await updateMirror.source(from, ANYWHERE),
    store: change(await updateMirror.store(at('to'))),
  };
  const plan = await lookAtMirror(REQUEST, places);
  await carryOutMirror(plan, places, { signal: NEVER, reporter: QUIET });
}
const served = async (): Promise<string[]> =>
  (await readdir(at('to')).catch(() => [])).filter((name) => !name.startsWith('.')).toSorted();
const WHOLE = [EXE, `${EXE}.blockmap`, 'latest.yml'];

it('copies what is offered, and packs it into what any tar reads', async () => {
  await run();
  expect(await served()).toEqual(WHOLE);
  await updateMirror.pack(at('to'), at('one.tar'));
  await rm(at('to'), { recursive: true });
  await run(at('one.tar'));
  expect(await served()).toEqual(WHOLE);
  expect(await readFile(at('to', EXE))).toEqual(CONTENT);
});

it('a packed archive is read as well, and one that is cut off is told of', async () => {
  await run();
  await updateMirror.pack(at('to'), at('one.tar'));
  const tar = await readFile(at('one.tar'));
  await writeFile(at('two.tar.gz'), gzipSync(tar));
  await rm(at('to'), { recursive: true });
  await run(at('two.tar.gz'));
  expect(await served()).toEqual(WHOLE);
  await writeFile(at('cut.tar'), tar.subarray(0, 700));
  await writeFile(at('no.tar'), Buffer.alloc(2048, 'x'));
  await writeFile(at('cut.tar.gz'), gzipSync(tar).subarray(0, 60));
  for (const bad of ['cut.tar', 'no.tar', 'cut.tar.gz', 'missing'])
    expect(await rejectionOf(run(at(bad)))).toMatchObject({ code: 'FW-MIRROR-SOURCE' });
});

describe('nothing is offered', () => {
  it.each<[string, () => Promise<void>, string]>([
    ['of a source without a manifest', () => rm(at('from/latest.yml')), 'FW-MIRROR-EMPTY'],
    [
      'of a manifest that is none',
      () => writeFile(at('from/latest.yml'), 'version: ['),
      'FW-MIRROR-MANIFEST',
    ],
    [
      'of a manifest that leads elsewhere',
      () =>
        writeFile(
          at('from/latest.yml'),
          manifest(CONTENT, '1.2.0', '"../../etc/passwd"').replaceAll('"', ''),
        ),
      'FW-MIRROR-MANIFEST',
    ],
    [
      'of a manifest that names another version',
      () => writeFile(at('from/latest.yml'), manifest(CONTENT, '1.3.0')),
      'FW-MIRROR-MANIFEST',
    ],
    ['where the installer is missing', () => rm(at('from', EXE)), 'FW-MIRROR-FILE'],
    ['where it is cut off', () => writeFile(at('from', EXE), 'an inst'), 'FW-MIRROR-FILE'],
    [
      'where a bit of it fell over',
      () => writeFile(at('from', EXE), 'An installer of a few bytes'),
      'FW-MIRROR-FILE',
    ],
    [
      'where its block map is none',
      () => writeFile(at('from', `${EXE}.blockmap`), gzipSync('{}')),
      'FW-MIRROR-FILE',
    ],
    [
      'where its block map is of a longer file',
      () => writeFile(at('from', `${EXE}.blockmap`), mapOf(Buffer.concat([CONTENT, CONTENT]))),
      'FW-MIRROR-FILE',
    ],
    [
      'where its block map is of another file of that length',
      () => writeFile(at('from', `${EXE}.blockmap`), mapOf(Buffer.alloc(CONTENT.length, 'x'))),
      'FW-MIRROR-FILE',
    ],
    ['of a version that is none', () => offerOdd('01.2.0'), 'FW-MIRROR-MANIFEST'],
  ])('%s', async (_, spoil, code) => {
    await spoil();
    expect(await rejectionOf(run())).toMatchObject({ code });
    expect(await served()).toEqual([]);
  });

  it('and no byte is written beyond what was announced', async () => {
    let written = 0;
    const source: UpdateSource = {
      ...(await updateMirror.source(at('from'), ANYWHERE)),
      read: () => Promise.resolve(endless()),
    };
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 1000; piece += 1) yield await Promise.resolve(Buffer.alloc(10));
    }
    const real = await updateMirror.store(at('to'));
    const store: UpdateStore = {
      ...real,
      async stage(name, content, map) {
        const found = await real.stage(name, content, map);
        written = found.size;
        return found;
      },
    };
    await rm(at('from', `${EXE}.blockmap`));
    const plan = await lookAtMirror(REQUEST, { source, store });
    const error = await rejectionOf(
      carryOutMirror(plan, { source, store }, { signal: NEVER, reporter: QUIET }),
    );
    expect([error.code, error.message]).toEqual([
      'FW-MIRROR-FILE',
      expect.stringContaining(`longer than the ${CONTENT.length} bytes`),
    ]);
    expect(written).toBe(CONTENT.length);
    expect(await readdir(at('to'))).toEqual([]);
  });

  it('of a manifest too long for one, on a disk and in an archive', async () => {
    await writeFile(at('from/latest.yml'), 'x'.repeat(2 * 1024 * 1024));
    expect(await rejectionOf(run())).toMatchObject({ code: 'FW-MIRROR-SOURCE' });
    await updateMirror.pack(at('from'), at('one.tar'));
    const error = await rejectionOf(run(at('one.tar')));
    expect([error.code, error.message]).toEqual([
      'FW-MIRROR-SOURCE',
      expect.stringContaining('too long'),
    ]);
  });

  it('and nothing is left of an installer that was refused', async () => {
    await writeFile(at('from', EXE), 'An installer of a few bytes');
    await rejectionOf(run());
    expect(await readdir(at('to'))).toEqual([]);
  });
});

/** The last block is another one, in the middle of a file that is as its manifest says. */
const LATE = Buffer.concat([CONTENT.subarray(0, 20), Buffer.from('other  ')]);

describe('a block map is compared block by block, and the first that differs is named', () => {
  const WRONG = `${EXE}.blockmap has another checksum than the file at block 3`;
  const spoiled = () => writeFile(at('from', `${EXE}.blockmap`), mapOf(LATE));

  it('on the way of its installer, which is kept for the next run', async () => {
    await spoiled();
    const error = await rejectionOf(run());
    expect([error.code, error.message]).toEqual(['FW-MIRROR-FILE', expect.stringContaining(WRONG)]);
    expect(await readdir(at('to'))).toEqual([`.${EXE}.factsway-new`]);
    // The same for what is here already.
    expect((await rejectionOf(run())).message).toContain(WRONG);
    await writeFile(at('from', `${EXE}.blockmap`), MAP);
    await run();
    expect(await served()).toEqual(WHOLE);
  });

  it('against an installer that is offered already', async () => {
    await run();
    await rm(at('to', `${EXE}.blockmap`));
    await spoiled();
    expect((await rejectionOf(run())).message).toContain(WRONG);
    expect(await served()).toEqual([EXE, 'latest.yml']);
    await writeFile(at('from', `${EXE}.blockmap`), MAP);
    await run();
    expect(await served()).toEqual(WHOLE);
  });
});

it('a mirror whose own manifest has an odd number takes a new one, and removes nothing', async () => {
  await mkdir(at('to'));
  await writeFile(at('to/beta.yml'), manifest(CONTENT, '01.0.0', 'FACTSWAY-Setup-01.0.0.exe'));
  await writeFile(at('to/FACTSWAY-Setup-01.0.0.exe'), CONTENT);
  await run();
  expect(await served()).toEqual(['FACTSWAY-Setup-01.0.0.exe', ...WHOLE, 'beta.yml'].toSorted());
});

it('killed before any change, the former manifest or the new one is offered whole, and the next run finishes', async () => {
  const CHANGES = ['stage', 'publish', 'writeText'] as const;
  for (let kill = 0; kill < 5; kill += 1) {
    await rm(at('to'), { recursive: true, force: true });
    let left = kill;
    const mortal = (store: UpdateStore): UpdateStore => {
      const wrapped = { ...store } as Record<string, unknown>;
      for (const method of CHANGES)
        wrapped[method] = (...given: never[]) => {
          if ((left -= 1) < 0) throw new Error('killed');
          return (store[method] as (...given: never[]) => unknown)(...given);
        };
      return wrapped as unknown as UpdateStore;
    };
    await expect(run(at('from'), mortal)).rejects.toThrow('killed');
    expect(await served()).not.toContain('latest.yml');
    await run();
    expect(await served()).toEqual(WHOLE);
    expect((await readdir(at('to'))).filter((name) => name.startsWith('.'))).toEqual([]);
  }
});

it('a link is none of its files: it is replaced, and nothing is written through it', async () => {
  await mkdir(at('to'));
  await writeFile(at('elsewhere'), CONTENT);
  await writeFile(at('other'), 'of somebody');
  await writeFile(at('manifest'), manifest());
  await symlink(at('elsewhere'), at('to', EXE));
  await symlink(at('manifest'), at('to/latest.yml'));
  await symlink(at('other'), at('to', `.${EXE}.factsway-new`));
  await run();
  expect(await served()).toEqual(WHOLE);
  for (const name of WHOLE) expect((await lstat(at('to', name))).isFile()).toBe(true);
  expect(await readFile(at('other'), 'utf8')).toBe('of somebody');
});

it('interrupted in a file it says so, and offers nothing', async () => {
  const abort = new AbortController();
  abort.abort();
  const source = await updateMirror.source(at('from'), ANYWHERE);
  const store = await updateMirror.store(at('to'));
  const plan = await lookAtMirror(REQUEST, { source, store });
  const run = carryOutMirror(plan, { source, store }, { signal: abort.signal, reporter: QUIET });
  expect(await rejectionOf(run)).toMatchObject({ code: 'FW-CANCELLED' });
  expect(await served()).toEqual([]);
});
