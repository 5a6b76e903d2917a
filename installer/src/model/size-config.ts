import * as z from 'zod';
import { parseSize, SIZE_PATTERN, TiB } from './units.ts';

/** More than any server has; far beyond it, figures derived from it are no longer exact. */
const LARGEST_SIZE = 64 * TiB;

/** A size as people write it: 512MiB, 8GiB. */
export const sizeSetting = (what: string) =>
  z
    .string()
    .regex(SIZE_PATTERN, `must be a size such as 512MiB or 8GiB`)
    .refine((text) => (parseSize(text) ?? 0) <= LARGEST_SIZE, 'must be at most 64TiB')
    .describe(what);
