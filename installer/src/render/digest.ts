import { createHash } from 'node:crypto';

/** sha256, hex. Hashing is pure; nothing else of node:crypto is used in the pure rooms. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
