import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import {
  HOST,
  OUT,
  PORT,
  prepareReleases,
  scratchDatabase,
  startMigrations,
  WORK,
  type Passwords,
  type Running,
  type ScratchDatabase,
} from '../integration-support.ts';
import type { MigrateResult } from './src/result.ts';

export const V1 = [
  '0001_schema_and_roles',
  '0002_records',
  '0003_documents',
  '0004_idempotency_keys',
];
export const V11 = ['0005_case_matter_number', '0006_fact_confidence', '0007_audit'];
export const HEAD_1 = V1.at(-1) ?? '';

export let passwords: Passwords;
let undo: () => Promise<void>;
export let database: ScratchDatabase;

export interface Outcome {
  readonly code: number | null;
  readonly result: MigrateResult;
  readonly text: string;
}

export function start(release: string, args: readonly string[], env: Record<string, string> = {}) {
  const at = { database: database.name, passwordFile: passwords.ownerFile };
  return startMigrations(release, args, at, env);
}

export async function outcome(running: Running): Promise<Outcome> {
  const { code, stdout, stderr } = await running.finished;
  // A line of the log may come behind it: whoever reads it looks for its name.
  const told = stdout.split('\n').findLast((line) => line.includes('"migrate.result"')) ?? '{}';
  return { code, result: JSON.parse(told) as MigrateResult, text: stdout + stderr };
}

export function migrate(
  release: string,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  return outcome(start(release, args, env));
}

export async function up(release: string): Promise<void> {
  const { code, text } = await migrate(release, ['up']);
  assert.equal(code, 0, text);
}

/** A copy of a release's migrations with more files in it. */
export function directoryWith(
  release: string,
  files: Record<string, string>,
): Record<string, string> {
  const directory = mkdtempSync(join(WORK, 'sql-'));
  cpSync(join(OUT, release, 'migrations/sql'), directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return { MIGRATIONS_DIR: directory };
}

export function sql(up: string, down = 'SELECT 1;', header = 'release=1.1.0 kind=expand'): string {
  return `-- factsway: ${header}\n-- Up Migration\n${up}\n-- Down Migration\n${down}\n`;
}

/** The whole schema as text, roles and grants included. */
export function dump(): string {
  const text = execFileSync(
    process.env['PG_DUMP'] ?? 'pg_dump',
    [
      '--schema-only',
      `--host=${HOST}`,
      `--port=${PORT}`,
      '--username=factsway_owner',
      database.name,
    ],
    { env: { ...process.env, PGPASSWORD: passwords.owner } },
  ).toString();
  // pg_dump puts a random word into these two lines.
  return text.replace(/^\\(un)?restrict .*$/gm, '');
}

export async function query(text: string, user = 'factsway_owner') {
  const password = user === 'factsway_app' ? passwords.app : passwords.owner;
  const client = new pg.Client({ host: HOST, port: PORT, database: database.name, user, password });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Builds both releases, and gives every test a database of its own. */
export function useScratchDatabases(): void {
  beforeAll(async () => {
    ({ passwords, undo } = await prepareReleases());
  });
  beforeEach(async () => {
    database = await scratchDatabase();
  });
  afterEach(() => database.drop());
  afterAll(() => undo());
}
