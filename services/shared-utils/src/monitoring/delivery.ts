import type { DiskQueue } from './disk-queue.ts';

/** What the other end said; the headers are those that tell how long to wait. */
export interface IngestAnswer {
  readonly status: number;
  readonly rateLimits: string | null;
  readonly retryAfter: string | null;
}

export interface DeliveryOptions {
  readonly queue: DiskQueue;
  /** Sends one envelope. @throws when nobody answered in time */
  readonly send: (envelope: string) => Promise<IngestAnswer>;
  /** Told once for each new trouble, and once when it is over. */
  readonly tell: (level: 'info' | 'warn', message: string, fields: object) => void;
  /** Milliseconds since 1970; replaced in tests. */
  readonly now?: () => number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const DEFAULT_LIMIT_MS = 60_000;
/** A later one would go off at once: 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 24 * 3600_000;
/** What is refused for what it is: the same bytes would be refused again. */
const NEVER = new Set([400, 413, 415, 422]);
/** Nobody there knows us: a wrong key, a project that is gone. It may be put right. */
const UNKNOWN_TO_THEM = new Set([401, 403, 404]);

/** Hands the queue on, one report at a time, until stopped. Its waits keep no process alive. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #now: () => number;
  readonly #limits = new Map<string, number>();
  readonly #counts = { delivered: 0, refused: 0, failed: 0 };
  #failures = 0;
  #pauseUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #limitTimer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Reports that arrived, that were refused for what they are, and attempts that failed. */
  get counts(): Readonly<{ delivered: number; refused: number; failed: number }> {
    return this.#counts;
  }

  /** Something may wait: now, or when the pause is over. */
  wake(): void {
    if (this.#stopped || this.#running !== undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#running = this.#deliverAll().finally(() => {
          this.#running = undefined;
          this.#wakeLater();
        });
      },
      Math.max(0, this.#pauseUntil - this.#now()),
    ).unref();
  }

  /** No further attempt; resolves when the one that is under way has ended, or after `milliseconds`. */
  async stop(milliseconds: number): Promise<void> {
    if (!this.#stopped && this.#failures === 0 && this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#running ??= this.#deliverAll();
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([this.#running ?? Promise.resolve(), late]);
    this.#stopped = true;
    clearTimeout(timer);
    clearTimeout(this.#timer);
    clearTimeout(this.#limitTimer);
  }

  /** After a failure when the pause is over; under a limit when that ends, and for what has none at once. */
  #wakeLater(): void {
    if (this.#failures > 0) this.wake();
    for (const [category, until] of this.#limits) {
      if (until <= this.#now()) this.#limits.delete(category);
    }
    clearTimeout(this.#limitTimer);
    if (this.#stopped || this.#limits.size === 0) return;
    this.#limitTimer = setTimeout(
      () => {
        this.wake();
      },
      Math.min(LONGEST_TIMER_MS, Math.min(...this.#limits.values()) - this.#now()),
    ).unref();
  }

  async #deliverAll(): Promise<void> {
    try {
      while (!this.#stopped && this.#now() >= this.#pauseUntil) {
        const claimed = await this.#options.queue.claim((category) => this.#mayGo(category));
        if (claimed === undefined) return;
        const answer = await this.#try(claimed.text);
        if (answer !== undefined) this.#readLimits(answer);
        if (answer === undefined || answer.status === 429 || answer.status >= 500) {
          await claimed.giveBack();
          if (answer?.status !== 429) this.#fail(answer);
        } else if (UNKNOWN_TO_THEM.has(answer.status)) {
          await claimed.giveBack();
          this.#fail(answer);
        } else {
          await claimed.done();
          if (NEVER.has(answer.status)) this.#counts.refused++;
          else this.#succeed();
        }
      }
    } catch (error) {
      // The disk: it is looked at again after a while.
      this.#fail(undefined, error);
    }
  }

  async #try(text: string): Promise<IngestAnswer | undefined> {
    try {
      return await this.#options.send(text);
    } catch {
      return undefined;
    }
  }

  #succeed(): void {
    this.#counts.delivered++;
    if (this.#failures > 0) this.#options.tell('info', 'error reports are delivered again', {});
    this.#failures = 0;
  }

  #fail(answer: IngestAnswer | undefined, error?: unknown): void {
    this.#counts.failed++;
    this.#failures++;
    const pause = Math.min(
      LONGEST_PAUSE_MS,
      FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 16),
    );
    // Eight services that found it away at once do not come back at once.
    this.#pauseUntil = this.#now() + pause * (0.75 + Math.random() / 2);
    if (this.#failures > 1) return;
    const why = error ?? (answer === undefined ? 'nobody answered' : `status ${answer.status}`);
    this.#options.tell('warn', 'error reports are not delivered; they wait on disk', {
      reason: why,
    });
  }

  #mayGo(category: string): boolean {
    const until = Math.max(this.#limits.get('all') ?? 0, this.#limits.get(category) ?? 0);
    return this.#now() >= until;
  }

  /**
   * `60:error;transaction:key, 2700::organization`: seconds, categories (none: all), scope. Source: Sentry's developer
   * documentation, "Rate Limiting".
   */
  #readLimits({ status, rateLimits, retryAfter }: IngestAnswer): void {
    if (rateLimits !== null && rateLimits.trim() !== '') {
      for (const limit of rateLimits.split(',')) {
        const [seconds = '', categories = ''] = limit.trim().split(':');
        const until = this.#now() + milliseconds(seconds, this.#now());
        for (const category of categories === '' ? ['all'] : categories.split(';')) {
          this.#limits.set(category, until);
        }
      }
    } else if (status === 429) {
      this.#limits.set('all', this.#now() + milliseconds(retryAfter ?? '', this.#now()));
    }
  }
}

/** Seconds or a date (RFC 9110, Retry-After); never nothing, or the same would be sent again at once. */
function milliseconds(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Math.max(FIRST_PAUSE_MS, Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? DEFAULT_LIMIT_MS : Math.max(FIRST_PAUSE_MS, date - now);
}
