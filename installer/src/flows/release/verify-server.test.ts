import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { nodeHttp } from '../../adapters/node-http.ts';
import { releaseFiles } from '../../adapters/updates/release-files.ts';
import type { CheckResult } from '../../model/check-result.ts';
import {
  CACHE_CONTROL,
  CONTENT_TYPES,
  ERROR_BODIES,
  servedAs,
} from '../../model/updates/protocol.ts';
import { verifyServer } from './verify-server.ts';

const INSTALLER = 'FACTSWAY-Setup-1.2.0.exe';
const CONTENT = Buffer.from('an installer, or as good as one');
const SHA512 = createHash('sha512').update(CONTENT);
const HASH = SHA512.copy().digest('base64');
const MAP = gzipSync(
  JSON.stringify({
    version: '2',
    files: [{ offset: 0, checksums: ['x'], sizes: [CONTENT.length] }],
  }),
);

type World = {
  readonly manifest: string;
  readonly files: Record<string, Buffer>;
  /** Changes what a request would be answered with: status, headers in lower case, body. */
  readonly twist: (path: string, answer: Reply) => Reply;
};
type Reply = { status: number; headers: Record<string, string>; body: Buffer };

const manifestOf = (sha512 = HASH, size = CONTENT.length): string =>
  [
    'version: 1.2.0',
    `files: [{url: ${INSTALLER}, sha512: "${sha512}", size: ${size}}]`,
    `path: ${INSTALLER}`,
    `sha512: "${sha512}"`,
    'releaseDate: "2026-11-01T00:00:00.000Z"',
  ].join('\n');

const GOOD: World = {
  manifest: manifestOf(),
  files: { [INSTALLER]: CONTENT, [`${INSTALLER}.blockmap`]: MAP },
  twist: (_, answer) => answer,
};

function reply(world: World, path: string, { headers }: IncomingMessage): Reply {
  const kind = servedAs(path);
  const body = path === 'latest.yml' ? Buffer.from(world.manifest) : world.files[path];
  if (!body) {
    const said =
      kind === 'manifest' ? ERROR_BODIES.manifestNotFound : ERROR_BODIES.installerNotFound;
    const type = { 'content-type': CONTENT_TYPES.error, 'cache-control': CACHE_CONTROL.error };
    return { status: 404, headers: type, body: Buffer.from(JSON.stringify(said)) };
  }
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  const common = {
    etag,
    'cache-control': CACHE_CONTROL[kind],
    'content-type': CONTENT_TYPES[kind],
    'accept-ranges': 'bytes',
  };
  if (headers['if-none-match'] === etag)
    return { status: 304, headers: common, body: Buffer.alloc(0) };
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  if (!range) return { status: 200, headers: common, body };
  const [from, to] = [Number(range[1]), range[2] === '' ? body.length - 1 : Number(range[2])];
  if (from >= body.length)
    return {
      status: 416,
      headers: { 'content-type': CONTENT_TYPES.error, 'content-range': `bytes */${body.length}` },
      body: Buffer.from(JSON.stringify(ERROR_BODIES.rangeNotSatisfiable)),
    };
  const told = { ...common, 'content-range': `bytes ${from}-${to}/${body.length}` };
  return { status: 206, headers: told, body: body.subarray(from, to + 1) };
}

let running: Server | undefined;
afterEach(() => running?.close());

async function rowsOf(change: Partial<World>, deep = false): Promise<CheckResult[]> {
  const world = { ...GOOD, ...change };
  running = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').slice(1);
    const { status, headers, body } = world.twist(path, reply(world, path, request));
    response.writeHead(status, { ...headers, 'content-length': String(body.length) });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((done) => running?.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(running.address() as AddressInfo).port}`;
  return verifyServer({ url, deep, burst: 0 }, { http: nodeHttp, releaseFiles });
}

const failed = (rows: readonly CheckResult[]): string[] =>
  rows.filter(({ status }) => status === 'fail').map(({ name }) => name);

const without =
  (name: string) =>
  (_: string, answer: Reply): Reply => ({
    ...answer,
    headers: Object.fromEntries(Object.entries(answer.headers).filter(([key]) => key !== name)),
  });
/** On the answers of one kind with one status. */
const where =
  (kind: 'manifest' | 'installer', status: number, change: (answer: Reply) => Reply) =>
  (path: string, answer: Reply): Reply =>
    servedAs(path) === kind && answer.status === status ? change(answer) : answer;
const header =
  (name: string, value: string) =>
  (answer: Reply): Reply => ({
    ...answer,
    headers: { ...answer.headers, [name]: value },
  });

test('a server as it has to be has no failed row, its files read whole as well', async () => {
  const rows = await rowsOf({}, true);
  expect(failed(rows)).toEqual([]);
  expect(rows.find(({ name }) => name === 'sha512')?.status).toBe('pass');
});

const DEFECTS: readonly (readonly [string, Partial<World>, readonly string[]])[] = [
  [
    'a manifest that caches may keep',
    { twist: where('manifest', 200, header('cache-control', 'public, max-age=1800')) },
    ['manifest-cache'],
  ],
  [
    'a manifest as a page',
    { twist: where('manifest', 200, header('content-type', 'text/html')) },
    ['manifest-type'],
  ],
  [
    '403 for a file that is not there',
    { twist: where('installer', 404, (a) => ({ ...a, status: 403 })) },
    ['missing-installer'],
  ],
  [
    'an error that says it is JSON and is none',
    { twist: where('installer', 404, (a) => ({ ...a, body: Buffer.from('<Error/>') })) },
    ['missing-installer'],
  ],
  [
    'an error of another type',
    { twist: where('installer', 404, header('content-type', 'application/xml')) },
    ['missing-installer'],
  ],
  ['a manifest before its files', { files: {} }, ['files']],
  ['a manifest before its block map', { files: { [INSTALLER]: CONTENT } }, ['files']],
  [
    'a hash in hexadecimal',
    { manifest: manifestOf(SHA512.copy().digest('hex')) },
    ['manifest-content'],
  ],
  ['no Accept-Ranges', { twist: without('accept-ranges') }, ['ranges']],
  ['no ETag', { twist: without('etag') }, ['manifest-etag', 'file-etag']],
  [
    'a file that is longer than the manifest says',
    { manifest: manifestOf(HASH, CONTENT.length - 1) },
    ['file-length', 'block-maps'],
  ],
  [
    'an installer that is not immutable',
    { twist: where('installer', 200, header('cache-control', 'public, max-age=31536000')) },
    ['file-cache'],
  ],
  [
    '416 without the length',
    { twist: where('installer', 416, header('content-range', '')) },
    ['range-beyond'],
  ],
  [
    '416 in other words than JSON',
    { twist: where('installer', 416, header('content-type', 'application/xml')) },
    ['range-beyond'],
  ],
  [
    '403 for a manifest that is not there',
    { twist: where('manifest', 404, (a) => ({ ...a, status: 403 })) },
    ['missing-manifest'],
  ],
  [
    '403 for one manifest, where others are said to be missing',
    {
      twist: (path, answer) =>
        path === 'beta.yml' && answer.status === 404 ? { ...answer, status: 403 } : answer,
    },
    ['manifests'],
  ],
  [
    'a range that is answered with the whole file',
    {
      twist: where('installer', 206, () => ({
        status: 200,
        headers: { 'accept-ranges': 'bytes' },
        body: CONTENT,
      })),
    },
    ['ranges'],
  ],
  [
    'a block map that is none',
    { files: { [INSTALLER]: CONTENT, [`${INSTALLER}.blockmap`]: Buffer.from('x') } },
    ['block-maps'],
  ],
];

test.each(DEFECTS)('%s has a row that names it', async (_, change, names) => {
  expect(failed(await rowsOf(change))).toEqual(expect.arrayContaining([...names]));
});

test('a defect fails no row of another matter', async () => {
  for (const [, change, names] of DEFECTS) {
    const beyond = failed(await rowsOf(change)).filter((name) => !names.includes(name));
    running?.close();
    expect(beyond).toEqual([]);
  }
});

test('other bytes of the same length are found by reading the whole file', async () => {
  const other = Buffer.alloc(CONTENT.length, 'x');
  const files = { [INSTALLER]: other, [`${INSTALLER}.blockmap`]: MAP };
  expect(failed(await rowsOf({ files }))).toEqual([]);
  running?.close();
  expect(failed(await rowsOf({ files }, true))).toEqual(['sha512']);
});

test('an answer of 503 that was met is judged', async () => {
  const twist = where('manifest', 404, (a) => ({ ...a, status: 503 }));
  expect(failed(await rowsOf({ twist }))).toContain('unavailable');
});
