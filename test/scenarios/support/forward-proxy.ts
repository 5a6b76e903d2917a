import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { docker } from './docker.ts';

/** The address by which containers of any bridge network reach this host. */
export const hostForContainers = (): Promise<string> =>
  docker('network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}');

/**
 * A forward proxy as a firm has it, on an address containers reach. Names outside are made up: it knows which port of
 * this host stands for one, and answers 502 for every other, so that nothing leaves this machine.
 */
export class ForwardProxy {
  /** What it was asked for, in order: `CONNECT acme.firm.test:443`, `POST http://hooks.firm.test/alert`. */
  readonly log: string[] = [];
  /** Bodies of plain requests, by the line of the log. */
  readonly bodies = new Map<string, string>();
  /** `acme.firm.test:443` → port on 127.0.0.1. */
  readonly outside = new Map<string, number>();
  asksForLogin = false;
  readonly #server = createServer((request, response) => {
    this.#plain(request, response);
  });
  /** Tunnels: the server no longer counts them as its connections. */
  readonly #tunnels = new Set<Duplex>();
  #url = '';

  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    const host = await hostForContainers();
    this.#server.on('connect', (request: IncomingMessage, socket: Duplex) => {
      this.#tunnel(request.url ?? '', socket);
    });
    await new Promise<void>((resolve) => this.#server.listen(0, host, resolve));
    this.#url = `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    for (const socket of this.#tunnels) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #tunnel(target: string, socket: Duplex): void {
    this.log.push(`CONNECT ${target}`);
    socket.on('error', () => undefined);
    this.#tunnels.add(socket);
    socket.on('close', () => this.#tunnels.delete(socket));
    const port = this.outside.get(target);
    if (this.asksForLogin || port === undefined) {
      socket.end(`HTTP/1.1 ${this.asksForLogin ? '407 Login' : '502 Unknown'}\r\n\r\n`);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  }

  /** A plain request is answered here: whoever asked for it got out. */
  #plain(request: IncomingMessage, response: ServerResponse): void {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    this.log.push(line);
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      this.bodies.set(line, body);
      response.writeHead(this.asksForLogin ? 407 : 200).end('from the proxy');
    });
  }
}
