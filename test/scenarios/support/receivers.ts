import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { hostForContainers } from './forward-proxy.ts';

export type Posted = {
  readonly path: string;
  readonly body: unknown;
  /** When it had arrived whole, ms of the epoch. */
  readonly at: number;
};
export type Mail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string;
  readonly password: string;
  /** With every line of it unfolded and decoded (quoted-printable). */
  readonly text: string;
};

/**
 * Everybody Alertmanager can tell, on an address containers reach: real servers for HTTP and SMTP that keep what they
 * were sent, whole and parsed. Nothing leaves this machine.
 */
export class Receivers {
  readonly posted: Posted[] = [];
  readonly mails: Mail[] = [];
  /** Answers by path, where it is not the one that receiver gives. */
  readonly refusals = new Map<string, number>();
  host = '';
  httpPort = 0;
  smtpPort = 0;
  readonly #http: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const text = Buffer.concat(chunks).toString('utf8');
      this.posted.push({ path, body: JSON.parse(text) as unknown, at: Date.now() });
      const refusal = this.refusals.get(path);
      if (refusal !== undefined) response.writeHead(refusal).end('no_service');
      // PagerDuty takes an event with 202 and JSON, Slack says ok, the others say nothing.
      else if (path === '/v2/enqueue')
        response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"success"}');
      else
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(path.startsWith('/slack') ? 'ok' : '');
    });
  });
  #login = { user: '', password: '' };
  readonly #smtp = new SMTPServer({
    // Its certificate is made up: nobody here could believe it.
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    authMethods: ['LOGIN'],
    onAuth: ({ username, password }, _session, done) => {
      this.#login = { user: username ?? '', password: password ?? '' };
      done(null, { user: username ?? '' });
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        this.mails.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          ...this.#login,
          text: decoded(Buffer.concat(chunks).toString('latin1')),
        });
        done();
      });
    },
  });

  async start(): Promise<void> {
    this.host = await hostForContainers();
    await new Promise<void>((resolve) => this.#http.listen(0, this.host, resolve));
    this.httpPort = (this.#http.address() as AddressInfo).port;
    await new Promise<void>((resolve) => this.#smtp.listen(0, this.host, resolve));
    this.smtpPort = (this.#smtp.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
    await new Promise<void>((resolve) => {
      this.#smtp.close(resolve);
    });
  }

  url(path: string): string {
    return `http://${this.host}:${this.httpPort}${path}`;
  }

  /** Bodies that came to one path, in order. */
  at<Body>(path: string): Body[] {
    return this.posted.filter((one) => one.path === path).map(({ body }) => body as Body);
  }

  forget(): void {
    this.posted.length = 0;
    this.mails.length = 0;
  }
}

/** Quoted-printable (RFC 2045) back to text; headers have none of it but encoded words, which are left. */
function decoded(raw: string): string {
  const bytes = raw
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
