import { describe, expect, it } from 'vitest';
import { Problem } from './problem.ts';
import { serviceUnderTest } from './test-support.ts';

const ID = '0b0e7f3a-7a0e-4f59-9d0f-3f8f6d1f2a11';
const CASE = { case_number: '24-1', title: 'A v. B', court: 'N.D. Cal.', status: 'open' };
const ROW = { id: ID, ...CASE, filed_on: null, seq: 7 };
const nothing = () => [];

function refuse(code: string, more: object = {}) {
  return () => {
    throw Object.assign(new Error('duplicate key "canary"'), { code, ...more });
  };
}

describe('POST', () => {
  it('creates and says where', async () => {
    const { app } = serviceUnderTest(() => [ROW]);
    const answer = await app.inject({ method: 'POST', url: '/api/cases', payload: CASE });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.location).toBe(`/api/cases/${ID}`);
    expect(answer.json()).toEqual({ id: ID, ...CASE, filed_on: null });
  });

  it('names every wrong field', async () => {
    const { app } = serviceUnderTest(nothing);
    const payload = { title: ' ', court: 5, status: 'lost', filed_on: '2026-02-30', extra: 1 };
    const answer = await app.inject({ method: 'POST', url: '/api/cases', payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ error: { fields: unknown } }>().error.fields).toEqual([
      { field: 'extra', problem: 'is not a field of this resource' },
      { field: 'case_number', problem: 'is required' },
      { field: 'title', problem: 'must not be empty' },
      { field: 'court', problem: 'must be a string' },
      { field: 'status', problem: 'must be one of open, stayed, closed' },
      { field: 'filed_on', problem: 'must be a date, YYYY-MM-DD' },
    ]);
  });

  it.each([
    ['broken JSON', 400, { headers: { 'content-type': 'application/json' }, payload: '{' }],
    ['an array', 400, { payload: [] }],
    ['no body', 400, {}],
    ['another media type', 415, { headers: { 'content-type': 'text/plain' }, payload: 'x' }],
    ['a body too large', 413, { payload: { title: 'x'.repeat(1_100_000) } }],
    ['an id that is none', 400, { payload: { ...CASE, id: '7' } }],
    ['a bad key', 400, { headers: { 'idempotency-key': 'a b' }, payload: CASE }],
  ] as const)('answers %s with %i', async (_, status, request) => {
    const { app } = serviceUnderTest(nothing);
    const answer = await app.inject({ method: 'POST', url: '/api/cases', ...request });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ error: { code: expect.any(String) as string } });
  });

  it('stores key and row in one statement', async () => {
    const statements: string[] = [];
    const { app } = serviceUnderTest((_, text) => {
      statements.push(text);
      return [ROW];
    });
    const headers = { 'idempotency-key': 'k-1' };
    await app.inject({ method: 'POST', url: '/api/cases', payload: CASE, headers });
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatch(/idempotency_keys[\s\S]*INSERT INTO factsway\.cases/);
  });

  it.each([
    ['the same request is answered again', true, 201],
    ['another request with that key is refused', false, 409],
  ])('when the key is known, %s', async (_, same, status) => {
    let sha: unknown;
    const { app } = serviceUnderTest((name, _text, values) => {
      if (name === 'create_cases') {
        sha = values.at(-1);
        return [];
      }
      if (values[0] === 'cases') {
        return [{ request_sha256: same ? sha : 'other', created_id: ID }];
      }
      return [ROW];
    });
    const headers = { 'idempotency-key': 'k-1' };
    const answer = await app.inject({ method: 'POST', url: '/api/cases', payload: CASE, headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['idempotency-replayed']).toBe(same ? 'true' : undefined);
  });

  it('answers 409 where a value must be unique, without quoting it', async () => {
    const { app } = serviceUnderTest(refuse('23505'));
    const answer = await app.inject({ method: 'POST', url: '/api/cases', payload: CASE });
    expect(answer.statusCode).toBe(409);
    expect(answer.body).not.toContain('canary');
  });

  it('answers 400 and the field when a reference leads nowhere', async () => {
    const more = { table: 'drafts', constraint: 'drafts_case_id_fkey' };
    const { app } = serviceUnderTest(refuse('23503', more));
    const payload = { case_id: ID, title: 't', body: 'b', status: 'draft' };
    const answer = await app.inject({ method: 'POST', url: '/api/drafts', payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { fields: [{ field: 'case_id' }] } });
  });
});

describe('reading and changing', () => {
  it('pages with a cursor that leads to the next row', async () => {
    const asked: (readonly unknown[])[] = [];
    const { app } = serviceUnderTest((_, __, values) => {
      asked.push(values);
      return [ROW, { ...ROW, seq: 8 }];
    });
    const first = await app.inject('/api/cases?limit=1&status=open');
    const { items, next_cursor: next } = first.json<{ items: unknown[]; next_cursor: string }>();
    expect(items).toHaveLength(1);
    await app.inject(`/api/cases?limit=1&cursor=${next}`);
    expect(asked).toEqual([
      [0, 2, 'open'],
      [7, 2],
    ]);
  });

  it.each([
    ['cursor=zzz'],
    ['limit=0'],
    ['limit=201'],
    ['limit=x'],
    ['title=A'],
    ['status=lost'],
    ['cursor=a&cursor=b'],
  ])('refuses ?%s', async (query) => {
    const { app } = serviceUnderTest(nothing);
    expect((await app.inject(`/api/cases?${query}`)).statusCode).toBe(400);
  });

  it.each([
    ['GET', 'not-an-id'],
    ['GET', ID],
    ['PUT', ID],
    ['DELETE', ID],
  ] as const)('%s of %s that is not there is 404', async (method, id) => {
    const { app } = serviceUnderTest(nothing);
    const payload = method === 'PUT' ? { payload: CASE } : {};
    const answer = await app.inject({ method, url: `/api/cases/${id}`, ...payload });
    expect(answer.statusCode).toBe(404);
  });

  it('deletes with 204, and with 409 while others refer to it', async () => {
    const url = `/api/cases/${ID}`;
    const { app } = serviceUnderTest(() => [{ id: ID }]);
    expect((await app.inject({ method: 'DELETE', url })).statusCode).toBe(204);
    const used = serviceUnderTest(refuse('23503')).app;
    expect((await used.inject({ method: 'DELETE', url })).statusCode).toBe(409);
  });

  it('answers 503 when the database is away, and 500 without details when it is our fault', async () => {
    const away = serviceUnderTest(() => {
      throw new Problem(503, 'database_unavailable', 'away');
    });
    const answer = await away.app.inject('/api/cases');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2']);
    const broken = await serviceUnderTest(refuse('42P01')).app.inject('/api/cases');
    expect(broken.statusCode).toBe(500);
    expect(broken.body).not.toContain('canary');
  });
});

describe('HEAD', () => {
  it.each([
    ['/api/cases', [ROW], 200],
    ['/api/cases?limit=0', [ROW], 400],
    [`/api/cases/${ID}`, [ROW], 200],
    [`/api/cases/${ID}`, [], 404],
    ['/health/live', [], 200],
    ['/health/ready', [], 200],
    ['/metrics', [], 200],
    ['/nowhere', [], 404],
  ])('of %s with %j is answered as GET, without the body', async (url, rows, status) => {
    const { app } = serviceUnderTest(() => rows);
    const headers = { 'x-request-id': 'q-1' };
    const [head, get] = [
      await app.inject({ method: 'HEAD', url, headers }),
      await app.inject({ method: 'GET', url, headers }),
    ];
    expect([head.statusCode, get.statusCode]).toEqual([status, status]);
    expect(head.body).toBe('');
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
    // The metrics have counted one request more by the second one.
    if (url !== '/metrics')
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it('has its series at 0 from boot', async () => {
    const { app, platform } = serviceUnderTest(nothing);
    await app.ready();
    const text = await platform.metrics.registry.metrics();
    for (const endpoint of ['/api/cases/:id', '/health/ready']) {
      expect(text).toContain(
        `http_requests_total{method="HEAD",endpoint="${endpoint}",status="503"} 0\n`,
      );
    }
  });
});

describe('releases', () => {
  it('1.0.0 neither reads nor accepts what came with 1.1.0', async () => {
    const statements: string[] = [];
    const { app } = serviceUnderTest((_, text) => {
      statements.push(text);
      return [];
    });
    await app.inject('/api/cases');
    expect(statements[0]).toContain('case_number');
    expect(statements[0]).not.toContain('matter_number');
    const payload = { ...CASE, matter_number: 'M-1' };
    const answer = await app.inject({ method: 'POST', url: '/api/cases', payload });
    expect(answer.statusCode).toBe(400);
  });

  it('1.1.0 does', async () => {
    const { app } = serviceUnderTest(() => [{ ...ROW, matter_number: 'M-1' }], {
      APP_VERSION: '1.1.0',
    });
    const payload = { ...CASE, matter_number: 'M-1' };
    const answer = await app.inject({ method: 'POST', url: '/api/cases', payload });
    expect(answer.json()).toMatchObject({ matter_number: 'M-1' });
  });
});

describe('logs', () => {
  it('carry the request id of a POST through its body, and no document text', async () => {
    const { app, lines } = serviceUnderTest(refuse('XX000'));
    const payload = { title: 't', body: 'canary-text', status: 'draft' };
    const headers = { 'x-request-id': 'q-9' };
    await app.inject({ method: 'POST', url: '/api/drafts?x=canary', payload, headers });
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) {
      expect(line).toContain('"request_id":"q-9"');
      expect(line).not.toContain('canary-text');
      expect(line).not.toContain('x=canary');
    }
  });
});
