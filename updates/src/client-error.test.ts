import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { answerClientError } from './client-error.ts';

it.each([
  ['what is no request', 'nonsense\r\n\r\n', 400],
  ['a header that is too long', `GET / HTTP/1.1\r\nHost: a\r\nx: ${'x'.repeat(3000)}\r\n\r\n`, 431],
  ['a request that does not end', 'GET / HTTP/1.1\r\nHost: a\r\n', 408],
])('%s is answered in JSON', async (_, sent, status) => {
  const timeouts = { headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 20 };
  const server = createServer({ maxHeaderSize: 2048, ...timeouts }, (_request, response) => {
    response.end();
  });
  server.on('clientError', answerClientError);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const text = await new Promise<string>((resolve, reject) => {
    let all = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(sent));
    socket.on('data', (piece: Buffer) => (all += piece.toString()));
    socket.on('end', () => {
      resolve(all);
    });
    socket.on('error', reject);
  });
  server.close();
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toContain('Content-Type: application/json; charset=utf-8');
  expect(JSON.parse(body)).toMatchObject({ code: 'REQUEST_REFUSED' });
});
