import { randomBytes } from 'node:crypto';

/** One thing a request did, in milliseconds since 1970. */
export interface DoneSpan {
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly kind: 'call' | 'query';
  readonly begin: number;
  readonly end: number;
  /** Of a query its name, of a call `METHOD peer`: never an address, a statement or a value. */
  readonly name: string;
  readonly peer?: string;
  readonly method?: string;
  readonly status?: number;
}

type Call = { readonly peer: string; readonly method: string; readonly status?: number };

/** A request that does more than this is known to do much. */
const MOST = 200;

export const newSpanId = (): string => randomBytes(8).toString('hex');
/** Monotonic within the process, unlike the clock on the wall. */
const now = (): number => performance.timeOrigin + performance.now();

/** What one sampled request did, until it is answered. */
export class SpanLog {
  readonly begin = now();
  readonly #done: DoneSpan[] = [];
  /** Calls that were sent, by the id that went with them. */
  readonly #open = new Map<string, number>();

  called(spanId: string): void {
    if (this.#open.size + this.#done.length < MOST) this.#open.set(spanId, now());
  }

  /** Nothing where the call is none of ours, or has ended already. */
  callEnded(spanId: string, { peer, method, status }: Call): void {
    const begin = this.#open.get(spanId);
    if (begin === undefined) return;
    this.#open.delete(spanId);
    const told = status === undefined ? {} : { status };
    const name = `${method} ${peer}`;
    this.#done.push({ spanId, kind: 'call', name, begin, end: now(), peer, method, ...told });
  }

  queried(name: string, seconds: number): void {
    if (this.#open.size + this.#done.length >= MOST) return;
    const end = now();
    const begin = end - seconds * 1000;
    this.#done.push({ spanId: newSpanId(), kind: 'query', name, begin, end });
  }

  /** All of it; a call whose end nobody told ended with the request. */
  close(): { readonly end: number; readonly spans: readonly DoneSpan[] } {
    const end = now();
    const open = [...this.#open].map(([spanId, begin]) => {
      return { spanId, kind: 'call', name: 'call', begin, end } as const;
    });
    this.#open.clear();
    return { end, spans: [...this.#done, ...open] };
  }
}
