/** What clients create, read, change and delete. integration-support.ts says what the environment must hold. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'vitest';
import { eventually } from '../integration-support.ts';
import { SAMPLES } from './samples.ts';
import { call, rowsOf, start, useServices } from './service-support.ts';

useServices('1.0.0');

describe.each(SAMPLES)('$service-service /api/$path', ({ service: name, path, body, change }) => {
  it('creates, lists, reads, updates and deletes', async () => {
    const service = await start(name, '1.0.0');
    const base = `/api/${path}`;
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const created = await call(service, 'POST', base, body(index));
      assert.equal(created.status, 201, JSON.stringify(created.json));
      assert.equal(created.headers.get('location'), `${base}/${String(created.json['id'])}`);
      ids.push(String(created.json['id']));
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await call(service, 'GET', `${base}?limit=2${cursor}`);
      seen.push(...(page.json['items'] as { id: string }[]).map(({ id }) => id));
      const next = page.json['next_cursor'];
      cursor = typeof next === 'string' ? `&cursor=${next}` : '';
    } while (cursor !== '');
    assert.deepEqual(seen.slice(-3), ids);

    const one = `${base}/${ids[0] ?? ''}`;
    const read = await call(service, 'GET', one);
    for (const [field, value] of Object.entries(body(0))) {
      assert.deepEqual(read.json[field], value, field);
    }
    const updated = await call(service, 'PUT', one, { ...body(0), ...change });
    assert.equal(updated.status, 200);
    assert.deepEqual({ ...updated.json, ...change }, updated.json);
    assert.equal((await call(service, 'DELETE', one)).status, 204);
    assert.equal((await call(service, 'GET', one)).status, 404);
    assert.equal((await call(service, 'POST', base, { nonsense: 1 })).status, 400);
  });
});

describe('a POST', () => {
  it('with one Idempotency-Key, sent twenty times at once, is applied once', async () => {
    const service = await start('facts');
    const before = await rowsOf('facts');
    const body = { statement: 's', source: 'x', disputed: false };
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call(service, 'POST', '/api/facts', body, key)),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
    assert.equal(new Set(answers.map(({ json }) => json['id'])).size, 1);
    assert.equal(await rowsOf('facts'), before + 1);
    const other = await call(service, 'POST', '/api/facts', { ...body, source: 'y' }, key);
    assert.equal(other.status, 409);
  });

  it('with an id of its own is applied once too', async () => {
    const service = await start('facts');
    const before = await rowsOf('facts');
    const body = { id: randomUUID(), statement: 's', source: 'x', disputed: true };
    const first = await call(service, 'POST', '/api/facts', body);
    const second = await call(service, 'POST', '/api/facts', body);
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.equal(await rowsOf('facts'), before + 1);
  });

  it('answers 409 for a value that must be unique, 400 for a reference to nothing, 409 in use', async () => {
    const service = await start('records');
    const template = { name: randomUUID(), category: 'brief', body: 'b' };
    const created = await call(service, 'POST', '/api/templates', template);
    assert.equal((await call(service, 'POST', '/api/templates', template)).status, 409);
    const draft = { title: 't', body: 'b', status: 'draft' };
    const nowhere = { ...draft, template_id: randomUUID() };
    const refused = await call(service, 'POST', '/api/drafts', nowhere);
    assert.equal(refused.status, 400);
    assert.match(JSON.stringify(refused.json), /"field":"template_id"/);
    const used = { ...draft, template_id: created.json['id'] };
    assert.equal((await call(service, 'POST', '/api/drafts', used)).status, 201);
    const one = `/api/templates/${String(created.json['id'])}`;
    assert.equal((await call(service, 'DELETE', one)).status, 409);
  });
});

it('an export takes the title of its draft from records-service', async () => {
  const records = await start('records');
  const exports = await start('export', '1.0.0', { RECORDS_SERVICE_URL: records.base });
  const draft = { title: 'Reply brief', body: 'b', status: 'draft' };
  const { json } = await call(records, 'POST', '/api/drafts', draft);
  const request = { draft_id: json['id'], format: 'docx', pages: 1 };
  const headers = { 'x-request-id': 'across-1' };
  const created = await call(exports, 'POST', '/api/exports', request, headers);
  assert.deepEqual([created.status, created.json['title']], [201, 'Reply brief']);
  assert.equal(created.headers.get('x-factsway-crossed'), 'export@1.0.0, records@1.0.0');
  await eventually('the id in the other log', () => records.output().includes('"across-1"'));
});
