import { codeOf, framesOf, typeOf } from '../error-words.ts';

const WINDOW_MS = 60_000;
const OF_ONE_KIND = 5;
const IN_ALL = 60;

/** What tells one kind of error from another: its type, its code and where it was thrown. */
export function fingerprintOf(error: Error): string {
  const [place = ''] = framesOf(error).trim().split('\n', 1);
  return [typeOf(error), codeOf(error) ?? '', place.trim()].join(' ');
}

/** An outage throws the same a thousand times, and the first few say it all. */
export class Flood {
  readonly #now: () => number;
  #begin = 0;
  #seen = new Map<string, number>();
  #inAll = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Whether one more of a kind is of use within this minute. */
  admits(kind: string): boolean {
    const now = this.#now();
    if (now - this.#begin >= WINDOW_MS) {
      this.#begin = now;
      this.#seen = new Map();
      this.#inAll = 0;
    }
    const seen = this.#seen.get(kind) ?? 0;
    if (seen >= OF_ONE_KIND || this.#inAll >= IN_ALL) return false;
    this.#seen.set(kind, seen + 1);
    this.#inAll++;
    return true;
  }
}
