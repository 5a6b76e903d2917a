import { addBreadcrumb, captureException, captureMessage, setExtra, setUser } from '@sentry/node';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contextFromHeaders, runInContext } from '../request-context.ts';
import { isSampled } from './sampling.ts';
import { isDsn, startErrorReporting, type ErrorReporter } from './sentry.ts';
import { status, TestIngest } from './test-ingest.ts';

const CANARY = 'Canary Client 7f3a91';
let ingest: TestIngest;
let directory: string;
let told: string[];
const reporters: ErrorReporter[] = [];

beforeEach(async () => {
  ingest = await TestIngest.start();
  directory = await mkdtemp(join(tmpdir(), 'factsway-reports-'));
  told = [];
});

afterEach(async () => {
  for (const reporter of reporters.splice(0)) await reporter.close(0);
  await ingest.stop();
  await rm(directory, { recursive: true, force: true });
});

function reporter(env: Record<string, string> = {}): ErrorReporter {
  const made = startErrorReporting({
    service: 'records-service',
    version: '1.1.0',
    env: {
      SENTRY_DSN: ingest.dsn,
      SENTRY_QUEUE_DIR: directory,
      DEPLOYMENT_ENV: 'enterprise',
      ...env,
    },
    tell: (level, message, fields) => told.push(`${level} ${message} ${JSON.stringify(fields)}`),
  });
  reporters.push(made);
  return made;
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('not in time');
}

const waiting = async () => (await readdir(directory)).length;

const CONTEXT = contextFromHeaders({
  'x-request-id': 'r-1',
  traceparent: `00-${'0a'.repeat(16)}-${'b'.repeat(16)}-01`,
  'x-client-id': 'desk-1',
  cookie: CANARY,
});
CONTEXT.route = { method: 'GET', endpoint: '/api/drafts/:id' };

/** As a careless program throws it. */
function careless(): Error {
  const cause = Object.assign(new Error(`invalid input: "${CANARY}"`), {
    code: '22P02',
    detail: CANARY,
  });
  return Object.assign(new TypeError(`no draft for ${CANARY}`, { cause }), { body: CANARY });
}

describe('an error', () => {
  it('arrives with places, release, service and request, and without a word of what was asked', async () => {
    const reports = reporter();
    runInContext(CONTEXT, () => {
      reports.report(careless(), 'error');
    });
    await until(() => ingest.bodies.length === 1);

    const [{ type, payload } = { type: '', payload: {} }] = ingest.items();
    expect(type).toBe('event');
    expect(payload).toMatchObject({
      level: 'error',
      platform: 'node',
      environment: 'enterprise',
      release: 'records-service@1.1.0',
      transaction: 'GET /api/drafts/:id',
      tags: {
        service: 'records-service',
        request_id: 'r-1',
        code: '22P02',
        method: 'GET',
        endpoint: '/api/drafts/:id',
      },
      contexts: { trace: { trace_id: '0a'.repeat(16) } },
      exception: {
        values: [
          { type: 'Error', value: 'SQLSTATE 22P02' },
          {
            type: 'TypeError',
            value: '[withheld]',
            stacktrace: {
              frames: expect.arrayContaining([
                expect.objectContaining({ function: 'careless' }),
              ]) as unknown,
            },
          },
        ],
      },
    });
    expect(ingest.requests[0]).toMatch(/^\/api\/42\/envelope\/.*0123abcd/);
    expect(ingest.bodies[0]).not.toContain(CANARY);
    expect(ingest.bodies[0]).not.toContain('desk-1');
    await until(async () => (await waiting()) === 0);
    expect(reports.counts()).toEqual({
      delivered: 1,
      refused: 0,
      dropped: 0,
      waiting: 0,
    });
  });

  it('that is said to the SDK itself arrives as bare', async () => {
    const reports = reporter();
    reports.report(new Error('starts the SDK'), 'error');
    await until(() => ingest.bodies.length === 1);
    setUser({ username: CANARY, email: CANARY });
    setExtra('draft', { body: CANARY });
    addBreadcrumb({ message: CANARY });
    captureException(careless(), { tags: { client: CANARY }, contexts: { draft: { a: CANARY } } });
    captureMessage(`saved ${CANARY}`);
    await until(() => ingest.bodies.length === 3);
    expect(ingest.bodies.join('')).not.toContain(CANARY);
    expect(ingest.items().map(({ type }) => type)).toEqual(['event', 'event', 'event']);
  });

  it('comes a few times a minute, however often it is thrown', async () => {
    const reports = reporter();
    for (let time = 0; time < 1000; time++) reports.report(careless(), 'error');
    await until(() => ingest.bodies.length === 5);
    reports.report(new RangeError('of another kind'), 'error');
    await until(() => ingest.bodies.length === 6);
    expect(reports.counts().dropped).toBe(995);
  });

  it('that is no error is reported as one', async () => {
    reporter().report(CANARY, 'error');
    await until(() => ingest.bodies.length === 1);
    expect(ingest.bodies[0]).not.toContain(CANARY);
  });
});

describe('reports that cannot be delivered', () => {
  it('wait on disk, and are brought by the next process', async () => {
    ingest.answer = (response) => response.destroy();
    const first = reporter();
    first.report(careless(), 'error');
    await until(async () => ingest.bodies.length > 0 && (await waiting()) === 1);
    await first.close(0);
    expect(told.join()).toMatch(/^warn error reports are not delivered/);
    ingest.answer = status(200);
    ingest.bodies.length = 0;
    reporter();
    await until(() => ingest.bodies.length === 1);
    expect(ingest.items()[0]?.payload).toMatchObject({ release: 'records-service@1.1.0' });
    await until(async () => (await waiting()) === 0);
  });

  it('are tried again when the other end is broken', async () => {
    ingest.answer = status(500);
    const reports = reporter();
    reports.report(careless(), 'error');
    await until(() => ingest.bodies.length === 1);
    ingest.answer = status(200);
    await until(() => ingest.bodies.length === 2);
    await until(() => reports.counts().delivered === 1);
    expect(told.map((line) => line.split(' ', 1)[0])).toEqual(['warn', 'info']);
  });

  it('wait as long as the other end asks, each kind for itself', async () => {
    ingest.answer = status(429, { 'x-sentry-rate-limits': '60:error:key' });
    const reports = reporter({ SENTRY_TRACES_SAMPLE_RATE: '1' });
    reports.report(careless(), 'error');
    await until(() => ingest.bodies.length === 1);
    ingest.answer = status(200);
    reports.report(new RangeError('x'), 'error');
    reports.finished({
      context: CONTEXT,
      method: 'GET',
      endpoint: '/api/drafts/:id',
      status: 200,
      seconds: 0.1,
    });
    await until(() => reports.counts().delivered === 1);
    expect(ingest.items().map(({ type }) => type)).toEqual(['event', 'transaction']);
    expect(await waiting()).toBe(2);
  });

  it.each([400, 413])(
    'are given up when they are refused with %i, and the next one goes',
    async (code) => {
      ingest.answer = status(code);
      const reports = reporter();
      reports.report(careless(), 'error');
      await until(() => reports.counts().refused === 1);
      ingest.answer = status(200);
      reports.report(new RangeError('x'), 'error');
      await until(() => reports.counts().delivered === 1);
      expect(await waiting()).toBe(0);
    },
  );

  it('hold nobody up when the other end says nothing', async () => {
    ingest.answer = () => undefined;
    const reports = reporter();
    const begin = performance.now();
    reports.report(careless(), 'error');
    expect(performance.now() - begin).toBeLessThan(50);
    await until(() => ingest.bodies.length === 1);
    await reports.close(50);
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(await waiting()).toBe(1);
  });

  it('are kept when the process ends at once', async () => {
    ingest.answer = (response) => response.destroy();
    const reports = reporter();
    reports.report(careless(), 'fatal');
    await reports.save();
    expect(await waiting()).toBeGreaterThan(0);
  });

  it('are forgotten where the disk cannot be written, and that is said once', async () => {
    const file = join(directory, 'a file');
    await writeFile(file, '');
    const reports = reporter({ SENTRY_QUEUE_DIR: file });
    reports.report(careless(), 'error');
    reports.report(careless(), 'error');
    await until(() => reports.counts().dropped === 2);
    expect(told.filter((line) => line.includes('could not be written'))).toHaveLength(1);
  });
});

describe('a transaction', () => {
  it('is made of one request in ten, the same ones in every service', () => {
    expect(isSampled(`19999999${'f'.repeat(24)}`, 0.1)).toBe(true);
    expect(isSampled(`1999999a${'0'.repeat(24)}`, 0.1)).toBe(false);
    expect(isSampled('f'.repeat(32), 1)).toBe(true);
    expect(isSampled('0'.repeat(32), 0)).toBe(false);
  });

  it('says the route, how long it took and how it ended', async () => {
    reporter().finished({
      context: CONTEXT,
      method: 'PUT',
      endpoint: '/api/drafts/:id',
      status: 503,
      seconds: 1.5,
    });
    await until(() => ingest.bodies.length === 1);
    const [{ type, payload } = { type: '', payload: {} }] = ingest.items();
    expect(type).toBe('transaction');
    const { start_timestamp: begin, timestamp: end } = payload as Record<string, number>;
    expect(Math.round(((end ?? 0) - (begin ?? 0)) * 10)).toBe(15);
    expect(payload).toMatchObject({
      transaction: 'PUT /api/drafts/:id',
      tags: { service: 'records-service', request_id: 'r-1', status: '503' },
      contexts: {
        trace: {
          trace_id: '0a'.repeat(16),
          parent_span_id: 'b'.repeat(16),
          op: 'http.server',
          status: 'internal_error',
        },
      },
    });
  });
});

describe('a DSN', () => {
  it.each([
    'nonsense',
    'https://sentry.example.com/42',
    'https://0123abcd@sentry.example.com/',
    'https://0123abcd@sentry.example.com/project',
    'ftp://0123abcd@sentry.example.com/42',
    `https://0123 ${'x'.repeat(5)}@/42`,
  ])('that is none reports nothing, says so, and is not repeated: %s', async (dsn) => {
    const reports = reporter({ SENTRY_DSN: dsn });
    reports.report(careless(), 'error');
    await reports.save();
    expect(told).toEqual([
      'warn SENTRY_DSN is no address of a project; errors are not reported {}',
    ]);
    expect(await waiting()).toBe(0);
  });

  it('may have a path before the project', () => {
    expect(isDsn('https://0123abcd@glitchtip.example.com/errors/7')).toBe(true);
  });

  it('that is not there is no matter', () => {
    reporter({ SENTRY_DSN: '' }).report(careless(), 'error');
    expect(told).toEqual([]);
  });
});
