import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createQueue } from './queue.ts';
import { serviceUnderTest } from './test-support.ts';

const ID = '0b0e7f3a-7a0e-4f59-9d0f-3f8f6d1f2a11';
const EXPORT = { draft_id: ID, format: 'docx', pages: 3 };
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** records-service, as far as exports need it. */
async function recordsService(status: number, body: object, crossed?: string) {
  const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url, headers: request.headers });
    response.statusCode = status;
    if (crossed !== undefined) response.setHeader('x-factsway-crossed', crossed);
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function exportService(env: Record<string, string>) {
  const inserted: (readonly unknown[])[] = [];
  const { app } = serviceUnderTest(
    (name, _, values) => {
      if (name === 'create_exports') inserted.push(values);
      return [{ id: ID, title: 'A & B <v.> C', format: 'docx', pages: 3, seq: 1 }];
    },
    { SERVICE_NAME: 'export', EXPORT_MS_PER_PAGE: '0', ...env },
  );
  return { app, inserted };
}

describe('the title of a draft', () => {
  it('is taken from records-service, with the request context passed on', async () => {
    const records = await recordsService(200, { title: 'Motion to dismiss' });
    const { app, inserted } = exportService({ RECORDS_SERVICE_URL: records.url });
    const headers = {
      'x-request-id': 'q-5',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    };
    const request = { method: 'POST' as const, url: '/api/exports', payload: EXPORT, headers };

    expect((await app.inject(request)).statusCode).toBe(201);
    expect(inserted[0]).toContain('Motion to dismiss');
    expect(records.seen[0]?.url).toBe(`/api/drafts/${ID}`);
    expect(records.seen[0]?.headers['x-request-id']).toBe('q-5');
    expect(records.seen[0]?.headers['traceparent']).toContain('a'.repeat(32));
  });

  it.each([
    ['there is no such draft', 404, 400],
    ['records-service fails', 500, 502],
    ['records-service answers something else', 200, 502],
  ])('when %s (%i), the answer is %i and nothing is created', async (_, status, expected) => {
    const records = await recordsService(status, []);
    const { app, inserted } = exportService({ RECORDS_SERVICE_URL: records.url });
    const answer = await app.inject({ method: 'POST', url: '/api/exports', payload: EXPORT });
    expect(answer.statusCode).toBe(expected);
    expect(inserted).toEqual([]);
  });

  it.each([
    ['of the same release', 200, 'records@1.0.0', 201, 'export@1.0.0, records@1.0.0'],
    ['of another release', 200, 'records@1.1.0', 201, 'export@1.0.0, records@1.1.0'],
    ['that does not say', 200, undefined, 201, 'export@1.0.0, records@unknown'],
    ['that fails', 500, 'records@1.0.0', 502, 'export@1.0.0, records@1.0.0'],
  ])(
    'by a service %s is in what the answer crossed',
    async (_, status, said, expected, crossed) => {
      const records = await recordsService(status, { title: 'T' }, said);
      const { app } = exportService({ RECORDS_SERVICE_URL: records.url });
      const asked = { method: 'POST' as const, url: '/api/exports', payload: EXPORT };
      const answer = await app.inject(asked);
      expect([answer.statusCode, answer.headers['x-factsway-crossed']]).toEqual([
        expected,
        crossed,
      ]);
      // The next request has crossed nothing yet.
      const next = await app.inject({ method: 'GET', url: `/api/exports/${ID}/document` });
      expect([next.statusCode, next.headers['x-factsway-crossed']]).toEqual([200, 'export@1.0.0']);
    },
  );

  it('when records-service is away, the answer is 502 and names it', async () => {
    const { app } = exportService({ RECORDS_SERVICE_URL: 'http://127.0.0.1:1' });
    const answer = await app.inject({ method: 'POST', url: '/api/exports', payload: EXPORT });
    expect(answer.statusCode).toBe(502);
    expect(answer.json()).toMatchObject({
      error: {
        code: 'dependency_unavailable',
        message: expect.stringContaining('records') as string,
      },
    });
  });

  it('is not asked for again when a request is repeated', async () => {
    const records = await recordsService(200, { title: 'Motion to dismiss' });
    let digest: unknown;
    const { app } = serviceUnderTest(
      (name, text, values) => {
        if (name === 'create_exports') digest = values.at(-1);
        else if (text.includes('idempotency_keys')) {
          return digest === undefined ? [] : [{ request_sha256: digest, created_id: ID }];
        }
        return [{ id: ID, title: 'Motion to dismiss', seq: 1 }];
      },
      { SERVICE_NAME: 'export', RECORDS_SERVICE_URL: records.url },
    );
    const headers = { 'idempotency-key': 'k-1' };
    const send = (payload: object) =>
      app.inject({ method: 'POST', url: '/api/exports', payload, headers });
    expect((await send(EXPORT)).statusCode).toBe(201);
    const again = await send(EXPORT);
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
    expect(records.seen).toHaveLength(1);
    expect((await send({ ...EXPORT, pages: 4 })).statusCode).toBe(409);
  });

  it('is not asked for when the request has a title', async () => {
    const { app } = exportService({ RECORDS_SERVICE_URL: 'http://127.0.0.1:1' });
    const payload = { ...EXPORT, title: 'Mine' };
    const answer = await app.inject({ method: 'POST', url: '/api/exports', payload });
    expect(answer.statusCode).toBe(201);
  });
});

describe('the document', () => {
  it('is a DOCX whose main part inflates to the title and every page', async () => {
    const { app } = exportService({});
    const answer = await app.inject(`/api/exports/${ID}/document`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toContain('wordprocessingml.document');
    const text = mainPart(answer.rawPayload);
    expect(text).toContain('A &amp; B &lt;v.&gt; C');
    expect(text).toContain('Page 3 of 3');
  });

  it('takes its time per page', async () => {
    const { app } = exportService({ EXPORT_MS_PER_PAGE: '40' });
    const begin = performance.now();
    await app.inject(`/api/exports/${ID}/document`);
    expect(performance.now() - begin).toBeGreaterThan(115);
  });

  it('is not written for HEAD', async () => {
    const { app } = exportService({ EXPORT_MS_PER_PAGE: '1000' });
    const url = `/api/exports/${ID}/document`;
    const answer = await app.inject({ method: 'HEAD', url });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(answer.headers['content-type']).toContain('wordprocessingml.document');
    expect(answer.headers['content-disposition']).toContain(ID);
    expect(answer.headers['content-length']).toBeUndefined();
  });

  it('waits its turn when eight are being written', async () => {
    const { app } = exportService({ EXPORT_MS_PER_PAGE: '30' });
    const url = `/api/exports/${ID}/document`;
    const all = Promise.all(Array.from({ length: 10 }, () => app.inject(url)));
    await new Promise((resolve) => setTimeout(resolve, 40));
    const { body } = await app.inject('/metrics');
    expect(body).toContain('factsway_export_queue_size 2\n');
    expect((await all).map((answer) => answer.statusCode)).toEqual(Array(10).fill(200));
    expect((await app.inject('/metrics')).body).toContain('factsway_export_queue_size 0\n');
  });
});

it('a client that leaves the queue frees no place in it', async () => {
  const queue = createQueue(2);
  const stay = new AbortController().signal;
  const leave = await queue.enter(stay);
  await queue.enter(stay);
  const impatient = new AbortController();
  const order: string[] = [];
  const gone = queue.enter(impatient.signal).then((away) => {
    away();
  });
  const third = queue.enter(stay).then(() => order.push('third'));
  impatient.abort();
  await gone;
  expect([queue.waiting(), order]).toEqual([1, []]);
  leave();
  // Whoever arrives now comes after those who wait.
  const fourth = queue.enter(stay).then(() => order.push('fourth'));
  await third;
  expect([queue.waiting(), order]).toEqual([1, ['third']]);
  leave();
  expect(queue.waiting()).toBe(1);
  void fourth;
});

/** Finds word/document.xml by the central directory, as a reader does. */
function mainPart(zip: Buffer): string {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [stored, nameLength] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)];
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === 'word/document.xml') {
      const offset = zip.readUInt32LE(at + 42);
      const begin = offset + 30 + zip.readUInt16LE(offset + 26);
      return inflateRawSync(zip.subarray(begin, begin + stored)).toString();
    }
    at += 46 + nameLength;
  }
  throw new Error('no main part');
}
