import type { Client } from 'pg';
import type { Backup } from './info.ts';
import { Problem } from './problem.ts';

/** The ledger of the migrations is there before anybody's work is. */
const OWN_SCHEMA = 'factsway_migrations';

/** PostgreSQL's own code for a database that does not exist. */
const NO_SUCH_DATABASE = '3D000';

type Tables = Readonly<Record<string, number>>;

/** Whether somebody's work is in these tables (rows by `schema.table`). */
export const isFilled = (tables: Tables): boolean =>
  Object.entries(tables).some(([name, rows]) => rows > 0 && !name.startsWith(`${OWN_SCHEMA}.`));

export const isNoSuchDatabase = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === NO_SUCH_DATABASE;

/** What a backup is told of the database it is made of, as an annotation: `rows` or `nothing`. */
export async function whatItHolds(client: Client): Promise<'rows' | 'nothing'> {
  const { rows: names } = await client.query<{ quoted: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS quoted
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence = 'p'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', '${OWN_SCHEMA}')
        AND n.nspname NOT LIKE 'pg\\_toast%'
      ORDER BY c.reltuples DESC`,
  );
  // The largest first: as a rule one question is enough.
  for (const { quoted } of names) {
    const { rowCount } = await client.query(`SELECT FROM ${quoted} LIMIT 1`);
    if (rowCount === 1) return 'rows';
  }
  return 'nothing';
}

/**
 * Whether a backup is of a database with somebody's work in it. One that says nothing of that, because it had too many
 * tables to be recorded or is of an earlier keeper, is taken for such a one as soon as it had tables at all.
 */
export function wasFilled({ annotation }: Pick<Backup, 'annotation'>): boolean {
  const said = annotation['holds'];
  if (said !== undefined) return said === 'rows';
  const tables = tablesOf(annotation['record']);
  return tables === null ? (annotation['head'] ?? '') !== '' : isFilled(tables);
}

function tablesOf(record: string | undefined): Tables | null {
  if (record === undefined) return null;
  try {
    return (JSON.parse(record) as { tables?: Tables }).tables ?? null;
  } catch {
    return null;
  }
}

/**
 * Every backup lets older ones expire: those of an empty database would, day by day, take the place of what was in it.
 *
 * @param before backups that the place has
 * @throws Problem FW-BACKUP-EMPTY
 */
export function refuseEmptyDatabase(
  holds: 'rows' | 'nothing',
  before: readonly Backup[],
  place: string,
): void {
  const last = before.findLast(wasFilled);
  if (holds === 'rows' || last === undefined) return;
  throw new Problem(
    'FW-BACKUP-EMPTY',
    `the database is empty, and the backups in ${place} are of one that was not`,
    [`the last of them is ${last.label}, of ${last.stoppedAt.toISOString()}`],
  );
}

/** @throws Problem FW-RESTORE-EMPTY: the services would start on it as if nobody had ever worked here */
export function refuseEmptyRestored(
  {
    chosen,
    place,
  }: { readonly chosen: { readonly backup: Backup }; readonly place: { readonly name: string } },
  { head, tables }: { readonly head: string | null; readonly tables: Tables },
): void {
  const isBare = head === null;
  if (!isBare && (isFilled(tables) || !wasFilled(chosen.backup))) return;
  throw new Problem(
    'FW-RESTORE-EMPTY',
    isBare
      ? `what was restored from ${place.name} has no tables of the platform`
      : `every table of what was restored from ${place.name} is empty, and backup ${chosen.backup.label} was not`,
  );
}
