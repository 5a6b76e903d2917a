import type { ServerResponse } from 'node:http';

/**
 * Names what took part in an answer, the answering service first:
 * `export@1.1.0, records@1.1.0`. Whoever watches an upgrade sees by it that no request crossed two
 * releases (spec 01, invariant 1).
 */
export const CROSSED_HEADER = 'x-factsway-crossed';

/** What may be taken over from another service into a header of ours. */
const ENTRY = /^[a-z][a-z0-9-]{0,39}@[\w.+-]{1,64}$/;
/** More than a request can ever cross; a loop between two services must not fill memory. */
const MOST = 32;

/** The other services that a request has been answered by so far, each with its version. */
export class Crossed {
  readonly #entries: string[] = [];
  #told: ((entries: readonly string[]) => void) | undefined;

  /**
   * Notes what the answer of another service says it crossed. One that says nothing, or nothing
   * that can be read, is noted as `<peer>@unknown`: silence must not look like agreement.
   *
   * @param peer short name of the service that was asked, such as `records`
   * @param header its `x-factsway-crossed`
   */
  add(peer: string, header: string | null | undefined): void {
    const said = (header ?? '').split(',', MOST).map((entry) => entry.trim());
    const entries = said.every((entry) => ENTRY.test(entry)) ? said : [`${peer}@unknown`];
    for (const entry of entries) {
      if (!this.#entries.includes(entry) && this.#entries.length < MOST) this.#entries.push(entry);
    }
    this.#told?.(this.#entries);
  }

  /** Tells `listener` now and whenever something is added. There is one: the answer under way. */
  watch(listener: (entries: readonly string[]) => void): void {
    this.#told = listener;
    listener(this.#entries);
  }
}

/** `export@1.1.0` for the service `export-service`. */
export function crossedEntry(service: string, version: string): string {
  return `${service.replace(/-service$/, '')}@${version}`;
}

/** Keeps the header of an answer at what its request has crossed, until the headers are out. */
export function tellCrossed(response: ServerResponse, self: string, crossed: Crossed): void {
  crossed.watch((others) => {
    if (!response.headersSent) response.setHeader(CROSSED_HEADER, [self, ...others].join(', '));
  });
}
