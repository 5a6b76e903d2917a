import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Authority } from './certificates.ts';

type Reply = { status?: number; headers?: Record<string, string>; body: string | object };

/**
 * A public authority (RFC 8555) that gives a certificate to whoever asks: every order is ready at once, nothing is
 * looked up, no signature is checked. Enough to prove the way there and back.
 */
export class AcmeServer {
  readonly #authority: Authority;
  readonly #base: string;
  #server: Server | undefined;
  #names: unknown = [];
  #chain = '';

  constructor(authority: Authority, name: string) {
    this.#authority = authority;
    this.#base = `https://${name}`;
  }

  get directory(): string {
    return `${this.#base}/directory`;
  }

  get port(): number {
    return (this.#server?.address() as AddressInfo).port;
  }

  async start(): Promise<void> {
    const { hostname } = new URL(this.#base);
    const { certificateFile, keyFile } = await this.#authority.issue('acme', hostname);
    const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
    const server = createServer({ cert, key }, (request, response) => {
      void this.#answer(request).then(({ status = 200, headers = {}, body }) => {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        const type =
          typeof body === 'string' ? 'application/pem-certificate-chain' : 'application/json';
        response
          .writeHead(status, { 'content-type': type, 'replay-nonce': randomUUID(), ...headers })
          .end(text);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  async #answer(request: IncomingMessage): Promise<Reply> {
    const payload = payloadOf(await textOf(request));
    const at = (path: string): string => `${this.#base}/${path}`;
    const order = (status: string): object => ({
      status,
      identifiers: this.#names,
      authorizations: [at('authorization')],
      finalize: at('finalize'),
      ...(status === 'valid' ? { certificate: at('certificate') } : {}),
    });
    switch (request.url ?? '') {
      case '/directory':
        return {
          body: {
            newNonce: at('nonce'),
            newAccount: at('account'),
            newOrder: at('order'),
            revokeCert: at('revoke'),
            keyChange: at('key'),
          },
        };
      case '/account':
        return { status: 201, headers: { location: at('account/1') }, body: { status: 'valid' } };
      case '/order':
        this.#names = payload['identifiers'];
        return { status: 201, headers: { location: at('order/1') }, body: order('ready') };
      case '/order/1':
        return { body: order(this.#chain === '' ? 'ready' : 'valid') };
      case '/authorization':
        return {
          body: { status: 'valid', identifier: (this.#names as unknown[])[0], challenges: [] },
        };
      case '/finalize':
        this.#chain = await this.#authority.signRequest(
          Buffer.from(String(payload['csr']), 'base64url'),
        );
        return { headers: { location: at('order/1') }, body: order('valid') };
      case '/certificate':
        return { body: this.#chain };
      default:
        return { body: {} };
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

/** What a signed message says; nothing where it only asks. */
function payloadOf(text: string): Record<string, unknown> {
  if (text === '') return {};
  const { payload } = JSON.parse(text) as { payload: string };
  return payload === ''
    ? {}
    : (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>);
}
