import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { blockMapProblem, coveredBytes, type BlockMap } from '../../model/updates/block-map.ts';
import type { ReleaseFiles } from '../../ports/release-files.ts';
import { blockChecker, unpackBlockMap } from './block-maps.ts';
import { mapInside } from './embedded-map.ts';
import { S3Checksum } from './s3-checksum.ts';

const READ_AT_ONCE = 1024 * 1024;
const ANSWER_WITHIN_MS = 30_000;

/** Files on this disk, and what a server gives, read as a stream. */
export const releaseFiles: ReleaseFiles = {
  async digest(path, where, progress) {
    const inside = where === 'inside' ? await mapInside(path) : undefined;
    const packed = where === undefined || where === 'inside' ? undefined : await readFile(where);
    const map = inside ? inside.map : packed && unpackBlockMap(packed, 'beside');
    const { different, ...digest } = await readOnce(path, map, progress);
    const { size } = digest;
    const problem =
      where === undefined
        ? undefined
        : map === undefined
          ? 'is no block map'
          : blockMapProblem(map, inside ? size - inside.size - 4 : size, different);
    return {
      ...digest,
      ...(inside?.map ? { blockMapSize: inside.size } : {}),
      ...(problem === undefined ? {} : { problem }),
    };
  },
  async digestUrl(url) {
    const response = await fetch(url, { redirect: 'error' });
    if (!response.ok || !response.body) throw new Error(`${response.status} instead of the file`);
    const hash = createHash('sha512');
    let size = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { size, sha512: hash.digest('base64') };
  },
  async blockMapAt(url) {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await fetch(url, { redirect: 'error', signal });
    if (!response.ok) throw new Error(`${response.status} instead of the block map`);
    const packed = Buffer.from(await response.arrayBuffer());
    const map = unpackBlockMap(packed, 'beside');
    return map && { coveredBytes: coveredBytes(map) };
  },
};

type ReadOnce = {
  readonly size: number;
  readonly sha512: string;
  readonly checksum: string;
  readonly different: number | undefined;
};

/** A file from its start to its end; each chunk is in the memory of the one before it. */
async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path);
  try {
    const memory = Buffer.allocUnsafeSlow(READ_AT_ONCE);
    for (;;) {
      const { bytesRead } = await handle.read(memory, 0, READ_AT_ONCE, null);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** SHA-512 of the whole, what S3 will say of it and a checksum of each block, in one pass. `different`: the first block that is another. */
async function readOnce(
  path: string,
  map: BlockMap | undefined,
  progress: (readBytes: number) => void,
): Promise<ReadOnce> {
  const whole = createHash('sha512');
  const sent = new S3Checksum((await stat(path)).size);
  const blocks = map && (await blockChecker(map));
  let size = 0;
  for await (const bytes of chunksOf(path)) {
    whole.update(bytes);
    sent.update(bytes);
    blocks?.update(bytes);
    progress((size += bytes.length));
  }
  return {
    size,
    sha512: whole.digest('base64'),
    checksum: sent.digest(),
    different: blocks?.different(),
  };
}
