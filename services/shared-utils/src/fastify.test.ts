import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { fastifyOptions, useFastify } from './fastify.ts';
import { createPlatform } from './platform.ts';
import { currentContext } from './request-context.ts';

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
  const platform = createPlatform({
    service: 's',
    version: '1.0.0',
    checks: {},
    env: { LOG_LEVEL: 'silent' },
  });
  const app = Fastify(fastifyOptions(platform));
  useFastify(app, platform);
  app.post('/echo', () => currentContext()?.requestId ?? 'lost');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ids = ['one', 'two', 'three'];
  expect(await Promise.all(ids.map((id) => postInPieces(port, id)))).toEqual(ids);
  await app.close();
});
