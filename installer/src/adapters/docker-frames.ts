import { StringDecoder } from 'node:string_decoder';
import type { KeptLine } from '../model/log-line.ts';

type Frame = { readonly stream: number; readonly payload: Buffer };

const HEADER = 8;
/** A longer line is handed over in parts: nobody's memory is at the mercy of a program that never ends its line. */
const LONGEST_LINE = 1 << 20;
/** A container with a terminal has no frames. */
const TERMINAL = 1;

/**
 * Docker's framing: eight bytes (stream, 0, 0, 0, length as big-endian 32 bit), then that many bytes. What does not
 * begin like that is the plain text of a container with a terminal.
 * Source: https://docs.docker.com/reference/api/engine/, "Stream format".
 */
async function* framesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let held: Buffer = Buffer.alloc(0);
  let framed: boolean | undefined;
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (framed === undefined && held.length >= 4)
      framed = (held[0] ?? 9) <= 2 && held.readUIntBE(1, 3) === 0;
    if (framed === false) {
      yield { stream: TERMINAL, payload: held };
      held = Buffer.alloc(0);
    }
    if (framed !== true) continue;
    let offset = 0;
    while (held.length - offset >= HEADER) {
      const end = offset + HEADER + held.readUInt32BE(offset + 4);
      if (end > held.length) break;
      yield { stream: held[offset] ?? TERMINAL, payload: held.subarray(offset + HEADER, end) };
      offset = end;
    }
    held = held.subarray(offset);
  }
}

/** Lines of one stream out of pieces that end anywhere, with the time that stands before each piece Docker kept. */
class Assembler {
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  #at = '';

  /** A line longer than 16 KiB is kept in several pieces, each with a time of its own. */
  *take(payload: Buffer, timed: boolean): Generator<KeptLine> {
    let piece = this.#decoder.write(payload);
    while (piece !== '') {
      const stamp = timed ? STAMP.exec(piece) : null;
      if (stamp) {
        if (this.#at === '') this.#at = utc(stamp[1] ?? '');
        piece = piece.slice(stamp[0].length);
      }
      const end = piece.indexOf('\n');
      this.#text += end === -1 ? piece : piece.slice(0, end);
      piece = end === -1 ? '' : piece.slice(end + 1);
      if (end !== -1 || this.#text.length >= LONGEST_LINE) yield* this.end();
    }
  }

  *end(): Generator<KeptLine> {
    const text = this.#text.replace(/\r$/, '');
    if (this.#at !== '' || text !== '') yield { at: this.#at, text };
    [this.#text, this.#at] = ['', ''];
  }
}

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/;

/** Nine digits, in UTC: some of Docker's log drivers know the time of the server only. */
function utc(stamp: string): string {
  const [, seconds = '', digits = '', zone = 'Z'] =
    /^(.{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(stamp) ?? [];
  const base = zone === 'Z' ? seconds : new Date(`${seconds}${zone}`).toISOString().slice(0, 19);
  return `${base}.${digits.padEnd(9, '0').slice(0, 9)}Z`;
}

/** What a container wrote, line by line, from an answer of the engine's API; with its times where they were asked for. */
export async function* keptLines(
  chunks: AsyncIterable<Buffer>,
  timed = true,
): AsyncGenerator<KeptLine> {
  const assemblers = new Map<number, Assembler>();
  for await (const { stream, payload } of framesOf(chunks)) {
    let assembler = assemblers.get(stream);
    if (!assembler) assemblers.set(stream, (assembler = new Assembler()));
    yield* assembler.take(payload, timed);
  }
  for (const assembler of assemblers.values()) yield* assembler.end();
}

/** What a program in a container wrote to stdout, line by line; what it wrote to stderr goes to `aside`. */
export async function* programLines(
  chunks: AsyncIterable<Buffer>,
  aside: (text: string) => void,
): AsyncGenerator<string> {
  const assembler = new Assembler();
  for await (const { stream, payload } of framesOf(chunks)) {
    if (stream === 2) aside(payload.toString('utf8'));
    else for (const { text } of assembler.take(payload, false)) yield text;
  }
  for (const { text } of assembler.end()) yield text;
}
