import type { Clock } from '../../installer/src/ports/host.ts';

type Sleeper = { readonly wakeMs: number; readonly wake: () => void };

/**
 * Time that passes when a test says so, for work that sleeps side by side: whoever sleeps wakes in the order of time,
 * and what that sets off is done before the next one wakes.
 */
export class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): Date {
    return new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + this.#nowMs);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const woken = (): void => {
        this.#sleepers.delete(sleeper);
        reject(new Error('woken'));
      };
      const sleeper: Sleeper = {
        wakeMs: this.#nowMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', woken);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', woken);
    });
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settled();
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#nowMs = next.wakeMs;
      this.#sleepers.delete(next);
      next.wake();
      await settled();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Sleeper | undefined {
    return [...this.#sleepers]
      .filter(({ wakeMs }) => wakeMs <= untilMs)
      .sort((a, b) => a.wakeMs - b.wakeMs)[0];
  }
}

/** Everything that waits for no time has had its turn. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
