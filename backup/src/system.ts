import { closeSync, openSync, readSync } from 'node:fs';
import { DATA } from './paths.ts';
import { parseSegment, SEGMENT_BYTES } from './wal-name.ts';

/** In pg_control the first thing there is; in a segment it follows the short header of its first page. */
const IN_CONTROL = 0;
const IN_SEGMENT = 24;
/** Before it: magic, flags and timeline. */
const POSITION_IN_SEGMENT = 8;

/**
 * Which cluster a data directory belongs to: the number that initdb gave it, and that every segment of its log
 * carries. null where there is no database yet.
 *
 * Source: PostgreSQL, src/include/catalog/pg_control.h and src/include/access/xlog_internal.h
 */
export const systemOf = (data = DATA): string | null =>
  numberAt(`${data}/global/pg_control`, IN_CONTROL);

/** The same of a segment; null where it cannot be read. */
export const systemOfSegment = (path: string): string | null => numberAt(path, IN_SEGMENT);

/**
 * Whether PostgreSQL has begun to write a segment: its first page says where in the log it is. A file that was recycled, or
 * made in advance, says another place, or none.
 */
export function isBegun(path: string): boolean {
  const segment = parseSegment(path.slice(path.lastIndexOf('/') + 1));
  if (segment === null) return false;
  return numberAt(path, POSITION_IN_SEGMENT) === String(segment.number * SEGMENT_BYTES);
}

function numberAt(path: string, position: number): string | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const bytes = Buffer.alloc(8);
    return readSync(file, bytes, 0, 8, position) === 8 ? bytes.readBigUInt64LE().toString() : null;
  } catch {
    // A directory opens, and cannot be read.
    return null;
  } finally {
    closeSync(file);
  }
}
