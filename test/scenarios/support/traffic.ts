import { execa } from 'execa';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from './instance.ts';

/** Between two requests to a route, whether the last one was answered or not. */
const EVERY_MS = 400;

/** Requests through the edge to each of these routes, until it is stopped. */
export class Traffic {
  readonly #end = new AbortController();
  readonly #work: readonly Promise<void>[];

  constructor(instance: Instance, ...routes: string[]) {
    this.#work = routes.map((route) => this.#keepAsking(`${instance.url}${route}`));
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#work);
  }

  async #keepAsking(url: string): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      void execa('curl', ['-sk', '-m', '20', '-o', '/dev/null', url], { reject: false });
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
