import type { Client } from 'pg';
import type { DatabaseRecord } from './history.ts';

const ATTEMPTS = 200;

interface Counted {
  readonly record: DatabaseRecord;
  readonly exact: boolean;
}

/**
 * Counts every table at one position of the log.
 *
 * Exact when nothing was written between two readings of the position around the count: then the
 * snapshot of the count is the state at that position, and a restore that stops there must show the same
 * figures. A busy database may never stand still; then the record says so.
 *
 * @param seconds no new attempt after so long: counting over and over costs the database something
 */
export async function takeRecord(client: Client, seconds: number): Promise<DatabaseRecord> {
  const end = Date.now() + seconds * 1000;
  let last: Counted | null = null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    last = await countOnce(client);
    if (last.exact || Date.now() > end) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (last === null) throw new Error('unreachable');
  return last.record;
}

async function countOnce(client: Client): Promise<Counted> {
  const lsn = await position(client);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const { rows } = await client.query<{ at: Date; open: string[] }>(
      `SELECT now() AS at, ARRAY(SELECT pg_snapshot_xip(pg_current_snapshot()))::text[] AS open`,
    );
    const facts = await readFacts(client);
    // Whoever was writing at the snapshot must still be: a commit may be in the log and not yet be seen.
    const { rows: ended } = await client.query<{ count: string }>(
      `SELECT count(*) FROM unnest($1::text[]) AS xid WHERE pg_xact_status(xid::xid8) <> 'in progress'`,
      [rows[0]?.open ?? []],
    );
    const exact = (await position(client)) === lsn && ended[0]?.count === '0';
    const at = (rows[0]?.at ?? new Date()).toISOString();
    return { record: { lsn, at, exact, ...facts }, exact };
  } finally {
    await client.query('COMMIT');
  }
}

async function position(client: Client): Promise<string> {
  const { rows } = await client.query<{ lsn: string }>(
    'SELECT pg_current_wal_insert_lsn()::text AS lsn',
  );
  return rows[0]?.lsn ?? '0/0';
}

/** What a record says of a database: release and head of the migrations, and rows of every table. */
export async function readFacts(
  client: Client,
): Promise<Pick<DatabaseRecord, 'release' | 'head' | 'tables'>> {
  const { rows: names } = await client.query<{ name: string; quoted: string }>(
    `SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence = 'p'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
      ORDER BY 1`,
  );
  const tables: Record<string, number> = {};
  for (const { name, quoted } of names) {
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM ${quoted}`);
    tables[name] = Number(rows[0]?.count);
  }
  if (tables['factsway_migrations.ledger'] === undefined) {
    return { release: null, head: null, tables };
  }
  const { rows: ledger } = await client.query<{ name: string; release: string }>(
    'SELECT name, release FROM factsway_migrations.ledger ORDER BY name COLLATE "C" DESC LIMIT 1',
  );
  return { release: ledger[0]?.release ?? null, head: ledger[0]?.name ?? null, tables };
}

export function rowsOf(record: Pick<DatabaseRecord, 'tables'>): number {
  return Object.values(record.tables).reduce((sum, rows) => sum + rows, 0);
}
