/** Two releases over one schema. integration-support.ts says what the environment must hold. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'vitest';
import { call, migrateTo, probe, ready, start, useServices } from './service-support.ts';

useServices();

it('a service that starts before its migrations is alive, and ready once they have run', async () => {
  const service = await start('records');
  assert.ok(await probe(service, '/health/ready', 503));
  const { json } = await call(service, 'GET', '/health');
  assert.match(JSON.stringify(json['checks']), /"schema":\{"status":"fail".*"not_migrated"/);
  await migrateTo('1.0.0');
  await ready(service);
});

it('1.0.0 is unharmed by the schema of 1.1.0, beside which it serves', async () => {
  const old = await start('records');
  const early = await start('facts', '1.1.0');
  assert.ok(await probe(early, '/health/ready', 503));
  await migrateTo('1.1.0');
  await ready(early);
  const modern = await start('records', '1.1.0');
  await ready(old);

  const body = { case_number: randomUUID(), title: 't', court: 'c', status: 'open' };
  const known = { ...body, case_number: randomUUID() };
  const full = { ...known, matter_number: 'M-1' };
  const created = await call(modern, 'POST', '/api/cases', full);
  assert.deepEqual([created.status, created.json['matter_number']], [201, 'M-1']);
  assert.equal((await call(old, 'POST', '/api/cases', full)).status, 400);
  assert.equal((await call(old, 'POST', '/api/cases', body)).status, 201);
  const seen = await call(old, 'GET', `/api/cases/${String(created.json['id'])}`);
  assert.deepEqual([seen.status, 'matter_number' in seen.json], [200, false]);
  // An update by the old release keeps what it does not know.
  const path = `/api/cases/${String(created.json['id'])}`;
  assert.equal((await call(old, 'PUT', path, known)).status, 200);
  assert.equal((await call(modern, 'GET', path)).json['matter_number'], 'M-1');

  const fact = { statement: 's', source: 'x', disputed: false, confidence: 0.75 };
  assert.equal((await call(early, 'POST', '/api/facts', fact)).json['confidence'], 0.75);
});
