import { parseEnvelope } from '@sentry/core';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** What a Sentry server is sent, and whatever it should answer. */
export class TestIngest {
  readonly #server: Server;
  /** Bodies as they came, unpacked. */
  readonly bodies: string[] = [];
  /** Path and authorisation of each request. */
  readonly requests: string[] = [];
  answer: (response: ServerResponse) => void = ok;

  private constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const body = Buffer.concat(pieces);
        const isPacked = request.headers['content-encoding'] === 'gzip';
        this.bodies.push((isPacked ? gunzipSync(body) : body).toString());
        this.requests.push(`${request.url} ${JSON.stringify(request.headers)}`);
        this.answer(response);
      });
    });
  }

  static async start(): Promise<TestIngest> {
    const ingest = new TestIngest();
    await new Promise<void>((resolve) => {
      ingest.#server.listen(0, '127.0.0.1', resolve);
    });
    return ingest;
  }

  get dsn(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://0123abcd@127.0.0.1:${port}/42`;
  }

  /** The items of all envelopes, as the SDK's own parser reads them. */
  items(): { readonly type: string; readonly payload: Record<string, never> }[] {
    return this.bodies.flatMap((body) =>
      parseEnvelope(body)[1].map(([{ type }, payload]) => ({
        type: String(type),
        payload: payload as Record<string, never>,
      })),
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const ok = (response: ServerResponse): void => {
  response.end('{}');
};

/** Answers a status, with headers. */
export const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, headers).end('{}');
  };
