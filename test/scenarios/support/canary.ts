import { connect } from 'node:tls';
import { readFileSync } from 'node:fs';
import { SERVICES } from '../../../services/reference/src/services/index.ts';
import { resourceAt, type Field } from '../../../services/reference/src/resource.ts';
import { throughEdge } from './http.ts';

/** A client that does not exist. Every spelling in which a program may have written it down. */
export const CANARY = 'Zwickelmayer-9d41c7';
const BASIC = Buffer.from(`${CANARY}:${CANARY}`).toString('base64');
const ENCODED = encodeURIComponent(`${CANARY} & Söhne`);
const SPELLINGS: readonly string[] = [
  CANARY,
  CANARY.toUpperCase(),
  CANARY.toLowerCase(),
  BASIC,
  Buffer.from(CANARY).toString('base64url'),
  Buffer.from(CANARY).toString('hex'),
];

/** The first place in a text where it is, with what is around it. */
export function canaryIn(text: string): string | undefined {
  const low = text.toLowerCase();
  for (const one of SPELLINGS) {
    const at = low.indexOf(one.toLowerCase());
    if (at >= 0) return text.slice(Math.max(0, at - 200), at + 100);
  }
  return undefined;
}

/** The edge of an installation, and the file with its root certificate. */
export type Place = { readonly url: string; readonly port: number; readonly ca: string };

/** Headers that a desktop app, a browser, a proxy or an attacker sends. */
const HEADERS: Readonly<Record<string, string>> = {
  authorization: `Basic ${BASIC}`,
  'proxy-authorization': `Bearer ${CANARY}`,
  cookie: `client=${CANARY}; ${CANARY}=1`,
  referer: `https://firm.example.com/${CANARY}?q=${CANARY}`,
  origin: `https://${CANARY}.example.com`,
  'user-agent': `${CANARY}/1.0`,
  'x-forwarded-for': CANARY,
  'x-forwarded-host': `${CANARY}.example.com`,
  'x-real-ip': CANARY,
  forwarded: `for=${CANARY};host=${CANARY}`,
  'accept-language': CANARY,
  accept: `text/${CANARY}`,
  traceparent: CANARY,
  tracestate: `firm=${CANARY}`,
  baggage: `client=${CANARY}`,
  'sentry-trace': CANARY,
  [CANARY]: CANARY,
};
/** Those that a request can be refused for. */
const REFUSED: Readonly<Record<string, string>> = {
  'x-client-id': `${CANARY} with spaces`,
  'idempotency-key': `${CANARY} with spaces`,
  'if-match': `"${CANARY}"`,
  'if-none-match': `"${CANARY}"`,
};

/** A value of its kind with the canary in it where it can hold one. */
function valueOf(field: Field): unknown {
  switch (field.kind) {
    case 'text':
      return field.pattern === undefined
        ? `${CANARY} ./. State`.slice(0, field.max)
        : '0'.repeat(64);
    case 'choice':
      return field.values[0];
    case 'boolean':
      return false;
    case 'date':
      return '2026-01-31';
    case 'uuid':
      return '0b0e7f3a-7a0e-4f59-9d0f-3f8f6d1f2a11';
    case 'integer':
    case 'number':
      return field.min;
  }
}

/** Bodies that are taken, that are refused by the service, and that are refused by the database only. */
function bodiesFor(fields: readonly Field[]): unknown[] {
  const good = Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
  return [
    good,
    // Again: what has to be unique no longer is.
    good,
    { ...good, [CANARY]: { [CANARY]: [CANARY] } },
    Object.fromEntries(fields.map(({ name }) => [name, CANARY])),
    Object.fromEntries(fields.map(({ name }) => [name, CANARY.repeat(20_000)])),
    Object.fromEntries(fields.map(({ name }) => [name, { [CANARY]: CANARY }])),
    // A character PostgreSQL cannot store.
    Object.fromEntries(
      Object.entries(good).map(([name, value]) => [
        name,
        typeof value === 'string' ? `${value}\u0000` : value,
      ]),
    ),
    [CANARY],
    CANARY,
  ];
}

/**
 * Puts the canary into every part of requests to every resource of every service, through the edge. `id` begins
 * the request ids. Gives how often each status was answered; 0 for no answer.
 */
export async function askEverything(place: Place, id: string): Promise<Map<number, number>> {
  const answers = new Map<number, number>();
  let asked = 0;
  const ask = async (method: string, path: string, body?: unknown): Promise<void> => {
    asked += 1;
    const headers = {
      ...HEADERS,
      ...(asked % 3 === 0 ? REFUSED : {}),
      'x-request-id': asked % 5 === 0 ? `${CANARY} ?` : `${id}-${asked}`,
    };
    const options = { method, headers, ...(body === undefined ? {} : { body }) };
    const { status } = await throughEdge(`${place.url}${path}`, place.ca, options).catch(() => ({
      status: 0,
    }));
    answers.set(status, (answers.get(status) ?? 0) + 1);
  };
  const resources = SERVICES.flatMap((service) => service.resources);
  for (const { path, fields } of resources.map((one) => resourceAt(one, '1.0.0'))) {
    for (const body of bodiesFor(fields)) await ask('POST', `/api/${path}`, body);
    await ask('POST', `/api/${path}?client=${ENCODED}`, bodiesFor(fields)[0]);
    for (const at of [CANARY, ENCODED, `${CANARY}%00`, `../${CANARY}`, `x/${CANARY}/y`])
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'])
        await ask(
          method,
          `/api/${path}/${at}?${CANARY}=${CANARY}`,
          method === 'GET' ? undefined : {},
        );
    const filters = fields.map(({ name }) => `${name}=${CANARY}`).join('&');
    await ask('GET', `/api/${path}?${filters}&cursor=${CANARY}&limit=${CANARY}`);
    await ask('GET', `/api/${path}`);
    await ask('OPTIONS', `/api/${path}`);
  }
  for (const path of [`/${CANARY}`, `/api/${CANARY}`, `/runbooks/${CANARY}`, `/updates/${CANARY}`])
    await ask('GET', path);
  for (const text of rawRequests()) await sendRaw(place, text);
  return answers;
}

/** What no client library sends: a method, a host, a version, a body that are none. */
function rawRequests(): string[] {
  const start = (line: string, ...more: string[]): string =>
    [line, `Host: ${CANARY}.example.com`, 'Connection: close', ...more, '', ''].join('\r\n');
  const json = 'Content-Type: application/json';
  const broken = `{"title":"${CANARY}`;
  return [
    start(`${CANARY} /api/cases HTTP/1.1`),
    start(`GET /api/cases/${CANARY} HTTP/${CANARY}`),
    start(`GET https://${CANARY}.example.com/${CANARY} HTTP/1.1`),
    start(`CONNECT ${CANARY}.example.com:443 HTTP/1.1`),
    start('GET /api/cases HTTP/1.1', `${CANARY} : ${CANARY}`),
    start('GET /api/cases HTTP/1.1', `Host: ${CANARY}`),
    start('POST /api/cases HTTP/1.1', json, `Content-Length: ${broken.length}`) + broken,
    start('POST /api/cases HTTP/1.1', `Content-Type: ${CANARY}`, `Content-Length: 5`) + 'hello',
    start('POST /api/cases HTTP/1.1', json, 'Content-Encoding: gzip', 'Content-Length: 5') +
      'hello',
    start('POST /api/cases HTTP/1.1', json, 'Transfer-Encoding: chunked') + `${CANARY}\r\n`,
    // Ends before it has said all that it announced.
    start('POST /api/cases HTTP/1.1', json, 'Content-Length: 9999') + broken,
  ];
}

function sendRaw({ port, ca }: Place, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(
      { host: '127.0.0.1', port, servername: 'localhost', ca: readFileSync(ca) },
      () => socket.end(text),
    );
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve();
    });
    socket.resume();
  });
}
