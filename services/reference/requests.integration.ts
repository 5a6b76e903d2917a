/** What clients get wrong, and what they do at the same time. integration-support.ts says what the environment must hold. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'vitest';
import { call, rowsOf, start, useServices, type Answer, type Service } from './service-support.ts';

useServices('1.0.0');

const CASE = { title: 'A v. B', court: 'N.D. Cal.', status: 'open' };
const newCase = () => ({ case_number: randomUUID(), ...CASE });

function refused(answer: Answer, status: number): void {
  assert.equal(answer.status, status, JSON.stringify(answer.json));
  assert.deepEqual(Object.keys(answer.json), ['error', 'request_id']);
  assert.doesNotMatch(JSON.stringify(answer.json), /stack|pg_|syntax|node_modules/);
}

async function send(service: Service, body: string, type = 'application/json') {
  const headers = { 'content-type': type };
  const response = await fetch(`${service.base}/api/cases`, { method: 'POST', headers, body });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, json };
}

describe('a request that is wrong', () => {
  it('is answered 400, 404, 413 or 415 in one shape, and reaches no table', async () => {
    const service = await start('records');
    const before = await rowsOf('cases');
    refused(await send(service, '{"title":'), 400);
    refused(await send(service, 'title=A', 'application/x-www-form-urlencoded'), 415);
    // More than once: a connection closed too early loses the answer only now and then.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      refused(await send(service, JSON.stringify({ ...newCase(), title: 'x'.repeat(4e6) })), 413);
    }
    refused(await send(service, JSON.stringify({ ...newCase(), filed_on: '0000-01-01' })), 400);
    refused(await send(service, JSON.stringify({ ...newCase(), title: '\ud800' })), 400);
    for (const id of [randomUUID(), 'none', "1'%20OR%20'1'='1", '%00', 'a'.repeat(2000)]) {
      refused(await call(service, 'GET', `/api/cases/${id}`), 404);
      refused(await call(service, 'PUT', `/api/cases/${id}`, newCase()), 404);
      refused(await call(service, 'DELETE', `/api/cases/${id}`), 404);
    }
    refused(await call(service, 'GET', '/api/cases/%zz'), 400);
    refused(await call(service, 'GET', "/api/cases?status=open'--"), 400);
    refused(await call(service, 'GET', '/api/cases?limit=1;DROP%20TABLE%20factsway.cases'), 400);
    refused(await call(service, 'GET', '/api/cases?id)%3B--=1'), 400);
    assert.equal(await rowsOf('cases'), before);
  });

  it('text that looks like SQL is text', async () => {
    const service = await start('caselaw');
    const citation = `'); DROP TABLE factsway.caselaw; -- $1 \\ " ; ${randomUUID()}`;
    const entry = { citation, title: `' OR '1'='1`, court: '${x}' };
    const { status, json } = await call(service, 'POST', '/api/caselaw', entry);
    assert.equal(status, 201);
    const found = await call(
      service,
      'GET',
      `/api/caselaw?citation=${encodeURIComponent(citation)}`,
    );
    assert.deepEqual(
      (found.json['items'] as { id: string; title: string }[]).map(({ id, title }) => [id, title]),
      [[json['id'], entry.title]],
    );
  });
});

describe('requests at the same time', () => {
  it('that update one entry are all answered, and one of them is what is there', async () => {
    const service = await start('records', '1.0.0', { POSTGRES_POOL_MAX: '5' });
    const body = newCase();
    const { json } = await call(service, 'POST', '/api/cases', body);
    const one = `/api/cases/${String(json['id'])}`;
    const wanted = Array.from({ length: 30 }, (_, index) => ({
      ...body,
      title: `title ${index}`,
      court: `court ${index}`,
    }));
    const answers = await Promise.all(wanted.map((each) => call(service, 'PUT', one, each)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const last = await call(service, 'GET', one);
    assert.equal(String(last.json['title']).slice(6), String(last.json['court']).slice(6));
  });

  it('that update and delete one entry are answered 200, 204 or 404', async () => {
    const service = await start('records');
    const body = newCase();
    const { json } = await call(service, 'POST', '/api/cases', body);
    const one = `/api/cases/${String(json['id'])}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 4 === 3 ? call(service, 'DELETE', one) : call(service, 'PUT', one, body),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 204).length, 1, statuses.join());
    for (const status of statuses) assert.ok([200, 204, 404].includes(status), String(status));
  });

  it('that create what must be unique: one is 201, the others are 409', async () => {
    const service = await start('records');
    const body = newCase();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(service, 'POST', '/api/cases', body)),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, ...Array<number>(9).fill(409)]);
  });
});

it('HEAD is answered as GET, without the body', async () => {
  const service = await start('caselaw');
  for (const path of ['/api/caselaw', `/api/caselaw/${randomUUID()}`, '/health', '/metrics']) {
    const [get, head] = [await call(service, 'GET', path), await call(service, 'HEAD', path)];
    assert.deepEqual(
      [head.status, head.headers.get('content-type')],
      [get.status, get.headers.get('content-type')],
      path,
    );
    assert.notEqual(head.headers.get('content-length'), null, path);
  }
});
