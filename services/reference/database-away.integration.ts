/** What a service does while its database cannot serve it. integration-support.ts says what the environment must hold. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { asAdmin, cuttableProxy, eventually, writeSecret } from '../integration-support.ts';
import {
  call,
  database,
  metrics,
  passwords,
  probe,
  ready,
  start,
  useServices,
} from './service-support.ts';

useServices('1.0.0');

describe('when the database goes away', () => {
  it('a service answers 503, lives on, and recovers by itself', async () => {
    const proxy = await cuttableProxy();
    await proxy.cut();
    const service = await start('caselaw', '1.0.0', {
      POSTGRES_HOST: '127.0.0.1',
      POSTGRES_PORT: String(proxy.port),
    });
    assert.ok(await probe(service, '/health/ready', 503));
    assert.equal((await call(service, 'GET', '/api/caselaw')).status, 503);
    await proxy.mend();
    await ready(service);
    assert.equal((await call(service, 'GET', '/api/caselaw')).status, 200);
    await proxy.cut();
    await eventually('not ready', () => probe(service, '/health/ready', 503));
    assert.equal((await call(service, 'GET', '/api/caselaw')).status, 503);
    assert.match(await metrics(service), /^database_connection_errors_total [1-9]/m);
    await proxy.mend();
    await ready(service);
    await proxy.cut();
  });

  it('or its pool is exhausted, a service answers 503 and recovers', async () => {
    const service = await start('caselaw', '1.0.0', {
      REFERENCE_FAULTS: 'on',
      POSTGRES_POOL_MAX: '3',
    });
    await call(service, 'PUT', '/__faults', { hold_pool: 3 });
    const waiting = call(service, 'GET', '/api/caselaw');
    await eventually('a query waits', async () =>
      /^factsway_db_pool_waiting [1-9]/m.test(await metrics(service)),
    );
    const answer = await waiting;
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
    await call(service, 'PUT', '/__faults', { hold_pool: 0 });
    await ready(service);
    assert.equal((await call(service, 'GET', '/api/caselaw')).status, 200);
  });

  it('and comes back with another password, the file is read again', async () => {
    const file = writeSecret('rotating', 'wrong');
    const service = await start('facts', '1.0.0', { POSTGRES_PASSWORD_FILE: file });
    assert.ok(await probe(service, '/health/ready', 503));
    writeFileSync(file, `${passwords.app}\n`);
    await ready(service);
  });
});

describe('when the database is silent', () => {
  it('a service is not ready within 3 s, answers 503, and recovers over new connections', async () => {
    const proxy = await cuttableProxy();
    const service = await start('caselaw', '1.0.0', {
      POSTGRES_HOST: '127.0.0.1',
      POSTGRES_PORT: String(proxy.port),
      POSTGRES_STATEMENT_TIMEOUT_MS: '1000',
      POSTGRES_POOL_MAX: '2',
    });
    await ready(service);
    // Both connections of the pool are open and idle now.
    await Promise.all([1, 2].map(() => call(service, 'GET', '/api/caselaw')));
    proxy.silence();
    const asked = call(service, 'GET', '/api/caselaw');
    await eventually('not ready', () => probe(service, '/health/ready', 503), 3.5);
    const answer = await asked;
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
    await ready(service);
    assert.equal((await call(service, 'GET', '/api/caselaw')).status, 200);
    await proxy.cut();
  });
});

describe('when a statement takes too long', () => {
  it('the answer is 503 with Retry-After, nothing is changed, and the connection stays', async () => {
    const service = await start('facts', '1.0.0', {
      POSTGRES_STATEMENT_TIMEOUT_MS: '300',
      POSTGRES_POOL_MAX: '1',
    });
    await ready(service);
    const fact = { statement: 's', source: 'before', disputed: false };
    const { json } = await call(service, 'POST', '/api/facts', fact);
    const one = `/api/facts/${String(json['id'])}`;
    await asAdmin(async (holder) => {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM factsway.facts WHERE id = $1 FOR UPDATE', [json['id']]);
      const answer = await call(service, 'PUT', one, { ...fact, source: 'after' });
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
      assert.match(JSON.stringify(answer.json), /"code":"database_unavailable"/);
      assert.doesNotMatch(JSON.stringify(answer.json), /57014|canceling/);
      await holder.query('ROLLBACK');
    }, database.name);
    assert.equal((await call(service, 'GET', one)).json['source'], 'before');
    assert.match(await metrics(service), /^database_connection_errors_total 0$/m);
  });
});
