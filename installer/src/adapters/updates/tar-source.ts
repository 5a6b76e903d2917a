import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import type { UpdateSource } from '../../ports/update-mirror.ts';
import { messageOf, unreadable } from './source-errors.ts';
import { textOf } from './source-text.ts';
import { BLOCK, padded, readHeader, type TarEntry } from './tar-format.ts';

/**
 * What is in an archive, packed or not. Its index is made once by reading it through. Throws FW-MIRROR-SOURCE where it
 * is damaged or cut off.
 */
export async function tarSource(path: string): Promise<UpdateSource> {
  const isPacked = /\.t?gz$/.test(path);
  const bytes = isPacked ? unpacked(path) : bytesOf(path);
  const entries = await indexOf(path, bytes(0));
  const read = (name: string): AsyncIterable<Uint8Array> | undefined => {
    const entry = entries.get(name);
    return entry && cut(bytes(entry.offset), entry.size);
  };
  return {
    async readText(name) {
      const content = read(name);
      return content && textOf(content, `${path}, ${name}`);
    },
    size: (name) => Promise.resolve(entries.get(name)?.size),
    read: (name) => Promise.resolve(read(name)),
  };
}

type From = (offset: number) => AsyncIterable<Uint8Array>;

const bytesOf =
  (path: string): From =>
  (offset) =>
    guarded(path, createReadStream(path, { start: offset }));

/** There is no way into the middle of a packed file but from its beginning. */
const unpacked =
  (path: string): From =>
  (offset) => {
    const stream = createGunzip();
    // What fails in here ends the stream that is read.
    pipeline(createReadStream(path), stream, () => undefined);
    return guarded(path, skip(stream, offset));
  };

async function* skip(
  content: AsyncIterable<Uint8Array>,
  offset: number,
): AsyncGenerator<Uint8Array> {
  let left = offset;
  for await (const piece of content) {
    if (piece.length > left) yield piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}

async function* cut(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let left = size;
  if (left === 0) return;
  for await (const piece of content) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}

async function* guarded(
  path: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw unreadable(path, messageOf(error));
  }
}

/** Files at the root of the archive; of two of one name the later one, as tar would leave it. */
async function indexOf(
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<Map<string, TarEntry>> {
  const entries = new Map<string, TarEntry>();
  let at = 0;
  let skipping = 0;
  let header = Buffer.alloc(0);
  let ended = false;
  for await (const piece of content) {
    let rest = Buffer.from(piece);
    while (rest.length > 0 && !ended) {
      const skipped = Math.min(skipping, rest.length);
      skipping -= skipped;
      at += skipped;
      rest = rest.subarray(skipped);
      const part = rest.subarray(0, BLOCK - header.length);
      header = Buffer.concat([header, part]);
      at += part.length;
      rest = rest.subarray(part.length);
      if (header.length < BLOCK) continue;
      const read = readHeader(header);
      header = Buffer.alloc(0);
      if (read === undefined) throw unreadable(path, 'is no tar archive, or a damaged one');
      if (read === 'end') ended = true;
      else {
        if (read.kind === 'file')
          entries.set(read.name, { name: read.name, size: read.size, offset: at });
        skipping = padded(read.size);
      }
    }
    if (ended) break;
  }
  if (!ended) throw unreadable(path, 'is cut off');
  return entries;
}
