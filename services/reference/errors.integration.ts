/** Errors on their way to Sentry, from the bundled services. integration-support.ts says what the environment must hold. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { eventually, WORK } from '../integration-support.ts';
import { status, TestIngest } from '../shared-utils/src/monitoring/test-ingest.ts';
import { call, metrics, ready, start, useServices, type Service } from './service-support.ts';
import { SERVICES } from './src/services/index.ts';

useServices('1.1.0');

const CANARY = 'Canary-Client-7f3a91';
let ingest: TestIngest;
let directory: string;
let directories = 0;

beforeEach(async () => {
  ingest = await TestIngest.start();
  directories += 1;
  directory = join(WORK, `reports-${directories}`);
});
afterEach(() => ingest.stop());

const reporting = (name: string, env: Record<string, string> = {}): Promise<Service> =>
  start(name, '1.1.0', {
    REFERENCE_FAULTS: 'on',
    SENTRY_DSN: ingest.dsn,
    SENTRY_QUEUE_DIR: directory,
    LOG_LEVEL: 'debug',
    ...env,
  });

/** A request with the canary wherever a client can put something. */
const askWithCanary = (service: Service, path: string, id = 'r-1') =>
  call(service, 'POST', `${path}?client=${CANARY}`, everywhere(), {
    'x-request-id': id,
    cookie: `client=${CANARY}`,
    authorization: `Bearer ${CANARY}`,
    referer: `https://firm.example.com/${CANARY}`,
    'user-agent': CANARY,
    'x-forwarded-for': CANARY,
    [CANARY]: CANARY,
  });

const everywhere = () => ({ title: CANARY, [CANARY]: [CANARY, { deep: { deeper: CANARY } }] });

const items = () => ingest.items().filter(({ type }) => type === 'event');

/** Nowhere: in no log, no metric, no report on its way or on disk. */
async function assertNowhere(service: Service): Promise<void> {
  assert.ok(service.output().length > 0);
  assert.ok(!service.output().includes(CANARY), service.output());
  assert.ok(!(await metrics(service)).includes(CANARY));
  assert.ok(!ingest.bodies.join('').includes(CANARY), ingest.bodies.join('\n'));
  assert.ok(!ingest.requests.join('').includes(CANARY));
}

describe('an error thrown in', () => {
  for (const { name, resources } of SERVICES) {
    it(`${name}-service arrives with places, release, service and request, and without what was asked`, async () => {
      const service = await reporting(name);
      await ready(service);
      const path = `/api/${resources[0]?.path ?? ''}`;
      await call(service, 'PUT', '/__faults', { throw_error: true });
      const answer = await askWithCanary(service, path);
      assert.equal(answer.status, 500);
      assert.ok(!JSON.stringify(answer.json).includes(CANARY));
      await call(service, 'GET', `${path}/${CANARY}`);
      await eventually('the report', () => items().length >= 2);

      const { payload } = items()[0] ?? {};
      const { exception, ...event } = payload as unknown as Record<string, unknown> & {
        exception: { values: { type: string; stacktrace: { frames: unknown[] } }[] };
      };
      assert.equal(event['release'], `${name}-service@1.1.0`);
      assert.equal(event['environment'], 'enterprise');
      assert.equal(event['transaction'], `POST ${path}`);
      assert.deepEqual(event['tags'], {
        service: `${name}-service`,
        request_id: 'r-1',
        code: '23514',
        method: 'POST',
        endpoint: path,
      });
      const [cause, thrown] = exception.values;
      assert.deepEqual([cause?.type, thrown?.type], ['Error', 'Error']);
      assert.ok((thrown?.stacktrace.frames.length ?? 0) > 2);
      assert.match(JSON.stringify(thrown?.stacktrace), /quoting/);
      await eventually('the count of it', async () =>
        /factsway_error_reports_total\{outcome="delivered"[^}]*\} [1-9]/.test(
          await metrics(service),
        ),
      );
      await assertNowhere(service);
    });
  }
});

describe('the words of a client', () => {
  it('are in no log and no report when the database refuses them', async () => {
    const service = await reporting('records');
    await ready(service);
    for (const body of [
      { ...everywhere(), case_number: CANARY, court: CANARY, status: 'open' },
      { case_number: CANARY, title: CANARY, court: CANARY, status: 'open' },
      { case_number: CANARY, title: CANARY, court: CANARY, status: 'open' },
      { case_number: `${CANARY}-2`, title: CANARY, court: CANARY, status: CANARY },
    ]) {
      await call(service, 'POST', '/api/cases', body);
    }
    await call(service, 'POST', '/api/drafts', { title: CANARY, body: CANARY, case_id: CANARY });
    await call(service, 'GET', `/api/cases/${CANARY}?x=${CANARY}`);
    await call(service, 'GET', `/api/cases?cursor=${CANARY}&status=${CANARY}`);
    await call(service, 'DELETE', `/${CANARY}/${CANARY}`);
    await fetch(`${service.base}/api/cases`, { method: 'POST', body: `{"${CANARY}` });
    await assertNowhere(service);
  });
});

describe('a service whose errors nobody takes', () => {
  it('keeps them on disk, and the next one brings them', async () => {
    ingest.answer = (response) => response.destroy();
    const first = await reporting('records');
    await ready(first);
    await call(first, 'PUT', '/__faults', { throw_error: true });
    await askWithCanary(first, '/api/cases');
    await eventually('the attempt', () => ingest.bodies.length > 0);
    first.child.kill('SIGTERM');
    assert.equal((await first.finished).code, 0);
    assert.equal(readdirSync(directory).length, 1);

    ingest.answer = status(200);
    ingest.bodies.length = 0;
    await reporting('records');
    await eventually('the report', () => items().length === 1);
    await eventually('an empty queue', () => readdirSync(directory).length === 0);
  });

  it('serves as ever, whatever the other end answers or does not', async () => {
    const service = await reporting('records');
    await ready(service);
    await call(service, 'PUT', '/__faults', { throw_error: true });
    for (const answer of [
      status(429, { 'retry-after': '1' }),
      status(413),
      status(500),
      status(400),
      () => undefined,
    ]) {
      ingest.answer = answer;
      for (let time = 0; time < 20; time++) {
        assert.equal((await askWithCanary(service, '/api/cases')).status, 500);
      }
    }
    await call(service, 'PUT', '/__faults', { throw_error: false });
    assert.equal((await call(service, 'GET', '/api/cases')).status, 200);
    await assertNowhere(service);
  });

  it('starts and serves with a DSN that is none, and does not repeat it', async () => {
    const service = await reporting('records', { SENTRY_DSN: 'https://key:hidden-half@/none' });
    await ready(service);
    assert.equal((await call(service, 'GET', '/api/cases')).status, 200);
    assert.match(service.output(), /SENTRY_DSN is no address of a project/);
    assert.doesNotMatch(service.output(), /hidden-half/);
  });
});

it('an error nobody caught ends the service, says so in our words, and is reported', async () => {
  ingest.answer = () => undefined;
  const service = await reporting('records');
  await ready(service);
  await call(service, 'PUT', '/__faults', { throw_uncaught: true });
  await askWithCanary(service, '/api/cases').catch(() => undefined);
  const { code, stdout, stderr } = await service.finished;
  assert.equal(code, 1);
  assert.match(stdout, /"message":"an error nobody caught"/);
  assert.match(stdout, /quoting/);
  assert.ok(!stdout.includes(CANARY) && !stderr.includes(CANARY), stdout + stderr);

  ingest.answer = status(200);
  ingest.bodies.length = 0;
  await reporting('records');
  await eventually('the report', () => items().some(({ payload }) => payload['level'] === 'fatal'));
  assert.ok(!ingest.bodies.join('').includes(CANARY));
});
