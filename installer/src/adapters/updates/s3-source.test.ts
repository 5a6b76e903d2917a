import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { s3Source } from './s3-source.ts';

/** A bucket `firm` with one file, in the words of the S3 API. */
const missing = (code: string): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>not there</Message></Error>`;
let server: Server;
let endpoint: string;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'firm');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'opens it');
  server = createServer(({ url = '', method }, response) => {
    const [, bucket, name] = url.split('?')[0]?.split('/') ?? [];
    if (bucket === 'firm' && name === 'latest.yml')
      response.writeHead(200, { 'Content-Length': 5 }).end(method === 'HEAD' ? undefined : 'files');
    else {
      const code = bucket === 'firm' ? 'NoSuchKey' : 'NoSuchBucket';
      response.writeHead(bucket === 'closed' ? 403 : 404, { 'Content-Type': 'application/xml' });
      response.end(method === 'HEAD' ? undefined : missing(code));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});
const bucket = (name: string) =>
  s3Source(name, { region: 'eu-central-1', endpoint, forcePathStyle: undefined });

it('reads what is there, and tells what is not', async () => {
  const source = bucket('firm');
  expect(await source.readText('latest.yml')).toBe('files');
  expect(await source.size('latest.yml')).toBe(5);
  const pieces: Uint8Array[] = [];
  for await (const piece of (await source.read('latest.yml')) ?? []) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe('files');
  expect(await source.readText('beta.yml')).toBeUndefined();
  expect(await source.size('beta.yml')).toBeUndefined();
  expect(await source.read('beta.yml')).toBeUndefined();
});

it.each(['nobodys', 'closed'])('a bucket that is not ours is no empty one: %s', async (name) => {
  expect(await rejectionOf(bucket(name).readText('latest.yml'))).toMatchObject({
    code: 'FW-MIRROR-SOURCE',
  });
});
