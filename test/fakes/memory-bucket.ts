import { createHash } from 'node:crypto';
import type { ObjectFacts, ObjectStore } from '../../installer/src/ports/object-store.ts';

type Stored = { readonly text: string } & ObjectFacts;

const hash = (algorithm: string, text: string): string =>
  createHash(algorithm).update(text).digest('base64');

/**
 * A bucket in memory with the promises of the port: a condition and its write are one. Other regions are not told of
 * anything. `beforeEach` is where a test has somebody else be quicker: it is called before every request.
 */
export class MemoryBucket {
  readonly objects = new Map<string, Stored>();
  /** Every change, in order: `write latest.yml`. */
  readonly changes: string[] = [];
  requests = 0;
  beforeEach: (request: number) => Promise<void> = () => Promise.resolve();
  #written = 0;

  /** By somebody else, whatever is there. */
  put(key: string, text: string): string {
    const etag = `"${(this.#written += 1)}"`;
    this.objects.set(key, { text, etag, size: text.length, sha512: hash('sha512', text) });
    return etag;
  }

  text(key: string): string {
    return this.objects.get(key)?.text ?? '';
  }

  /** Names at the root of the server: what clients are served. */
  get served(): string[] {
    return [...this.objects.keys()].filter((key) => !key.includes('/')).toSorted();
  }

  readonly store: ObjectStore = {
    head: async (_place, key) => {
      await this.#asked();
      return this.objects.get(key);
    },
    readText: async (_place, key) => {
      await this.#asked();
      return this.objects.get(key);
    },
    writeText: async (_place, key, text, { condition }) => {
      await this.#asked();
      const there = this.objects.get(key);
      const holds = 'absent' in condition ? there === undefined : there?.etag === condition.etag;
      if (!holds) return undefined;
      this.changes.push(`write ${key}`);
      return this.put(key, text);
    },
    list: async (_place, prefix) => {
      await this.#asked();
      return [...this.objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { size }]) => ({ key, size }));
    },
    upload: async (_place, { key, size, sha512, checksum }) => {
      await this.#asked();
      if (this.objects.has(key)) throw new Error(`${key} would be written over`);
      this.changes.push(`upload ${key}`);
      const etag = `"${(this.#written += 1)}"`;
      this.objects.set(key, { text: '', etag, size, sha512, checksum });
      return { sentParts: 1, keptParts: 0 };
    },
    sha512: async (_place, key) => {
      await this.#asked();
      return this.objects.get(key)?.sha512 ?? '';
    },
  };

  async #asked(): Promise<void> {
    this.requests += 1;
    await this.beforeEach(this.requests);
  }
}
