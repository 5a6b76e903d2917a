import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { readFile } from 'node:fs/promises';
import {
  createSecureContext,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { Http, HttpRequest, HttpResponse, PeerCertificate } from '../ports/http.ts';

const DEFAULT_TIMEOUT_MS = 5000;

export const nodeHttp: Http = {
  async request(request: HttpRequest) {
    const secureContext = await contextOf(request);
    return new Promise<HttpResponse>((resolve, reject) => {
      const url = new URL(request.url);
      const secure = url.protocol === 'https:';
      const options: RequestOptions & { servername?: string; secureContext?: SecureContext } = {
        method: request.method ?? 'GET',
        host: request.connectTo ?? url.hostname,
        port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
        path: `${url.pathname}${url.search}`,
        headers: { host: url.host, ...request.headers },
        // An address is no name (RFC 6066); without one TLS asks for none.
        ...(secure
          ? { servername: isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? url.hostname : '' }
          : {}),
        ...(secure && secureContext ? { secureContext } : {}),
        agent: false,
      };
      const message = (secure ? httpsRequest : httpRequest)(options, (response) => {
        collect(response).then(resolve, reject);
      });
      message.setTimeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS, () =>
        message.destroy(
          new Error(`no answer within ${request.timeoutMs ?? DEFAULT_TIMEOUT_MS} ms`),
        ),
      );
      message.once('error', reject);
      message.end(request.body);
    });
  },
};

type Trust = { readonly ca?: string | string[]; readonly allowPartialTrustChain?: boolean };

/** Where Linux distributions keep the authorities of the system, those the firm added among them. */
const SYSTEM_STORES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The last one, by whom it trusts: reading the authorities of a system again takes longer than most requests. */
let last: { readonly key: string; readonly context: Promise<SecureContext> } | undefined;

function contextOf(request: HttpRequest): Promise<SecureContext> | undefined {
  if (request.ca === undefined && request.alsoTrust === undefined) return undefined;
  const key = JSON.stringify([request.ca, request.alsoTrust]);
  if (last?.key !== key) {
    const context = trustOf(request).then((trust) => createSecureContext(trust));
    last = { key, context };
  }
  return last.context;
}

async function trustOf({ ca, alsoTrust = '' }: HttpRequest): Promise<Trust> {
  if (ca !== undefined) return { ca };
  const stores = await Promise.all(
    SYSTEM_STORES.map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const system = stores.find((text) => text !== '') ?? '';
  return {
    ca: [...rootCertificates, system, alsoTrust].filter((pem) => pem !== ''),
    allowPartialTrustChain: true,
  };
}

async function collect(response: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return {
    status: response.statusCode ?? 0,
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
    ...shown(response.socket),
  };
}

function shown(socket: IncomingMessage['socket']): { certificate?: PeerCertificate } {
  if (!('getPeerCertificate' in socket)) return {};
  const { valid_to: until, fingerprint256 } = (socket as TLSSocket).getPeerCertificate();
  return { certificate: { notAfterMs: Date.parse(until), fingerprint: fingerprint256 } };
}
