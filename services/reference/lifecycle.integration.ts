/** How a service starts and how it leaves. integration-support.ts says what the environment must hold. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { eventually, OUT, run } from '../integration-support.ts';
import { call, metrics, probe, ready, start, useServices } from './service-support.ts';

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
});
