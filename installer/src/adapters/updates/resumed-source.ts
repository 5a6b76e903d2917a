import { setTimeout as wait } from 'node:timers/promises';
import { messageOf, unreadable } from './source-errors.ts';

/** One answer of a source: a file, or what is left of it. */
export type Answer = {
  readonly body: AsyncIterable<Uint8Array>;
  /** Of the whole file; undefined where the source names none. */
  readonly etag: string | undefined;
  /** The byte it begins with. */
  readonly from: number;
};

/** The same file from a byte on, if it still has this ETag; whole, from 0, where that cannot be had. Undefined: gone. */
export type AskAgain = (from: number, etag: string | undefined) => Promise<Answer | undefined>;

/** Seconds before each further try: as the protocol asks of the apps. */
const BACKOFF_SECONDS = [1, 2, 4, 8];
/** Bytes after which a line that breaks off has earned all its tries again. */
const PROGRESS = 16 * 1024 * 1024;

/**
 * A file whose body may break off: it goes on at the byte where it did. An answer that begins anew is read from its
 * beginning, and what was given already is passed over; whether both were one file is told by the SHA-512 of all of
 * it. Throws FW-MIRROR-SOURCE after four tries without progress. `second` in milliseconds.
 */
export async function* resumed(
  address: string,
  first: Answer,
  askAgain: AskAgain,
  second = 1000,
): AsyncGenerator<Uint8Array> {
  let answer = first;
  let given = 0;
  let tried = 0;
  let givenBefore = 0;
  for (;;) {
    let broke: unknown;
    let at = answer.from;
    const pieces = answer.body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await pieces.next().catch((error: unknown) => {
          broke = error;
        });
        if (next === undefined) break;
        if (next.done === true) return;
        const left = next.value.subarray(Math.max(0, given - at));
        at += next.value.length;
        given += left.length;
        if (left.length > 0) yield left;
      }
    } finally {
      // Whoever reads no further needs no line to the source.
      await pieces.return?.().catch(() => undefined);
    }
    if (given - givenBefore >= PROGRESS) tried = 0;
    givenBefore = given;
    const seconds = BACKOFF_SECONDS[tried];
    if (seconds === undefined) throw unreadable(address, `broke off: ${messageOf(broke)}`);
    tried += 1;
    await wait(seconds * second);
    const again = await askAgain(given, answer.etag);
    if (again === undefined) throw unreadable(address, 'is not there any more');
    answer = again;
  }
}
