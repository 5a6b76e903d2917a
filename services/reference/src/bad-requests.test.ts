import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { serviceUnderTest } from './test-support.ts';

const ID = '0b0e7f3a-7a0e-4f59-9d0f-3f8f6d1f2a11';
const CASE = { case_number: '24-1', title: 'A v. B', court: 'N.D. Cal.', status: 'open' };
const JSON_TYPE = { 'content-type': 'application/json' };
const SHAPE = {
  error: { code: expect.any(String) as string, message: expect.any(String) as string },
  request_id: expect.stringMatching(/^[\w.:-]{1,128}$/) as string,
};
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Sends bytes no HTTP client would send, and returns what comes back until the server hangs up. */
async function sendRaw(bytes: string): Promise<string> {
  const { app } = serviceUnderTest(() => []);
  await app.listen({ host: '127.0.0.1', port: 0 });
  cleanups.push(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return await new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (part) => (text += part.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
    socket.write(bytes);
  });
}

describe('an address that cannot be read', () => {
  it('is 400 in the shape of every error, with a request id, and is counted and logged', async () => {
    const { app, platform, lines } = serviceUnderTest(() => []);
    const headers = { 'x-request-id': 'q-7' };
    const answer = await app.inject({ url: '/api/cases/%zz', headers });
    expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([400, 'q-7']);
    expect(answer.json()).toMatchObject({ ...SHAPE, request_id: 'q-7' });
    expect(answer.body).not.toContain('%zz');
    expect(await platform.metrics.registry.metrics()).toContain(
      'http_requests_total{method="GET",endpoint="__unmatched__",status="400"} 1\n',
    );
    expect(lines.join('')).toContain('"request_id":"q-7"');
  });

  it('or is too long for an id names nothing: 404', async () => {
    const { app } = serviceUnderTest(() => []);
    const answer = await app.inject(`/api/cases/${'a'.repeat(3000)}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject(SHAPE);
  });
});

describe('a request that is not HTTP', () => {
  it.each([
    ['garbage', 'HELLO\r\n\r\n', 400],
    ['headers that are too large', `GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'a chunk without a length',
      'POST /api/cases HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
  ])('(%s) is answered in the same shape', async (_, bytes, status) => {
    const answer = await sendRaw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject(SHAPE);
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
    expect(head.toLowerCase()).toContain('\r\nx-factsway-crossed: records@1.0.0');
  });
});

describe('a body', () => {
  it.each([
    ['that is not JSON', '{"title":', 400],
    ['that is empty', '', 400],
    ['that is null', 'null', 400],
    ['with a key that reaches into objects', '{"__proto__":{"a":1}}', 400],
    ['of 500 000 brackets', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, 400],
  ])('%s is refused without a stack', async (_, payload, status) => {
    const { app } = serviceUnderTest(() => []);
    const answer = await app.inject({
      method: 'POST',
      url: '/api/cases',
      payload,
      headers: JSON_TYPE,
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject(SHAPE);
    expect(answer.body).not.toMatch(/ at |SyntaxError|FST_/);
  });

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'junk'])(
    'of type %s is 415',
    async (type) => {
      const { app } = serviceUnderTest(() => []);
      const headers = { 'content-type': type };
      const request = { method: 'POST', url: '/api/cases', payload: '{}', headers } as const;
      const answer = await app.inject(request);
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject(SHAPE);
    },
  );

  it('with many wrong fields is answered with the first fifty of them', async () => {
    const { app } = serviceUnderTest(() => []);
    const payload = Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`f${n}`, n]));
    const answer = await app.inject({ method: 'POST', url: '/api/cases', payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ error: { fields: unknown[] } }>().error.fields).toHaveLength(50);
  });
});

describe('a value PostgreSQL would refuse or change', () => {
  it.each([
    ['a year before the first', { filed_on: '0000-01-01' }],
    ['half a character', { title: 'A \ud800 B' }],
    ['a NUL character', { title: 'A \0 B' }],
  ])('(%s) is 400 and names the field', async (_, wrong) => {
    const { app } = serviceUnderTest(() => {
      throw new Error('asked the database');
    });
    const request = { method: 'POST', url: '/api/cases', headers: JSON_TYPE } as const;
    // As text: a payload object would be encoded, and half a character would not survive that.
    const payload = JSON.stringify({ ...CASE, ...wrong });
    const answer = await app.inject({ ...request, payload });
    expect(answer.statusCode).toBe(400);
    const { fields } = answer.json<{ error: { fields: { field: string }[] } }>().error;
    expect(fields.map(({ field }) => field)).toEqual(Object.keys(wrong));
  });
});

describe('an Idempotency-Key', () => {
  it.each([
    ['1 character', 'k', 201],
    ['250 characters', 'k'.repeat(250), 201],
    ['251 characters', 'k'.repeat(251), 400],
    ['no character', '', 400],
    ['a space', 'a b', 400],
  ])('of %s', async (_, key, status) => {
    const { app } = serviceUnderTest(() => [{ id: ID, ...CASE, seq: 1 }]);
    const headers = { 'idempotency-key': key };
    const request = { method: 'POST', url: '/api/cases', payload: CASE, headers } as const;
    expect((await app.inject(request)).statusCode).toBe(status);
  });
});

it('DELETE with a content type and no body deletes', async () => {
  const { app } = serviceUnderTest(() => [{ id: ID }]);
  const request = { method: 'DELETE', url: `/api/cases/${ID}`, headers: JSON_TYPE } as const;
  expect((await app.inject(request)).statusCode).toBe(204);
});
