import { mkdirSync, watch, type FSWatcher } from 'node:fs';
import { pause } from './pause.ts';

/** One ring that is still to come. */
export interface Ring {
  /** Until it has rung, at most so long. A ring since `next` counts, so that none is missed while somebody works. */
  readonly within: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Wakes those who wait. It makes them quicker: each looks again by itself after a while, rung or not. */
export class Bell {
  #next = new AbortController();

  ring(): void {
    const rung = this.#next;
    this.#next = new AbortController();
    rung.abort();
  }

  /** To be asked for before one looks whether there is work. */
  next(): Ring {
    const rung = this.#next.signal;
    return {
      within: (milliseconds, signal) => pause(milliseconds, rung, signal),
    };
  }
}

/**
 * Rings whenever something changes in a directory, which is made where there is none, until stopped. Where the kernel has no watch to give, or the
 * directory goes away, it rings no more.
 */
export function ringOnChange(bell: Bell, directory: string, signal: AbortSignal): void {
  let watcher: FSWatcher;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    watcher = watch(directory, { persistent: false, signal }, () => {
      bell.ring();
    });
  } catch {
    return;
  }
  watcher.on('error', () => {
    watcher.close();
  });
}
