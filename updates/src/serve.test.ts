import { createServer, request as ask, type IncomingHttpHeaders, type Server } from 'node:http';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_BODIES } from '../../installer/src/model/updates/protocol.ts';
import { createServing, LIMITS, type Limits } from './serve.ts';

const EXE = 'FACTSWAY-Setup-1.2.0.exe';
const CONTENT = Buffer.from(Array.from({ length: 1000 }, (_, at) => at % 251));
let directory: string;
let port: number;
let server: Server;
let clock = 0;

type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

/** As it stands: fetch would tidy the path up first. */
const get = (path: string, headers: object = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    ask({ port, path, method, headers: { ...headers } }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, body: Buffer.concat(pieces) });
      });
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });

async function start(limits: Limits = LIMITS): Promise<void> {
  const serve = createServing({ directory, limits, now: () => clock, onFailure: () => undefined });
  server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    void serve(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mirror-'));
  await writeFile(join(directory, 'latest.yml'), 'version: 1.2.0\n');
  await writeFile(join(directory, EXE), CONTENT);
  await writeFile(join(directory, `${EXE}.blockmap`), 'blocks');
  await writeFile(join(directory, `.${EXE}.factsway-new`), 'half');
  await writeFile(join(directory, `${EXE}.factsway-new`), 'half');
  await writeFile(join(directory, 'notes.txt'), 'ours');
  await writeFile(join(directory, '..', 'FACTSWAY-Setup-9.9.9.exe'), 'elsewhere');
  await symlink('/etc/passwd', join(directory, 'beta.yml'));
  await mkdir(join(directory, 'alpha.yml'));
  await mkdir(join(directory, 'staged'));
  await writeFile(join(directory, 'staged', 'latest.yml'), 'version: 9.9.9\n');
  await start();
});
afterAll(async () => {
  server.close();
  await rm(join(directory, '..', 'FACTSWAY-Setup-9.9.9.exe'), { force: true });
  await rm(directory, { recursive: true });
});

describe('a manifest', () => {
  it('is never taken from a cache without asking, and asked again by its ETag', async () => {
    const first = await get('/latest.yml?noCache=abc');
    expect([first.status, first.body.toString()]).toEqual([200, 'version: 1.2.0\n']);
    expect(first.headers).toMatchObject({
      'content-type': 'text/yaml; charset=utf-8',
      'cache-control': 'no-cache, max-age=0, must-revalidate',
      'content-length': '15',
    });
    const { etag } = first.headers;
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get('/latest.yml', { 'If-None-Match': tag });
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
    }
    expect((await get('/latest.yml', { 'If-None-Match': '"other"' })).status).toBe(200);
    const since = first.headers['last-modified'];
    expect((await get('/latest.yml', { 'If-Modified-Since': since })).status).toBe(304);
  });

  it.each(['/beta-mac.yml', '/nonsense.yml', '/staged/latest.yml', '/%6catest.yml'])(
    '%s is not there, in JSON',
    async (path) => {
      const { status, headers, body } = await get(path);
      expect([status, JSON.parse(body.toString())]).toEqual([404, ERROR_BODIES.manifestNotFound]);
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
    },
  );
});

describe('an installer', () => {
  it('is there for good, whole and in pieces', async () => {
    const whole = await get(`/${EXE}`);
    expect([whole.status, whole.body.equals(CONTENT)]).toEqual([200, true]);
    expect(whole.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      'content-length': '1000',
    });
    const { etag } = whole.headers;
    const piece = await get(`/${EXE}`, { Range: 'bytes=900-', 'If-Range': etag });
    expect([piece.status, piece.headers['content-range']]).toEqual([206, 'bytes 900-999/1000']);
    expect(piece.body.equals(CONTENT.subarray(900))).toBe(true);
    const other = await get(`/${EXE}`, { Range: 'bytes=900-', 'If-Range': '"other"' });
    expect([other.status, other.body.length]).toEqual([200, 1000]);
    expect((await get(`/${EXE}`, { 'If-None-Match': etag })).status).toBe(304);
  });

  it('several pieces at once come as such, as the differential download reads them', async () => {
    const { status, headers, body } = await get(`/${EXE}`, { Range: 'bytes=0-9,500-519' });
    expect(status).toBe(206);
    expect(Number(headers['content-length'])).toBe(body.length);
    const boundary = /boundary=(\w+)/.exec(headers['content-type'] ?? '')?.[1] ?? '';
    const parts = body
      .toString('latin1')
      .split(`--${boundary}`)
      .slice(1, -1)
      .map((part) => part.split('\r\n\r\n'));
    expect(parts.map(([head]) => /bytes [\d/-]+/.exec(head ?? '')?.[0])).toEqual([
      'bytes 0-9/1000',
      'bytes 500-519/1000',
    ]);
    expect(parts[1]?.[1]).toBe(`${CONTENT.subarray(500, 520).toString('latin1')}\r\n`);
  });

  it('beyond its end there is nothing, and how long it is', async () => {
    const { status, headers, body } = await get(`/${EXE}`, { Range: 'bytes=1000-' });
    expect([status, headers['content-range']]).toEqual([416, 'bytes */1000']);
    expect(JSON.parse(body.toString())).toEqual(ERROR_BODIES.rangeNotSatisfiable);
  });

  it('HEAD says the same and sends nothing', async () => {
    const { status, headers, body } = await get(`/${EXE}`, {}, 'HEAD');
    expect([status, headers['content-length'], body.length]).toEqual([200, '1000', 0]);
  });

  it.each([
    '/FACTSWAY-Setup-1.0.0.exe',
    '/',
    '/notes.txt',
    `/.${EXE}.factsway-new`,
    `/${EXE}.factsway-new`,
    '/../FACTSWAY-Setup-9.9.9.exe',
    '/..%2fFACTSWAY-Setup-9.9.9.exe',
    '//FACTSWAY-Setup-1.2.0.exe',
    `/${EXE}%00`,
    `/${EXE}/`,
  ])('%s is not there, in JSON', async (path) => {
    const { status, body } = await get(path);
    expect([status, JSON.parse(body.toString())]).toEqual([404, ERROR_BODIES.installerNotFound]);
  });
});

it('neither a link nor a directory is a file of ours', async () => {
  expect((await get('/beta.yml')).status).toBe(404);
  expect((await get('/alpha.yml')).status).toBe(404);
});

it('nothing can be written', async () => {
  const { status, headers } = await get('/latest.yml', {}, 'PUT');
  expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
});

// Who may read everything reads this as well.
it.skipIf(process.getuid?.() === 0)('a file that cannot be read is a failure of ours', async () => {
  const path = join(directory, 'latest-mac.yml');
  await writeFile(path, 'x');
  await chmod(path, 0);
  const { status, body } = await get('/latest-mac.yml');
  expect([status, JSON.parse(body.toString())]).toEqual([503, ERROR_BODIES.unavailable]);
  await rm(path);
});

it('a directory that went bad is a failure of ours, and no missing file', async () => {
  const failures: string[] = [];
  const serve = createServing({
    directory: `${directory}/${'x'.repeat(300)}`,
    limits: LIMITS,
    now: () => 0,
    onFailure: (name) => failures.push(name),
  });
  const broken = createServer((request, response) => {
    void serve(request, response);
  });
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  const { port: at } = broken.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${at}/latest.yml`);
  expect([response.status, await response.json()]).toEqual([503, ERROR_BODIES.unavailable]);
  expect(failures).toEqual(['latest.yml']);
  broken.close();
});

it('who asks too often is told for how long to wait, and others are not', async () => {
  server.close();
  await start({
    manifest: { requests: 2, seconds: 60 },
    installer: { requests: 1, seconds: 300 },
  });
  const from = (who: string) => ({ 'X-Forwarded-For': who });
  for (let turn = 0; turn < 2; turn += 1)
    expect((await get('/latest.yml', from('10.0.0.1'))).status).toBe(200);
  const manifest = await get('/latest.yml', from('10.0.0.1'));
  expect([manifest.status, manifest.headers['retry-after']]).toEqual([429, '60']);
  expect(JSON.parse(manifest.body.toString())).toEqual(ERROR_BODIES.manifestTooMany);
  expect((await get('/latest.yml', from('10.0.0.2'))).status).toBe(200);
  expect((await get(`/${EXE}`, from('10.0.0.1'))).status).toBe(200);
  const installer = await get(`/${EXE}`, from('10.0.0.1'));
  expect([installer.status, installer.headers['retry-after']]).toEqual([429, '300']);
  expect(JSON.parse(installer.body.toString())).toEqual(ERROR_BODIES.installerTooMany);
  clock += 60_000;
  expect((await get('/latest.yml', from('10.0.0.1'))).status).toBe(200);
  // Whatever stands before what the edge wrote: it is the same client, with TLS and through the inner door.
  for (const [turn, status] of [200, 200, 429].entries())
    expect((await get('/latest.yml', from(`1.1.1.${turn}, 8.8.8.8, 127.0.0.1`))).status).toBe(
      status,
    );
  // Behind a load balancer each is counted by itself, whatever it says before that ...
  for (const [turn, status] of [200, 200, 429].entries())
    expect(
      (await get('/latest.yml', from(`1.1.1.${turn}, 10.0.0.7, 10.0.0.9, 127.0.0.1`))).status,
    ).toBe(status);
  expect((await get('/latest.yml', from('10.0.0.8, 10.0.0.9, 127.0.0.1'))).status).toBe(200);
  // ... and one that only says it is a load balancer comes to an end as well.
  const statuses: number[] = [];
  for (let turn = 0; turn < 50; turn += 1)
    statuses.push((await get('/latest.yml', from(`1.1.1.${turn}, 10.0.0.5, 127.0.0.1`))).status);
  expect(statuses.indexOf(429)).toBe(40);
});
