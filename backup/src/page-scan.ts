import { Writable } from 'node:stream';

const BLOCK = 512;
const PAGE = 8192;
/** Files of tables and indexes, with their maps of free space and visibility, below their directories. */
const RELATION =
  /^(?:\.\/)?(?:base|global|pg_tblspc)\/(?:.*\/)?\d+(?:_(?:fsm|vm|init))?(?:\.\d+)?$/;

/** Where in a file the page is that claims to be newest, and the position of the log that it names. */
interface Newest {
  readonly block: number;
  readonly lsn: bigint;
}

/**
 * Reads the tar that pg_basebackup makes and remembers of each relation the newest position of the log that a page of
 * it names. Every page begins with one; where it is later than the beginning of the backup, pg_basebackup takes the page
 * for one that is being written and does not look at its checksum.
 */
export class PageScan extends Writable {
  readonly newest = new Map<string, Newest>();
  #rest: Buffer = Buffer.alloc(0);
  #path: string | null = null;
  #block = 0;
  /** Of the file that is being read, and then what fills its last block up. */
  #left = 0;
  #padding = 0;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let taken = 1;
    while (taken > 0) {
      taken = this.#take();
      this.#rest = this.#rest.subarray(taken);
    }
    done();
  }

  /** How many bytes were understood; 0 when there are too few. */
  #take(): number {
    const { length } = this.#rest;
    if (this.#left > 0) {
      const wanted =
        this.#path === null ? Math.min(this.#left, length) : Math.min(PAGE, this.#left);
      if (wanted > length) return 0;
      if (this.#path !== null) this.#page(this.#path);
      this.#left -= wanted;
      return wanted;
    }
    if (this.#padding > 0) {
      const skipped = Math.min(this.#padding, length);
      this.#padding -= skipped;
      return skipped;
    }
    if (length < BLOCK) return 0;
    this.#header();
    return BLOCK;
  }

  #header(): void {
    const text = (from: number, to: number): string =>
      this.#rest.toString('latin1', from, to).replace(/\0.*$/s, '');
    const [name, prefix] = [text(0, 100), text(345, 500)];
    const path = prefix === '' ? name : `${prefix}/${name}`;
    this.#left = parseInt(text(124, 136).trim() || '0', 8);
    this.#padding = (BLOCK - (this.#left % BLOCK)) % BLOCK;
    this.#path = RELATION.test(path) ? path : null;
    this.#block = 0;
  }

  #page(path: string): void {
    const lsn = (BigInt(this.#rest.readUInt32LE(0)) << 32n) | BigInt(this.#rest.readUInt32LE(4));
    if (lsn > (this.newest.get(path)?.lsn ?? 0n))
      this.newest.set(path, { block: this.#block, lsn });
    this.#block++;
  }
}

/** Files with a page that names a position which the log has not reached: nobody wrote that. */
export function beyond(newest: ReadonlyMap<string, Newest>, end: bigint): [string, number][] {
  return [...newest].filter(([, { lsn }]) => lsn > end).map(([path, { block }]) => [path, block]);
}
