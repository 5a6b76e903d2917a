/**
 * The bundled services against a real Postgres. integration-support.ts says what the environment
 * must hold.
 *
 *   POSTGRES_HOST=127.0.0.1 POSTGRES_PORT=5432 POSTGRES_ADMIN_PASSWORD=… \
 *     npx vitest run --config services/vitest.integration.config.ts services/reference
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { buildServices } from '../../scripts/build-services.ts';
import {
  asAdmin,
  cuttableProxy,
  eventually,
  freePort,
  HOST,
  PORT,
  prepareRoles,
  run,
  scratchDatabase,
  WORK,
  writeSecret,
  type Passwords,
  type Running,
} from '../integration-support.ts';
import { SAMPLES } from './samples.ts';

const OUT = join(WORK, 'build');
const JSON_TYPE = { 'content-type': 'application/json' };

let passwords: Passwords;
let dropRoles: () => Promise<void>;
let database: { name: string; drop: () => Promise<void> };
const started: Running[] = [];

interface Service extends Running {
  readonly base: string;
}

async function start(name: string, release: string, more: Record<string, string> = {}) {
  const port = await freePort();
  const running = run([join(OUT, release, 'service/service.mjs')], {
    DEPLOYMENT_ENV: 'enterprise',
    SERVICE_NAME: name,
    PORT: String(port),
    APP_VERSION: release,
    POSTGRES_HOST: HOST,
    POSTGRES_PORT: String(PORT),
    POSTGRES_DB: database.name,
    POSTGRES_USER: 'factsway_app',
    POSTGRES_PASSWORD_FILE: passwords.appFile,
    DRAIN_SECONDS: '0.5',
    EXPORT_MS_PER_PAGE: '10',
    ...more,
  });
  started.push(running);
  const service: Service = { ...running, base: `http://127.0.0.1:${port}` };
  await eventually(`${name} answers`, () => probe(service, '/health/live', 200));
  return service;
}

async function probe(service: Service, path: string, status: number): Promise<boolean> {
  try {
    const response = await fetch(service.base + path);
    await response.text();
    return response.status === status;
  } catch {
    return false;
  }
}

const ready = (service: Service) =>
  eventually('ready', () => probe(service, '/health/ready', 200), 15);

async function call(
  service: Service,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const response = await fetch(service.base + path, {
    method,
    headers: { ...(body === undefined ? {} : JSON_TYPE), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, json };
}

async function rowsOf(table: string): Promise<number> {
  return asAdmin(async (client) => {
    const { rowCount } = await client.query(`SELECT 1 FROM factsway.${table}`);
    return rowCount ?? 0;
  }, database.name);
}

async function migrateTo(release: string): Promise<void> {
  const { code, stdout } = await run([join(OUT, release, 'migrations/migrate.mjs'), 'up'], {
    MIGRATIONS_DIR: join(OUT, release, 'migrations/sql'),
    POSTGRES_HOST: HOST,
    POSTGRES_PORT: String(PORT),
    POSTGRES_DB: database.name,
    POSTGRES_USER: 'factsway_owner',
    POSTGRES_PASSWORD_FILE: passwords.ownerFile,
  }).finished;
  assert.equal(code, 0, stdout);
}

beforeAll(async () => {
  await buildServices('1.0.0', OUT);
  await buildServices('1.1.0', OUT);
  ({ passwords, drop: dropRoles } = await prepareRoles());
  database = await scratchDatabase();
});
afterEach(async () => {
  for (const running of started.splice(0)) {
    running.child.kill('SIGKILL');
    await running.finished;
  }
});
afterAll(async () => {
  await database.drop();
  await dropRoles();
  rmSync(WORK, { recursive: true });
});

it('a service that starts before its migrations is alive, and ready once they have run', async () => {
  const service = await start('records', '1.0.0');
  assert.ok(await probe(service, '/health/ready', 503));
  const { json } = await call(service, 'GET', '/health');
  assert.match(JSON.stringify(json['checks']), /"schema":\{"status":"fail".*"not_migrated"/);
  await migrateTo('1.0.0');
  await ready(service);
});

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
    const service = await start('facts', '1.0.0');
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
    const service = await start('facts', '1.0.0');
    const before = await rowsOf('facts');
    const body = { id: randomUUID(), statement: 's', source: 'x', disputed: true };
    const first = await call(service, 'POST', '/api/facts', body);
    const second = await call(service, 'POST', '/api/facts', body);
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.equal(await rowsOf('facts'), before + 1);
  });

  it('answers 409 for a value that must be unique, 400 for a reference to nothing, 409 in use', async () => {
    const service = await start('records', '1.0.0');
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
  const records = await start('records', '1.0.0');
  const exports = await start('export', '1.0.0', { RECORDS_SERVICE_URL: records.base });
  const draft = { title: 'Reply brief', body: 'b', status: 'draft' };
  const { json } = await call(records, 'POST', '/api/drafts', draft);
  const request = { draft_id: json['id'], format: 'docx', pages: 1 };
  const headers = { 'x-request-id': 'across-1' };
  const created = await call(exports, 'POST', '/api/exports', request, headers);
  assert.deepEqual([created.status, created.json['title']], [201, 'Reply brief']);
  await eventually('the id in the other log', () => records.output().includes('"across-1"'));
});

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
    const metrics = await (await fetch(`${service.base}/metrics`)).text();
    assert.match(metrics, /^database_connection_errors_total [1-9]/m);
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
    await eventually('a query waits', async () => {
      const text = await (await fetch(`${service.base}/metrics`)).text();
      return /^factsway_db_pool_waiting [1-9]/m.test(text);
    });
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

describe('releases', () => {
  it('1.0.0 is unharmed by the schema of 1.1.0, beside which it serves', async () => {
    const old = await start('records', '1.0.0');
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
});

describe('leaving', () => {
  it('lets a document finish that is being written, then exits 0', async () => {
    const service = await start('export', '1.0.0');
    const request = { title: 'Long', format: 'docx', pages: 150 };
    const { json } = await call(service, 'POST', '/api/exports', request);
    const document = fetch(`${service.base}/api/exports/${String(json['id'])}/document`);
    await eventually('it is written', async () => {
      const text = await (await fetch(`${service.base}/metrics`)).text();
      return /^factsway_http_requests_in_flight 2/m.test(text);
    });
    service.child.kill('SIGTERM');
    await eventually('not ready', () => probe(service, '/health/ready', 503));
    const bytes = Buffer.from(await (await document).arrayBuffer());
    assert.ok(bytes.includes('Page 150 of 150'));
    assert.equal((await service.finished).code, 0);
  });
});

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
