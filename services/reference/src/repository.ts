import { AUDIT_COLUMN, type Audit } from './audit.ts';
import type { Database } from './database.ts';
import { encodeCursor } from './cursor.ts';
import type { Item, Resource } from './resource.ts';

type Row = Readonly<Record<string, unknown>>;

/** The cursor's business, and the audit log's. */
const INTERNAL: ReadonlySet<string> = new Set(['seq', AUDIT_COLUMN]);

/** A created row, or the row an earlier request with the same key had created. */
export type Creation =
  | { readonly outcome: 'created'; readonly item: Item }
  | { readonly outcome: 'replayed'; readonly item: Item }
  /** The key was used before for another request. */
  | { readonly outcome: 'key_reused' }
  /** The key was used before, and what it created has been deleted since. */
  | { readonly outcome: 'gone' };

/** What makes a POST repeatable: its key and a digest of what it asked for. */
export interface Idempotency {
  readonly key: string;
  readonly requestSha256: string;
}

export interface Page {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** Rows of one resource. Every method may throw what Database.query throws. */
export interface Repository {
  create(
    id: string,
    values: readonly unknown[],
    idempotency: Idempotency | undefined,
  ): Promise<Creation>;
  /** What an earlier request with this key led to; undefined when there was none. */
  replay(idempotency: Idempotency): Promise<Exclude<Creation, { outcome: 'created' }> | undefined>;
  list(
    after: number,
    limit: number,
    filters: readonly (readonly [column: string, value: unknown])[],
  ): Promise<Page>;
  find(id: string): Promise<Item | undefined>;
  /** As `find`, for an entry that leaves the platform as a document: the audit log has it. */
  download(id: string): Promise<Item | undefined>;
  update(id: string, values: readonly unknown[]): Promise<Item | undefined>;
  remove(id: string): Promise<boolean>;
}

/** Names of all queries of a resource: the `query` labels, declared at boot. */
export function queryNames(resource: Resource): string[] {
  return ['create', 'list', 'find', 'update', 'remove'].map((verb) => `${verb}_${resource.path}`);
}

/** Deadlocks with somebody else's changes, after which the statement was undone and may simply run again. */
const DEADLOCK = '40P01';
const TRIES = 3;
/** What a change is called in the audit log. */
const AUDITED = { create: 'create', update: 'update', remove: 'delete' } as const;

/** The statement by itself, for a release that has no audit log. */
const plain = ({ before, changes }: Parameters<Audit['statement']>[0]): string =>
  before === undefined ? changes : `WITH ${before} ${changes}`;

/**
 * SQL for one resource. With `audit`, every change and its row of the audit log are one statement, hence one
 * transaction: neither is there without the other. Column names come from the definitions in this repository, never from a
 * request, and are listed one by one: a column of a later release is neither read nor written.
 */
export function createRepository(db: Database, resource: Resource, audit?: Audit): Repository {
  const table = `factsway.${resource.table}`;
  const columns = resource.fields.map((field) => field.name);
  const selected = ['id', ...columns, 'created_at', 'updated_at', 'seq'].join(', ');
  const name = (verb: string) => `${verb}_${resource.path}`;

  const placeholders = columns.map((_, index) => `$${index + 2}`);
  const insert = `INSERT INTO ${table} (id, ${columns.join(', ')})`;
  const plainInsert = `${insert} VALUES ($1, ${placeholders.join(', ')}) RETURNING ${selected}`;
  const change = async (
    verb: 'create' | 'update' | 'remove',
    statement: Parameters<Audit['statement']>[0],
    values: readonly unknown[],
  ) => {
    const said = audit?.statement(statement, resource.path, AUDITED[verb], values.length);
    const [sql, given] = said
      ? [said.sql, [...values, ...said.values]]
      : [plain(statement), values];
    for (let tried = 1; ; tried += 1) {
      try {
        return await db.query(name(verb), sql, given);
      } catch (error) {
        if ((error as { code?: unknown }).code !== DEADLOCK || tried === TRIES) throw error;
      }
    }
  };
  const [keyAt, shaAt] = [columns.length + 2, columns.length + 3];
  // One statement, hence one transaction: the key and the row appear together or not at all. A
  // concurrent request with the same key waits at the primary key and then inserts nothing.
  const key = `key AS (
      INSERT INTO factsway.idempotency_keys (resource, key, request_sha256, created_id)
      VALUES ('${resource.path}', $${keyAt}, $${shaAt}, $1)
      ON CONFLICT DO NOTHING
      RETURNING created_id
    )`;
  const insertOnce = `${insert}
    SELECT key.created_id, ${resource.fields.map((field, index) => `$${index + 2}::${sqlType(field.kind)}`).join(', ')}
    FROM key
    RETURNING ${selected}`;

  const find = async (id: string) => {
    const sql = `SELECT ${selected} FROM ${table} WHERE id = $1`;
    return itemOf((await db.query(name('find'), sql, [id]))[0]);
  };
  const replay: Repository['replay'] = async ({ key, requestSha256 }) => {
    const [earlier] = await db.query(
      name('find'),
      `SELECT request_sha256, created_id FROM factsway.idempotency_keys
       WHERE resource = $1 AND key = $2`,
      [resource.path, key],
    );
    if (earlier === undefined) return undefined;
    if (earlier['request_sha256'] !== requestSha256) return { outcome: 'key_reused' };
    const item = await find(String(earlier['created_id']));
    return item === undefined ? { outcome: 'gone' } : { outcome: 'replayed', item };
  };

  return {
    find,
    replay,
    async download(id) {
      if (!audit) return find(id);
      const changes = `SELECT ${selected} FROM ${table} WHERE id = $1`;
      const { sql, values } = audit.statement({ changes }, resource.path, 'download', 1);
      return itemOf((await db.query(name('find'), sql, [id, ...values]))[0]);
    },
    async create(id, values, idempotency) {
      const rows =
        idempotency === undefined
          ? await change('create', { changes: plainInsert }, [id, ...values])
          : await change('create', { before: key, changes: insertOnce }, [
              id,
              ...values,
              idempotency.key,
              idempotency.requestSha256,
            ]);
      const item = itemOf(rows[0]);
      if (item !== undefined) return { outcome: 'created', item };
      if (idempotency === undefined) throw new Error(`no row came back from ${table}`);
      return (await replay(idempotency)) ?? { outcome: 'key_reused' };
    },
    async list(after, limit, filters) {
      const conditions = filters.map(([column], index) => ` AND ${column} = $${index + 3}`);
      // One row more than asked for tells whether there is a next page.
      const rows = await db.query(
        name('list'),
        `SELECT ${selected} FROM ${table} WHERE seq > $1${conditions.join('')} ORDER BY seq LIMIT $2`,
        [after, limit + 1, ...filters.map(([, value]) => value)],
      );
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        items: page.flatMap((row) => itemOf(row) ?? []),
        next_cursor: last === undefined ? null : encodeCursor(Number(last['seq'])),
      };
    },
    async update(id, values) {
      const assignments = columns.map((column, index) => `${column} = $${index + 2}`).join(', ');
      const sql = `UPDATE ${table} SET ${assignments}, updated_at = now() WHERE id = $1 RETURNING ${selected}`;
      return itemOf((await change('update', { changes: sql }, [id, ...values]))[0]);
    },
    async remove(id) {
      const sql = `DELETE FROM ${table} WHERE id = $1 RETURNING id`;
      return (await change('remove', { changes: sql }, [id])).length > 0;
    },
  };
}

/** Parameters of INSERT … SELECT have no column to take their type from. */
function sqlType(kind: Resource['fields'][number]['kind']): string {
  switch (kind) {
    case 'text':
    case 'choice':
      return 'text';
    case 'integer':
      return 'bigint';
    case 'number':
      return 'double precision';
    case 'boolean':
    case 'date':
    case 'uuid':
      return kind;
  }
}

function itemOf(row: Row | undefined): Item | undefined {
  if (row === undefined) return undefined;
  const own = Object.entries(row).filter(([column]) => !INTERNAL.has(column));
  return { ...Object.fromEntries(own), id: String(row['id']) };
}
