import type { Client } from 'pg';
import type { DatabaseRecord } from './history.ts';
import { withClient } from './live.ts';

const LOOK_AGAIN_MS = 50;
/** So long for a moment at which nobody writes at all, which leaves nothing to be asked afterwards. */
const QUIET_SECONDS = 5;

/** Transactions that wrote something and have not ended. */
const WRITING = `SELECT backend_xid::text AS xid FROM pg_stat_activity WHERE backend_xid IS NOT NULL
  UNION SELECT transaction::text FROM pg_prepared_xacts`;

/** A state of the database, held in an open transaction, and where the log stood at it. */
interface Moment {
  readonly lsn: string;
  readonly at: Date;
  /** Transactions that had written something and not ended. */
  readonly writing: readonly string[];
  /** Nothing was committed between the snapshot and the reading of the position. */
  readonly still: boolean;
}

/**
 * Counts every table at one position of the log.
 *
 * Exact when no transaction ended while snapshot and position were taken: then the snapshot is the state at that
 * position, and a restore that stops there must show the same figures, however long the count takes and whatever is
 * written meanwhile. Where such a moment is not found, the record says so.
 *
 * @param seconds no longer is such a moment looked for
 */
export async function takeRecord(
  open: () => Promise<Client>,
  seconds: number,
): Promise<DatabaseRecord> {
  return withClient(open(), (counting) =>
    withClient(open(), async (watching) => {
      const begun = Date.now();
      const passed = (): number => (Date.now() - begun) / 1000;
      for (;;) {
        const moment = await hold(counting, watching);
        const isQuiet = moment.still && moment.writing.length === 0;
        const patience = Math.min(QUIET_SECONDS, seconds);
        if (isQuiet || passed() > seconds || (moment.still && passed() > patience)) {
          return await countAt(moment, counting, watching);
        }
        await counting.query('ROLLBACK');
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    }),
  );
}

/** Takes a snapshot, then the position, then looks whether anything ended between the two. In this order. */
async function hold(counting: Client, watching: Client): Promise<Moment> {
  await counting.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const taken = await snapshotOf(counting);
  const { rows: positions } = await watching.query<{ lsn: string }>(
    'SELECT pg_current_wal_insert_lsn()::text AS lsn',
  );
  // Whoever has a commit in the log that nobody sees yet is still among these.
  const { rows: writers } = await watching.query<{ xid: string }>(WRITING);
  const after = await snapshotOf(watching);
  return {
    lsn: positions[0]?.lsn ?? '0/0',
    at: taken.at,
    writing: writers.map(({ xid }) => xid),
    still: taken.snapshot === after.snapshot,
  };
}

async function snapshotOf(client: Client): Promise<{ snapshot: string; at: Date }> {
  const { rows } = await client.query<{ snapshot: string; at: Date }>(
    'SELECT pg_current_snapshot()::text AS snapshot, now() AS at',
  );
  return rows[0] ?? { snapshot: '', at: new Date() };
}

async function countAt(
  moment: Moment,
  counting: Client,
  watching: Client,
): Promise<DatabaseRecord> {
  try {
    const facts = await readFacts(counting);
    const exact = moment.still && (await allStillWrite(moment.writing, watching));
    return { lsn: moment.lsn, at: moment.at.toISOString(), exact, ...facts };
  } finally {
    await counting.query('ROLLBACK');
  }
}

/** Those that go on writing after the count had no commit in the log before it. */
async function allStillWrite(writing: readonly string[], watching: Client): Promise<boolean> {
  if (writing.length === 0) return true;
  const { rows } = await watching.query<{ xid: string }>(WRITING);
  return writing.every((xid) => rows.some((row) => row.xid === xid));
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
