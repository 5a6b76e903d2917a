import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync, renameSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface QueueLimits {
  readonly files: number;
  readonly bytes: number;
}

/** A report that this process took out of the queue, and nobody else has meanwhile. */
export interface Claimed {
  readonly category: string;
  readonly text: string;
  /** It arrived, or never will: it is gone. */
  readonly done: () => Promise<void>;
  /** It goes back to its place, the oldest first. */
  readonly giveBack: () => Promise<void>;
}

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly category: string;
  /** As it is called while nobody has it. */
  readonly plain: string;
  readonly claimed: boolean;
}

/** Milliseconds since 1970, something random, bytes, what it is, and who has it, if anybody. */
const NAME = /^(\d{14}-[\da-f]{12}-(\d+)\.(error|transaction))(\.[\da-f]{12})?$/;
/** Longer than any attempt to deliver: who has had a report for so long has ended. */
const STALE_MS = 120_000;

/**
 * Reports that wait on disk, one file each, the oldest first. Several processes share a directory: one takes a report by
 * renaming it, and what a process had that ended goes back by itself. A full queue forgets its oldest.
 */
export class DiskQueue {
  readonly #directory: string;
  readonly #limits: QueueLimits;
  readonly #owner = randomBytes(6).toString('hex');
  #dropped = 0;
  #waiting = 0;

  constructor(directory: string, limits: QueueLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** How many it had to forget for want of room, since it was made. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How many waited when the directory was last looked at. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @throws what the file system says when nothing can be written there */
  async put(category: string, text: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const { unfinished, name } = this.#newName(category, text);
    await writeFile(unfinished, text, { mode: 0o600 });
    await rename(unfinished, name);
    await this.#forgetOldest();
  }

  /** The same for a process that is about to end. */
  putNow(category: string, text: string): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const { unfinished, name } = this.#newName(category, text);
    writeFileSync(unfinished, text, { mode: 0o600 });
    renameSync(unfinished, name);
  }

  /** The oldest report that nobody has, of a category that may go; undefined when there is none. */
  async claim(mayGo: (category: string) => boolean): Promise<Claimed | undefined> {
    for (const entry of await this.#entries()) {
      if (!mayGo(entry.category)) continue;
      if (entry.claimed && !(await this.#isStale(entry))) continue;
      const own = join(this.#directory, `${entry.plain}.${this.#owner}`);
      try {
        await rename(join(this.#directory, entry.name), own);
        // A renamed file keeps its times, and would be stale at once.
        await utimes(own, new Date(), new Date());
        const text = await readFile(own, 'utf8');
        return {
          category: entry.category,
          text,
          done: async () => {
            await rm(own, { force: true });
            this.#waiting--;
          },
          giveBack: () => rename(own, join(this.#directory, entry.plain)),
        };
      } catch (error) {
        // Another process was quicker.
        if (!isMissing(error)) throw error;
      }
    }
    return undefined;
  }

  /** How many wait. */
  async length(): Promise<number> {
    return (await this.#entries()).length;
  }

  #newName(category: string, text: string): { unfinished: string; name: string } {
    const at = String(Date.now()).padStart(14, '0');
    const name = `${at}-${randomBytes(6).toString('hex')}-${Buffer.byteLength(text)}.${category}`;
    return {
      unfinished: join(this.#directory, `.${name}`),
      name: join(this.#directory, name),
    };
  }

  async #entries(): Promise<Entry[]> {
    let names: string[];
    try {
      names = await readdir(this.#directory);
    } catch (error) {
      if (!isMissing(error)) throw error;
      names = [];
    }
    const entries = names.sort().flatMap((name) => {
      const [, plain, bytes, category, owner] = NAME.exec(name) ?? [];
      if (plain === undefined || category === undefined) return [];
      return [{ name, plain, category, bytes: Number(bytes), claimed: owner !== undefined }];
    });
    this.#waiting = entries.length;
    return entries;
  }

  async #isStale({ name }: Entry): Promise<boolean> {
    try {
      const { mtimeMs } = await stat(join(this.#directory, name));
      return Date.now() - mtimeMs > STALE_MS;
    } catch {
      return false;
    }
  }

  async #forgetOldest(): Promise<void> {
    const entries = await this.#entries();
    let files = entries.length;
    let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    for (const entry of entries) {
      if (files <= this.#limits.files && bytes <= this.#limits.bytes) return;
      if (entry.claimed) continue;
      await rm(join(this.#directory, entry.name), { force: true });
      this.#dropped++;
      files--;
      bytes -= entry.bytes;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
