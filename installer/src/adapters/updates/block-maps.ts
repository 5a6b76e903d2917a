import { createBLAKE2b } from 'hash-wasm';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { readBlockMap, type BlockMap } from '../../model/updates/block-map.ts';

/** Of electron-builder: BLAKE2b with 18 bytes. Node has it with 64 alone, which gives other bytes. */
const CHECKSUM_BITS = 144;
/** Bytes, unpacked: a block map of a file of many gigabytes. */
export const LARGEST_MAP = 64 * 1024 * 1024;

const UNPACK = { beside: gunzipSync, inside: inflateRawSync } as const;

/** A block map as it lies beside its file, or inside it; undefined for what is none. */
export function unpackBlockMap(packed: Buffer, where: keyof typeof UNPACK): BlockMap | undefined {
  try {
    const text = UNPACK[where](packed, { maxOutputLength: LARGEST_MAP }).toString('utf8');
    return readBlockMap(JSON.parse(text));
  } catch (error) {
    // Neither packed as it has to be nor JSON: no block map.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code !== undefined)
      return undefined;
    throw error;
  }
}

export type BlockChecker = {
  /** The next bytes of the file. */
  update(bytes: Uint8Array): void;
  /** Once all was given: the first block, from zero, with another checksum than the map says; undefined where none has. */
  different(): number | undefined;
};

/** Compares a file with its block map while it passes by; holds nothing of it. */
export async function blockChecker({ sizes, checksums, offset }: BlockMap): Promise<BlockChecker> {
  const block = (await createBLAKE2b(CHECKSUM_BITS)).init();
  let skipping = offset;
  let index = 0;
  let missing = sizes[0] ?? 0;
  let different: number | undefined;
  return {
    update(bytes) {
      let at = Math.min(skipping, bytes.length);
      skipping -= at;
      while (index < sizes.length && at < bytes.length) {
        const take = Math.min(missing, bytes.length - at);
        block.update(bytes.subarray(at, at + take));
        at += take;
        missing -= take;
        if (missing > 0) continue;
        const checksum = Buffer.from(block.digest('binary')).toString('base64');
        if (checksum !== checksums[index]) different ??= index;
        block.init();
        index += 1;
        missing = sizes[index] ?? 0;
      }
    },
    different: () => different ?? (index < sizes.length ? index : undefined),
  };
}
