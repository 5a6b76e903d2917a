import { createHash, type Hash } from 'node:crypto';
import { partSize, SMALLEST_PART } from '../../model/updates/upload-parts.ts';

/**
 * What S3 keeps as ChecksumSHA256 of an object: the SHA-256 of its bytes in base64, or where it was sent in parts, that of
 * the SHA-256 of all parts in their order, and `-` and their number.
 *
 * Source: "Checking object integrity", composite checksums, in the user guide of Amazon S3
 *
 * @param sums SHA-256 of each part, base64
 */
export function compositeChecksum(sums: readonly string[]): string {
  const all = createHash('sha256');
  for (const sum of sums) all.update(sum, 'base64');
  return `${all.digest('base64')}-${sums.length}`;
}

/** The same of a file of `size` bytes that is read from its start to its end. */
export class S3Checksum {
  readonly #size: number;
  readonly #each: number;
  readonly #sums: string[] = [];
  #part: Hash = createHash('sha256');
  #missing: number;

  constructor(size: number) {
    this.#size = size;
    this.#each = size <= SMALLEST_PART ? Infinity : partSize(size);
    this.#missing = this.#each;
  }

  update(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      const take = Math.min(this.#missing, bytes.length - at);
      this.#part.update(bytes.subarray(at, at + take));
      at += take;
      this.#missing -= take;
      if (this.#missing === 0) this.#next();
    }
  }

  /** Once, at the end. */
  digest(): string {
    if (this.#size <= SMALLEST_PART) return this.#part.digest('base64');
    if (this.#missing < this.#each) this.#next();
    return compositeChecksum(this.#sums);
  }

  #next(): void {
    this.#sums.push(this.#part.digest('base64'));
    this.#part = createHash('sha256');
    this.#missing = this.#each;
  }
}
