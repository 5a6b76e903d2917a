import type { Client } from 'pg';
import type { LedgerRow } from './plan.ts';

export const LEDGER_SCHEMA = 'factsway_migrations';
export const LEDGER_TABLE = 'ledger';

/**
 * The ledger is node-pg-migrate's own table (id, name, run_on) with four columns more. Their
 * defaults read settings that only a running migration has, so that the row node-pg-migrate writes
 * in the migration's transaction is complete, and a row written by any other hand is refused.
 *
 * `unfinished_run` holds one row while `up` runs: a run that was killed leaves it behind, and the
 * next one knows from it what the database was like before.
 */
const CREATE_LEDGER = `
  CREATE SCHEMA ${LEDGER_SCHEMA};
  CREATE TABLE ${LEDGER_SCHEMA}.${LEDGER_TABLE} (
    id serial PRIMARY KEY,
    name varchar(255) NOT NULL UNIQUE,
    run_on timestamp NOT NULL,
    sha256 text NOT NULL DEFAULT current_setting('factsway_migrate.sha256'),
    release text NOT NULL DEFAULT current_setting('factsway_migrate.release'),
    kind text NOT NULL DEFAULT current_setting('factsway_migrate.kind'),
    applied_by text NOT NULL DEFAULT current_setting('factsway_migrate.applied_by')
  );
  CREATE TABLE ${LEDGER_SCHEMA}.unfinished_run (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    before_name text,
    version text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now()
  );
`;

const DROP_LEDGER = `
  DROP TABLE ${LEDGER_SCHEMA}.unfinished_run;
  DROP TABLE ${LEDGER_SCHEMA}.${LEDGER_TABLE};
  DROP SCHEMA ${LEDGER_SCHEMA};
`;

/** Does the ledger exist? `status` must not create it. */
export async function ledgerExists(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('${LEDGER_SCHEMA}.${LEDGER_TABLE}') IS NOT NULL AS exists`,
  );
  return rows[0]?.exists === true;
}

/** Creates the ledger in one transaction. Call it under the advisory lock. */
export async function createLedger(client: Client): Promise<void> {
  await client.query(`BEGIN; ${CREATE_LEDGER} COMMIT;`);
}

/** Removes an empty ledger, so that a first run that failed leaves nothing behind. */
export async function dropLedger(client: Client): Promise<void> {
  await client.query(`BEGIN; ${DROP_LEDGER} COMMIT;`);
}

/** The applied migrations, in the order of their names, which is the order they are applied in. */
export async function readLedger(client: Client): Promise<LedgerRow[]> {
  const { rows } = await client.query<LedgerRow>(
    `SELECT name, sha256, release, kind FROM ${LEDGER_SCHEMA}.${LEDGER_TABLE} ORDER BY name COLLATE "C"`,
  );
  return rows;
}

/**
 * Notes that `up` is under way from `before`.
 *
 * @returns where the database stood when the work began: `before`, or what a killed run had noted
 */
export async function beginRun(
  client: Client,
  before: string | null,
  version: string,
): Promise<string | null> {
  const { rows } = await client.query<{ before_name: string | null }>(
    `INSERT INTO ${LEDGER_SCHEMA}.unfinished_run (before_name, version) VALUES ($1, $2)
     ON CONFLICT (only_row) DO UPDATE SET version = excluded.version
     RETURNING before_name`,
    [before, version],
  );
  return rows[0]?.before_name ?? null;
}

/** Notes that nothing is under way any more. */
export async function endRun(client: Client): Promise<void> {
  await client.query(`DELETE FROM ${LEDGER_SCHEMA}.unfinished_run`);
}
