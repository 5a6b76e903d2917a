import type { Client } from 'pg';
import { connect, withClient } from './live.ts';
import { run } from './run.ts';
import { Problem } from './problem.ts';
import { tail } from './place.ts';

/** Everything of a cluster that has to be the same in its copy: a name, and what it is in a few characters. */
export type ClusterFacts = Readonly<Record<string, string>>;

/** The same text for the same value, whatever a role or a database has set for itself. */
const PLAIN_TEXT = `SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex';
  SET extra_float_digits = 1; SET xmloption = 'content'; SET timezone = 'UTC'; SET row_security = off;
  SET search_path = pg_catalog`;

/**
 * Independent of the order of the rows, and with each row as often as it is there: the sum of 60 bits of the digest of
 * each. Its other half is summed apart, so that two errors cannot cancel each other out by chance.
 */
const HASH = (row: string): string => `count(*)::text || ' ' ||
  coalesce(sum(('x' || substr(md5(${row}), 1, 15))::bit(60)::bigint), 0)::text || ' ' ||
  coalesce(sum(('x' || substr(md5(${row}), 17, 15))::bit(60)::bigint), 0)::text`;

const OURS = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'`;

/** What belongs to the whole cluster. Verifiers of passwords are compared and never shown. */
const GLOBAL: Readonly<Record<string, string>> = {
  role: `SELECT rolname AS name, concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
      rolreplication, rolbypassrls, rolconnlimit, md5(coalesce(rolpassword, '')), rolvaliduntil) AS value
    FROM pg_authid WHERE rolname NOT LIKE 'pg\\_%'`,
  membership: `SELECT g.rolname || ' of ' || m.rolname AS name, bool_or(a.admin_option)::text AS value
    FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
    WHERE m.rolname NOT LIKE 'pg\\_%' GROUP BY 1`,
  setting: `SELECT coalesce(d.datname, 'every database') || ', ' || coalesce(r.rolname, 'every role') AS name,
      array_to_string(ARRAY(SELECT unnest(s.setconfig) ORDER BY 1), ' ') AS value
    FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole`,
  database: `SELECT d.datname AS name, concat_ws(' ', r.rolname, pg_encoding_to_char(d.encoding), d.datcollate,
      d.datctype, d.datconnlimit, array_to_string(d.datacl, ',')) AS value
    FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE NOT d.datistemplate`,
};

/** What belongs to one database; each row is a name and a value. */
const LOCAL: Readonly<Record<string, string>> = {
  extension: `SELECT e.extname AS name, n.nspname AS value FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`,
  'columns of': `SELECT n.nspname || '.' || c.relname AS name,
      string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) AS value
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relkind IN ('v', 'm') AND NOT a.attisdropped AND ${OURS}
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
    GROUP BY 1`,
  'large objects': `SELECT 'all' AS name, ${HASH(`oid::text || md5(lo_get(oid))`)} AS value FROM pg_largeobject_metadata`,
};

/** Reads everything; a large database is read through once. */
export async function readCluster(
  socket: string,
  tell: (table: string) => void,
): Promise<ClusterFacts> {
  const facts: Record<string, string> = {};
  const databases = await withClient(connect('postgres', socket), async (client) => {
    await collect(client, GLOBAL, '', facts);
    return databaseNames(client);
  });
  for (const name of databases) {
    facts[`schema of ${name}`] = await schemaOf(name, socket);
    await withClient(connect(name, socket), async (client) => {
      await client.query(PLAIN_TEXT);
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await collect(client, LOCAL, ` in ${name}`, facts);
      await hashTables(client, name, facts, tell);
      await readSequences(client, name, facts);
      await client.query('COMMIT');
    });
  }
  return facts;
}

export async function databaseNames(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1',
  );
  return rows.map(({ name }) => name);
}

async function collect(
  client: Client,
  queries: Readonly<Record<string, string>>,
  where: string,
  facts: Record<string, string>,
): Promise<void> {
  for (const [kind, sql] of Object.entries(queries)) {
    const { rows } = await client.query<{ name: string; value: string | null }>(sql);
    for (const { name, value } of rows) facts[`${kind} ${name}${where}`] = value ?? '';
  }
}

async function hashTables(
  client: Client,
  database: string,
  facts: Record<string, string>,
  tell: (table: string) => void,
): Promise<void> {
  const { rows: tables } = await client.query<{ name: string; quoted: string }>(
    `SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${OURS} ORDER BY 1`,
  );
  for (const { name, quoted } of tables) {
    tell(name);
    const { rows } = await client.query<{ hash: string }>(
      `SELECT ${HASH('row_of::text')} AS hash FROM ONLY ${quoted} AS row_of`,
    );
    facts[`rows of ${name} in ${database}`] = rows[0]?.hash ?? '';
  }
}

async function readSequences(
  client: Client,
  database: string,
  facts: Record<string, string>,
): Promise<void> {
  const { rows: sequences } = await client.query<{ name: string; quoted: string }>(
    `SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND ${OURS} ORDER BY 1`,
  );
  for (const { name, quoted } of sequences) {
    const { rows } = await client.query<{ value: string }>(
      `SELECT last_value || ' ' || is_called AS value FROM ${quoted}`,
    );
    facts[`sequence ${name} in ${database}`] = rows[0]?.value ?? '';
  }
}

/** Of any name: one that looks like a connection string is one to libpq. */
export const connectionTo = (database: string): string =>
  `dbname='${database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Definitions, owners and rights, as this one version of pg_dump writes them of either server. */
async function schemaOf(database: string, socket: string): Promise<string> {
  const args = ['--schema-only', '--no-password', `--host=${socket}`, '--username=postgres'];
  const ran = await run('pg_dump', [...args, `--dbname=${connectionTo(database)}`]);
  if (ran.code === 0) return plainSchema(ran.stdout);
  throw new Problem('FW-POSTGRES-COPY', `the schema of ${database} cannot be read`, tail(ran));
}

/**
 * Without comments, which name the version of the server, and without the word pg_dump makes up anew each time. Of a view
 * only that it is there: the server itself writes its query out of what it keeps, each major version in another way; its
 * columns are compared apart.
 */
export function plainSchema(dump: string): string {
  let inQuery = false;
  const lines = dump.split('\n').filter((line) => {
    const isInside = inQuery;
    if (!inQuery) inQuery = /^CREATE (MATERIALIZED VIEW|VIEW|RULE) /.test(line);
    if (inQuery && line.endsWith(';')) inQuery = false;
    const isNoise = line === '' || line.startsWith('--') || /^\\(un)?restrict /.test(line);
    return !isInside && !isNoise;
  });
  return lines.join('\n');
}
