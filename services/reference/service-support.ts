/**
 * What the integration tests of the services share: a migrated database, and the bundled services
 * as processes, as their containers run them. integration-support.ts says what the environment must
 * hold.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import {
  asAdmin,
  eventually,
  freePort,
  HOST,
  OUT,
  PORT,
  prepareReleases,
  run,
  scratchDatabase,
  startMigrations,
  type Passwords,
  type Running,
  type ScratchDatabase,
} from '../integration-support.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

export let passwords: Passwords;
export let database: ScratchDatabase;
let undo: () => Promise<void>;
const started: Running[] = [];

export interface Service extends Running {
  readonly base: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

/** Gives the tests of a file one database, migrated to `release` when one is given. */
export function useServices(release?: string): void {
  beforeAll(async () => {
    ({ passwords, undo } = await prepareReleases());
    database = await scratchDatabase();
    if (release !== undefined) await migrateTo(release);
  });
  afterEach(async () => {
    for (const running of started.splice(0)) {
      running.child.kill('SIGKILL');
      await running.finished;
    }
  });
  afterAll(async () => {
    await database.drop();
    await undo();
  });
}

export async function migrateTo(release: string): Promise<void> {
  const at = { database: database.name, passwordFile: passwords.ownerFile };
  const { code, stdout } = await startMigrations(release, ['up'], at).finished;
  assert.equal(code, 0, stdout);
}

/** Starts a service and waits until it is alive; it ends with the test. */
export async function start(
  name: string,
  release = '1.0.0',
  env: Record<string, string> = {},
): Promise<Service> {
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
    ...env,
  });
  started.push(running);
  const service: Service = { ...running, base: `http://127.0.0.1:${port}` };
  await eventually(`${name} answers`, () => probe(service, '/health/live', 200));
  return service;
}

/** Does the path answer with this status? */
export async function probe(service: Service, path: string, status: number): Promise<boolean> {
  try {
    const response = await fetch(service.base + path);
    await response.text();
    return response.status === status;
  } catch {
    return false;
  }
}

export const ready = (service: Service): Promise<void> =>
  eventually('ready', () => probe(service, '/health/ready', 200), 15);

export async function metrics(service: Service): Promise<string> {
  const answer = await fetch(`${service.base}/metrics`);
  assert.equal(answer.status, 200);
  return await answer.text();
}

export async function call(
  service: Service,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(service.base + path, {
    method,
    headers: { ...(body === undefined ? {} : JSON_TYPE), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, json };
}

export async function rowsOf(table: string): Promise<number> {
  return asAdmin(async (client) => {
    const { rowCount } = await client.query(`SELECT 1 FROM factsway.${table}`);
    return rowCount ?? 0;
  }, database.name);
}
