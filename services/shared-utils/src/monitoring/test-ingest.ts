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

  /** @param port any that is free unless said */
  static async start(host = '127.0.0.1', port = 0): Promise<TestIngest> {
    const ingest = new TestIngest();
    await new Promise<void>((resolve) => {
      ingest.#server.listen(port, host, resolve);
    });
    return ingest;
  }

  get dsn(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://0123abcd@${address}:${port}/42`;
  }

  /** The items of all envelopes, as the SDK's own parser reads them. */
  items(): { readonly type: string; readonly payload: Record<string, unknown> }[] {
    return this.bodies.flatMap((body) =>
      parseEnvelope(body)[1].map(([{ type }, payload]) => ({
        type,
        payload: payload as Record<string, unknown>,
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
