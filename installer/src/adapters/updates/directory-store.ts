import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlockMap } from '../../model/updates/block-map.ts';
import type { Digest } from '../../model/updates/mirror.ts';
import { MANIFEST_NAMES, parseInstallerName } from '../../model/updates/protocol.ts';
import type { Staged, UpdateStore } from '../../ports/update-mirror.ts';
import { reading, writing } from '../file-errors.ts';
import { embeddedMapProblem } from './embedded-map.ts';
import { blockChecker, unpackBlockMap } from './block-maps.ts';

/** Of a file that is on its way; the mirror serves no such name. */
const ENDING = '.factsway-new';

const beside = (name: string): string => `.${name}${ENDING}`;
const isServed = (name: string): boolean =>
  MANIFEST_NAMES.includes(name) || parseInstallerName(name) !== undefined;

/** A directory that a mirror serves; made with the first write where it is not there, and open to those who read it. */
export function directoryStore(directory: string): UpdateStore {
  const at = (name: string): string => join(directory, name);
  /** A name is only as durable as the directory it stands in. */
  const flushDirectory = async (): Promise<void> => {
    const handle = await open(directory);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  const take = (name: string): Promise<void> =>
    writing(at(name), async () => {
      await rename(at(beside(name)), at(name));
      await flushDirectory();
    });
  const write = (
    name: string,
    content: AsyncIterable<Uint8Array>,
    blockMap?: BlockMap,
  ): Promise<Staged> =>
    writing(at(name), async () => {
      await mkdir(directory, { recursive: true, mode: 0o755 });
      const hash = createHash('sha512');
      const blocks = blockMap && (await blockChecker(blockMap));
      let size = 0;
      // Whatever lies there, a link to elsewhere not excepted, is not written through.
      await rm(at(beside(name)), { force: true });
      const handle = await open(at(beside(name)), 'wx', 0o644);
      try {
        for await (const piece of content) {
          hash.update(piece);
          blocks?.update(piece);
          size += piece.length;
          await handle.writeFile(piece);
        }
        // A hardened umask would hide it from who serves it.
        await handle.chmod(0o644);
        await handle.sync();
      } finally {
        await handle.close();
      }
      const different = blocks?.different();
      const digest = { size, sha512: hash.digest('base64') };
      return different === undefined ? digest : { ...digest, different };
    });
  const entries = async (): Promise<string[]> =>
    (await reading(directory, () => readdir(directory))) ?? [];

  return {
    async files() {
      const sizes: Record<string, number> = {};
      for (const name of (await entries()).filter(isServed)) {
        const size = await plainSize(at(name));
        if (size !== undefined) sizes[name] = size;
      }
      return sizes;
    },
    async staged() {
      const names = (await entries())
        .filter((name) => name.startsWith('.') && name.endsWith(ENDING))
        .map((name) => name.slice(1, -ENDING.length));
      const digests: Record<string, Digest> = {};
      for (const name of names) {
        const digest = await digestOf(at(beside(name)));
        if (digest) digests[name] = digest;
      }
      return digests;
    },
    async freeBytes() {
      const { bavail, bsize } = await statfs(await nearest(directory));
      return bavail * bsize;
    },
    readText: (name) =>
      reading(at(name), async () =>
        (await plainSize(at(name))) === undefined ? undefined : readFile(at(name), 'utf8'),
      ),
    digest: (name) => digestOf(at(name)),
    stage: write,
    async stagedBlockMap(name) {
      const path = at(beside(name));
      const packed = await reading(path, async () =>
        (await plainSize(path)) === undefined ? undefined : readFile(path),
      );
      return packed && unpackBlockMap(packed, 'beside');
    },
    async differentBlock(name, blockMap) {
      const isStaged = (await plainSize(at(beside(name)))) !== undefined;
      const path = isStaged ? at(beside(name)) : at(name);
      const blocks = await blockChecker(blockMap);
      for await (const piece of createReadStream(path) as AsyncIterable<Buffer>)
        blocks.update(piece);
      return blocks.different();
    },
    embeddedMapProblem: (name, blockMapSize) => embeddedMapProblem(at(beside(name)), blockMapSize),
    publish: take,
    discard: (name) => writing(at(name), () => rm(at(beside(name)), { force: true })),
    async writeText(name, text) {
      await write(name, oneOf(Buffer.from(text)));
      await take(name);
    },
    remove: (name) => writing(at(name), () => rm(at(name), { force: true })),
  };
}

/** Bytes; undefined for what is no file of ours: a link is served to nobody, and is replaced by what was brought. */
async function plainSize(path: string): Promise<number | undefined> {
  const status = await lstat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  return status?.isFile() === true ? status.size : undefined;
}

/** The directory itself, or what it would be made in. */
async function nearest(directory: string): Promise<string> {
  const found = await stat(directory).catch(() => undefined);
  return found || dirname(directory) === directory ? directory : nearest(dirname(directory));
}

async function* oneOf(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(piece);
}

const digestOf = (path: string): Promise<Digest | undefined> =>
  reading(path, async () => {
    if ((await plainSize(path)) === undefined) return undefined;
    const hash = createHash('sha512');
    let size = 0;
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(piece);
      size += piece.length;
    }
    return { size, sha512: hash.digest('base64') };
  });
