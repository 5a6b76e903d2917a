import * as z from 'zod';

const file = z.object({
  /** Bytes before the first block. */
  offset: z.int().nonnegative(),
  /** Base64, a BLAKE2b of 18 bytes for each block. */
  checksums: z.array(z.string()),
  /** Bytes. */
  sizes: z.array(z.int().positive()),
});

/** What electron-builder writes beside an installer, or into it, packed: where it was cut, for downloads of what changed. */
const packed = z.object({ version: z.string(), files: z.array(file).length(1) });

/** A block map of one file, which is all that electron-builder makes and electron-updater reads. */
export type BlockMap = z.infer<typeof file>;

/** The map of an unpacked document; undefined for what is none. */
export const readBlockMap = (unpacked: unknown): BlockMap | undefined =>
  packed.safeParse(unpacked).data?.files[0];

/** Bytes, from the beginning of the file. */
export const coveredBytes = ({ sizes, offset }: BlockMap): number =>
  sizes.reduce((sum, one) => sum + one, offset);

/**
 * Why it is not the map of a file of `size` bytes, as the rest of a sentence; undefined where it is. `different`: the
 * first block, from zero, whose checksum is another.
 */
export function blockMapProblem(
  map: BlockMap,
  size: number,
  different?: number,
): string | undefined {
  if (map.sizes.length !== map.checksums.length)
    return `has ${map.sizes.length} blocks and ${map.checksums.length} checksums`;
  const covered = coveredBytes(map);
  if (covered !== size) return `covers ${covered} bytes of ${size}`;
  return different === undefined
    ? undefined
    : `has another checksum than the file at block ${different + 1}`;
}
