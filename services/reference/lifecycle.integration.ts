/** How a service starts and how it leaves. integration-support.ts says what the environment must hold. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { asAdmin, eventually, OUT, run } from '../integration-support.ts';
import {
  call,
  database,
  metrics,
  probe,
  ready,
  start,
  useServices,
  type Service,
} from './service-support.ts';

useServices('1.0.0');

describe('starting', () => {
  it('with a wrong environment prints one line that names the variable, and exits 78', async () => {
    const program = join(OUT, '1.0.0', 'service/service.mjs');
    for (const [variable, value] of [
      ['POSTGRES_HOST', ''],
      ['APP_VERSION', '1.1.0'],
    ] as const) {
      const { code, stdout, stderr } = await run([program], {
        DEPLOYMENT_ENV: 'enterprise',
        SERVICE_NAME: 'facts',
        PORT: '1',
        POSTGRES_HOST: 'h',
        POSTGRES_DB: 'd',
        POSTGRES_USER: 'u',
        POSTGRES_PASSWORD: 'p',
        [variable]: value,
      }).finished;
      assert.deepEqual([code, stderr, stdout.trimEnd().split('\n').length], [78, '', 1]);
      assert.match(stdout, new RegExp(`"context":{"variable":"${variable}"}`));
    }
  });

  it('slowly answers alive, not ready and 503 metrics, and the health check program agrees', async () => {
    const service = await start('facts', '1.0.0', {
      REFERENCE_FAULTS: 'on',
      FAULT_START_DELAY_MS: '1500',
    });
    const check = (...args: string[]) =>
      run([join(OUT, '1.0.0', 'service/healthcheck.mjs'), ...args], {
        PORT: new URL(service.base).port,
      }).finished;
    assert.ok(await probe(service, '/metrics', 503));
    assert.equal((await check()).code, 1);
    assert.equal((await check('/health/live')).code, 0);
    await ready(service);
    const { code, stdout } = await check('--print');
    assert.equal(code, 0);
    const printed = JSON.parse(stdout) as Record<string, string>;
    assert.deepEqual(Object.keys(printed), ['status', 'contentType', 'body']);
    assert.match(printed['body'] ?? '', /"version":"1.0.0"/);
  });
});

describe('leaving', () => {
  it('lets a document finish that is being written, then exits 0', async () => {
    const service = await start('export');
    const request = { title: 'Long', format: 'docx', pages: 150 };
    const { json } = await call(service, 'POST', '/api/exports', request);
    const document = fetch(`${service.base}/api/exports/${String(json['id'])}/document`);
    await eventually('it is written', async () =>
      /^factsway_http_requests_in_flight 2/m.test(await metrics(service)),
    );
    service.child.kill('SIGTERM');
    await eventually('not ready', () => probe(service, '/health/ready', 503));
    const bytes = Buffer.from(await (await document).arrayBuffer());
    assert.ok(bytes.includes('Page 150 of 150'));
    assert.equal((await service.finished).code, 0);
  });

  it('lets a write finish that waits for the database, and says Connection: close', async () => {
    const service = await start('facts');
    const fact = { statement: 's', source: 'before', disputed: false };
    const { json } = await call(service, 'POST', '/api/facts', fact);
    const one = `/api/facts/${String(json['id'])}`;
    const answer = await asAdmin(async (holder) => {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM factsway.facts WHERE id = $1 FOR UPDATE', [json['id']]);
      const writing = call(service, 'PUT', one, { ...fact, source: 'after' });
      await eventually('it waits', async () =>
        /^factsway_http_requests_in_flight 2/m.test(await metrics(service)),
      );
      service.child.kill('SIGTERM');
      // Longer than the drain window: the server has stopped listening by now.
      await eventually('nobody listens', async () => !(await listens(service)));
      await holder.query('COMMIT');
      return await writing;
    }, database.name);
    assert.deepEqual([answer.status, answer.json['source']], [200, 'after']);
    assert.equal(answer.headers.get('connection'), 'close');
    assert.equal((await service.finished).code, 0);
  });

  it('cuts off at the deadline what does not finish, and exits 1', async () => {
    const service = await start('export', '1.0.0', {
      DRAIN_SECONDS: '0.2',
      SHUTDOWN_DEADLINE_SECONDS: '1',
    });
    const request = { title: 'Endless', format: 'docx', pages: 10_000 };
    const { json } = await call(service, 'POST', '/api/exports', request);
    const path = `/api/exports/${String(json['id'])}/document`;
    const response = await fetch(service.base + path);
    service.child.kill('SIGTERM');
    await assert.rejects(response.arrayBuffer());
    assert.equal((await service.finished).code, 1);
  });

  it('waits for nobody who connected and never asked', async () => {
    const service = await start('facts');
    const silent = connect(Number(new URL(service.base).port), '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    const begin = performance.now();
    service.child.kill('SIGTERM');
    assert.equal((await service.finished).code, 0);
    assert.ok(performance.now() - begin < 3000);
  });
});

async function listens(service: Service): Promise<boolean> {
  try {
    await fetch(`${service.base}/health/live`);
    return true;
  } catch {
    return false;
  }
}
