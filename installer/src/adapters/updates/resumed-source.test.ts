import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import type { UpdateSource } from '../../ports/update-mirror.ts';
import { httpsSource } from './https-source.ts';
import { s3Source } from './s3-source.ts';

// The same client without the certificate that a server of a test would need.
vi.mock('node:https', async () => {
  const http = await import('node:http');
  const plain = (url: URL) => new URL(url.href.replace('https:', 'http:'));
  return {
    Agent: http.Agent,
    request: (url: URL, options: object, then: (answer: IncomingMessage) => void) =>
      http.request(plain(url), options, then),
  };
});

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));
const NAME = 'FACTSWAY-Setup-1.2.0.exe';
type Asked = { range: string | undefined; condition: string | undefined };
let server: Server;
let port: number;
let asked: Asked[];
let answer: (asked: Asked, turn: number, response: ServerResponse) => void;

beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'firm');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'opens it');
  asked = [];
  server = createServer(({ headers }, response) => {
    const condition = headers['if-range'] ?? headers['if-match'];
    const one = { range: headers.range, condition: condition?.toString() };
    asked.push(one);
    answer(one, asked.length, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const SOURCES: [string, () => UpdateSource][] = [
  ['a server', () => httpsSource(`https://127.0.0.1:${port}`, 1)],
  [
    'a bucket',
    () => {
      const endpoint = `http://127.0.0.1:${port}`;
      return s3Source('firm', { region: 'eu-central-1', endpoint, forcePathStyle: true }, 1);
    },
  ],
];

async function readAll(source: UpdateSource): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await source.read(NAME)) ?? []) pieces.push(piece);
  return Buffer.concat(pieces);
}
/** Announces all from `start` on, and hangs up after `length` bytes of it. */
function send(response: ServerResponse, start: number, length: number, etag?: string): void {
  const total = CONTENT.length;
  response.writeHead(start > 0 ? 206 : 200, {
    'Content-Length': total - start,
    ...(etag === undefined ? {} : { ETag: etag }),
    ...(start > 0 ? { 'Content-Range': `bytes ${start}-${total - 1}/${total}` } : {}),
  });
  const piece = CONTENT.subarray(start, start + length);
  if (start + length >= total) response.end(piece);
  else response.write(piece, () => setTimeout(() => response.destroy(), 20));
}
const startOf = (range = ''): number => Number(/=(\d+)-/.exec(range)?.[1] ?? 0);

it.each(SOURCES)(
  '%s that breaks off is asked for the rest, of the same file',
  async (_, source) => {
    answer = ({ range }, turn, response) => {
      send(response, startOf(range), turn < 3 ? 100_000 : CONTENT.length, '"one"');
    };
    expect((await readAll(source())).equals(CONTENT)).toBe(true);
    expect(asked.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
    expect(asked.map(({ condition }) => condition)).toEqual([undefined, '"one"', '"one"']);
  },
);

it.each(SOURCES)('%s without an ETag begins anew, within the same run', async (_, source) => {
  answer = (_asked, turn, response) => {
    send(response, 0, turn < 2 ? 100_000 : CONTENT.length);
  };
  expect((await readAll(source())).equals(CONTENT)).toBe(true);
  expect(asked.map(({ range }) => range)).toEqual([undefined, undefined]);
});

it.each(SOURCES)('%s that gives no piece begins anew', async (_, source) => {
  answer = ({ range }, turn, response) => {
    // S3 says that it is another one; a server by HTTP sends all of it.
    if (range !== undefined && response.req.headers['if-match'] !== undefined)
      response.writeHead(412).end();
    else send(response, 0, turn < 2 ? 100_000 : CONTENT.length, '"one"');
  };
  expect((await readAll(source())).equals(CONTENT)).toBe(true);
  expect(asked[1]?.range).toBe('bytes=100000-');
});

it.each(SOURCES)('%s that breaks off again and again is given up', async (_, source) => {
  answer = ({ range }, _turn, response) => {
    send(response, startOf(range), 1000, '"one"');
  };
  const error = await rejectionOf(readAll(source()));
  expect([error.code, error.message]).toEqual([
    'FW-MIRROR-SOURCE',
    expect.stringContaining('broke off'),
  ]);
  expect(asked).toHaveLength(5);
});

it.each(SOURCES)('%s with a manifest without an end is refused', async (_, source) => {
  answer = (_asked, _turn, response) => {
    response.writeHead(200, { 'Content-Length': 3 * 1024 * 1024 });
    response.end(Buffer.alloc(3 * 1024 * 1024, 'x'));
  };
  const error = await rejectionOf(source().readText('latest.yml'));
  expect([error.code, error.message]).toEqual([
    'FW-MIRROR-SOURCE',
    expect.stringContaining('too long for a manifest'),
  ]);
});
