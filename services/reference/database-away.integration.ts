/** What a service does while its database cannot serve it. integration-support.ts says what the environment must hold. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { cuttableProxy, eventually, writeSecret } from '../integration-support.ts';
import { call, metrics, passwords, probe, ready, start, useServices } from './service-support.ts';

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
    assert.equal((await waiting).status, 503);
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
