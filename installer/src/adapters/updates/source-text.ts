import { unreadable } from './source-errors.ts';

/** Bytes: many times what a manifest with long notes has. */
export const LARGEST_TEXT = 1024 * 1024;

/** All of a manifest. Throws FW-MIRROR-SOURCE where it is too long for one, and holds no more of it than that. */
export async function textOf(content: AsyncIterable<Uint8Array>, address: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of content) {
    size += piece.length;
    if (size > LARGEST_TEXT) throw unreadable(address, 'is too long for a manifest');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
