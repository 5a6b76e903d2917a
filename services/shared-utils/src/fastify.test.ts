import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { fastifyOptions, useFastify } from './fastify.ts';
import { createPlatform } from './platform.ts';
import { currentContext, noteCrossed } from './request-context.ts';

const platformOf = (service: string) =>
  createPlatform({ service, version: '1.0.0', checks: {}, env: { LOG_LEVEL: 'silent' } });

/** Sends a body in two pieces, so that the second arrives in an event of its own. */
function postInPieces(port: number, requestId: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-request-id': requestId };
    const outgoing = request(
      { host: '127.0.0.1', port, path: '/echo', method: 'POST', headers },
      (answer: IncomingMessage) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
        answer.on('end', () => {
          resolve(body);
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.write('{"a":');
    setTimeout(() => outgoing.end('1}'), 30);
  });
}

it('keeps each request in its own context, after its body was read too', async () => {
  const platform = platformOf('s');
  const app = Fastify(fastifyOptions(platform));
  useFastify(app, platform);
  app.post('/echo', () => currentContext()?.requestId ?? 'lost');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ids = ['one', 'two', 'three'];
  expect(await Promise.all(ids.map((id) => postInPieces(port, id)))).toEqual(ids);
  await app.close();
});

it('tells with every answer which versions it crossed', async () => {
  const platform = platformOf('facts-service');
  const app = Fastify(fastifyOptions(platform));
  useFastify(app, platform);
  app.get('/alone', () => 'alone');
  app.get('/with/:peer', async (request) => {
    await Promise.resolve();
    const { peer } = request.params as { peer: string };
    noteCrossed(peer, new Headers({ 'x-factsway-crossed': `${peer}@1.0.0` }));
    if (peer === 'export') throw new Error('after the answer of the other service');
    return peer;
  });
  const crossed = async (url: string) =>
    (await app.inject({ method: 'GET', url })).headers['x-factsway-crossed'];
  // At the same time, so that one request's services could end up in the answer to another.
  const urls = ['/alone', '/with/records', '/with/caselaw', '/with/export', '/nowhere', '/health'];
  expect(await Promise.all(urls.map(crossed))).toEqual([
    'facts@1.0.0',
    'facts@1.0.0, records@1.0.0',
    'facts@1.0.0, caselaw@1.0.0',
    'facts@1.0.0, export@1.0.0',
    'facts@1.0.0',
    'facts@1.0.0',
  ]);
  await app.close();
});
