import { basename } from 'node:path';
import { runner, type MigrationBuilder } from 'node-pg-migrate';
import type { Client } from 'pg';
import type { Logger } from '../../shared-utils/src/logger.ts';
import type { MigrateConfig } from './config.ts';
import { LEDGER_SCHEMA, LEDGER_TABLE } from './ledger.ts';
import type { MigrationFile } from './migration-file.ts';
import type { Failure } from './result.ts';
import { codeOf, recover, sleep } from './session.ts';

/** How often a migration is tried again when it could not get a table lock in time. */
const LOCK_ATTEMPTS = 5;
const LOCK_NOT_AVAILABLE = '55P03';

/** What one step needs; the same for every migration of a run. */
export interface ApplyContext {
  readonly client: Client;
  readonly config: MigrateConfig;
  readonly logger: Logger;
  /** Every migration of the image: node-pg-migrate reads the whole directory each time. */
  readonly files: readonly MigrationFile[];
}

/**
 * Runs one part of one migration through node-pg-migrate, in one transaction together with its
 * ledger row. While the old release serves, every request behind our table lock waits, so the lock
 * is given up after `lockTimeoutMs` and the migration is tried again.
 *
 * @throws the database's error; nothing of the migration is left behind
 */
export async function applyMigration(
  context: ApplyContext,
  file: MigrationFile,
  direction: 'up' | 'down',
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runOne(context, file, direction);
      context.logger.info({ migration: file.name, direction }, 'migrated');
      return;
    } catch (error) {
      // node-pg-migrate leaves the failed transaction open on a client that is not its own.
      await recover(context.client);
      if (codeOf(error) !== LOCK_NOT_AVAILABLE || attempt === LOCK_ATTEMPTS) throw error;
      context.logger.warn({ migration: file.name, attempt }, 'no table lock, trying again');
      await sleep(attempt * 250);
    }
  }
}

async function runOne(
  { client, config, logger, files }: ApplyContext,
  file: MigrationFile,
  direction: 'up' | 'down',
): Promise<void> {
  const byName = new Map(files.map((known) => [`${known.name}.sql`, known]));
  const quiet = (message: string) => {
    logger.debug(message);
  };
  const done = await runner({
    dbClient: client,
    dir: config.directory,
    ignorePattern: '(?!.*\\.sql$).*',
    direction,
    file: file.name,
    count: 1,
    migrationsSchema: LEDGER_SCHEMA,
    migrationsTable: LEDGER_TABLE,
    singleTransaction: false,
    // Order and lock are ours: the lock spans the whole run, taking back included.
    checkOrder: false,
    noLock: true,
    logger: { info: quiet, warn: quiet, error: quiet },
    migrationLoaderStrategies: [
      {
        extensions: ['.sql'],
        loader: (paths) =>
          Promise.resolve(
            paths.map((path) => ({
              id: path,
              filePaths: [path],
              actions: actionsOf(byName.get(basename(path)), config),
            })),
          ),
      },
    ],
  });
  if (done.length !== 1) throw new Error(`${file.name} was not run`);
}

function actionsOf(file: MigrationFile | undefined, config: MigrateConfig) {
  if (file === undefined) return { up: false, down: false } as const;
  const { up, down } = file;
  return {
    up: (builder: MigrationBuilder) => {
      builder.sql(settings(file, config));
      builder.sql(up);
    },
    down:
      down === undefined
        ? (false as const)
        : (builder: MigrationBuilder) => {
            builder.sql(settings(file, config));
            builder.sql(down);
          },
  };
}

/** Limits of the transaction, and the values the ledger's column defaults read. */
function settings(file: MigrationFile, config: MigrateConfig): string {
  const local: Record<string, string> = {
    lock_timeout: `${config.lockTimeoutMs}ms`,
    statement_timeout: `${config.statementTimeoutMs}ms`,
    'factsway_migrate.sha256': file.sha256,
    'factsway_migrate.release': file.release,
    'factsway_migrate.kind': file.kind,
    'factsway_migrate.applied_by': config.version,
  };
  return Object.entries(local)
    .map(([name, value]) => `SET LOCAL ${name} = '${value.replaceAll("'", "''")}';`)
    .join('\n');
}

/** What a failed migration says in the result line. */
export function describeFailure(file: MigrationFile, error: unknown, part: string): Failure {
  const fields = (error ?? {}) as Record<string, unknown>;
  const code = codeOf(error);
  const position = Number(fields['position'] ?? 0);
  const place = position > 0 ? `at line ${lineOf(part, position)}: ` : '';
  // Postgres quotes row values in `detail` of integrity and data errors; those stay in Postgres.
  const quotesData = /^2[23]/.test(code);
  const parts = [
    ...(quotesData ? [] : [fields['detail'], fields['hint']]),
    named('table', fields['table']),
    named('column', fields['column']),
    named('constraint', fields['constraint']),
  ].filter((text): text is string => typeof text === 'string');
  return {
    migration: file.name,
    reason: `${place}${error instanceof Error ? error.message : 'unknown error'}`,
    sqlState: /^[\dA-Z]{5}$/.test(code) ? code : null,
    detail: parts.length === 0 ? null : parts.join('; '),
  };
}

function named(what: string, value: unknown): string | undefined {
  return typeof value === 'string' ? `${what} ${value}` : undefined;
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}
