import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** 2001-09-09, in seconds; the dates below follow it within 16 years. */
const EPOCH = 1_000_000_000;
const RANGE = 500_000_000;

/**
 * Makes a Docker build context depend on its content alone. Modes are those the image's own user
 * needs, whatever the umask here. Dates become part of a layer, so they must not be those of this
 * run; but they must not be all the same either: BuildKit sends a file again only when its size or
 * date differs from the last time, and two releases of one program often have one size. So a
 * file's date is taken from its digest.
 */
export function normalise(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) {
      chmodSync(path, 0o755);
      utimesSync(path, EPOCH, EPOCH);
      continue;
    }
    chmodSync(path, 0o644);
    const digest = createHash('sha256').update(readFileSync(path)).digest();
    const seconds = EPOCH + (digest.readUInt32BE(0) % RANGE);
    utimesSync(path, seconds, seconds);
  }
}
