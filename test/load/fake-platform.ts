import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the fake does wrong with one request. */
export type Fault =
  | 'drop'
  | 'cut-short'
  | 'unavailable'
  | 'double'
  | 'lose'
  | 'apply-and-drop'
  | 'mixed'
  | 'unlabelled'
  | 'wrong-body'
  | 'stall';

interface Asked {
  readonly method: string;
  readonly resource: string;
  readonly id: string | undefined;
  /** Of `/api/exports/:id/document`. */
  readonly part: string | undefined;
}

/** How long a stall lasts, in milliseconds. */
export const STALL_MS = 500;

/** As much of the platform's API as the load needs, over HTTP and in memory, which errs when it is told to. */
export class FakePlatform {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #rows = new Map<string, Record<string, unknown>[]>();
  readonly #faults: { fault: Fault; when: (asked: Asked) => boolean; left: number }[] = [];
  #stalled: Promise<void> | undefined;
  /** Requests that came, by the clock of `performance.now()`. */
  readonly arrivals: number[] = [];
  /** Connections that were opened. */
  connections = 0;
  /** How long writing a document takes. */
  documentMs = 100;

  static async start(): Promise<FakePlatform> {
    const platform = new FakePlatform();
    platform.#server.keepAliveTimeout = 75_000;
    platform.#server.on('connection', () => (platform.connections += 1));
    await new Promise<void>((resolve) => platform.#server.listen(0, '127.0.0.1', resolve));
    return platform;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on the next `times` requests for which `when` holds go wrong. */
  break(fault: Fault, when: (asked: Asked) => boolean, times = 1): void {
    this.#faults.push({ fault, when, left: times });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.arrivals.push(performance.now());
    const body = await textOf(request);
    const url = new URL(request.url ?? '/', 'http://fake');
    const [, , resource = '', id, part] = url.pathname.split('/');
    const asked: Asked = { method: request.method ?? '', resource, id, part };
    const fault = this.#faultFor(asked);
    if (fault === 'stall') this.#stalled = sleep(STALL_MS);
    await this.#stalled;
    if (fault === 'drop') {
      request.socket.destroy();
      return;
    }
    const chained = asked.method === 'POST' && body.includes('draft_id');
    if (fault !== 'unlabelled') {
      const other = fault === 'mixed' ? '1.1.0' : '1.0.0';
      const crossed = chained || fault === 'mixed' ? `a@1.0.0, b@${other}` : 'a@1.0.0';
      response.setHeader('x-factsway-crossed', crossed);
    }
    if (fault === 'unavailable') {
      response.writeHead(503).end('{"error":"away"}');
      return;
    }
    if (part === 'document') {
      await this.#writeDocument(response, fault);
      return;
    }
    const [status, answer] = this.#apply(asked, body, url.searchParams, fault);
    if (fault === 'apply-and-drop') {
      request.socket.destroy();
      return;
    }
    const text = JSON.stringify(fault === 'wrong-body' ? { id: 'of somebody else' } : answer);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(text);
  }

  #faultFor(asked: Asked): Fault | undefined {
    const found = this.#faults.find(({ left, when }) => left > 0 && when(asked));
    if (found !== undefined) found.left -= 1;
    return found?.fault;
  }

  #apply(
    { method, resource, id }: Asked,
    body: string,
    query: URLSearchParams,
    fault: Fault | undefined,
  ): [status: number, answer: unknown] {
    const rows = this.#rows.get(resource) ?? [];
    this.#rows.set(resource, rows);
    if (method === 'POST') {
      const sent = JSON.parse(body) as Record<string, unknown>;
      const draft = this.#rows.get('drafts')?.find((row) => row['id'] === sent['draft_id']);
      const title = sent['title'] ?? draft?.['title'];
      const row = { ...sent, ...(title === undefined ? {} : { title }), id: randomUUID() };
      if (fault !== 'lose') rows.push(row);
      if (fault === 'double') rows.push({ ...row, id: randomUUID() });
      return [201, row];
    }
    if (id !== undefined) {
      const row = rows.find((each) => each['id'] === id);
      return row === undefined ? [404, {}] : [200, row];
    }
    const from = Number(query.get('cursor') ?? 0);
    const to = from + Number(query.get('limit'));
    const next = to < rows.length ? String(to) : null;
    return [200, { items: rows.slice(from, to), next_cursor: next }];
  }

  async #writeDocument(response: ServerResponse, fault: Fault | undefined): Promise<void> {
    response.write('PK');
    await sleep(this.documentMs);
    if (fault === 'cut-short') response.destroy();
    else response.end('PK\u0005\u0006');
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
