import { DatabaseError, type Client } from 'pg';
import { databaseNames } from './amcheck.ts';
import type { Finding } from './check-place.ts';
import { connectLive, withClient } from './live.ts';

/** What one transaction may take: it holds back the clearing away of old rows, and locks what it has looked at. */
const SECONDS = 10;
const MOST_FINDINGS = 20;

/** Tables with what is stored beside them, then the indexes that are sorted. Source: pg_amcheck, whose choice it is. */
const RELATIONS = `SELECT c.oid::text AS oid, c.oid::regclass::text AS name, c.relkind = 'i' AS "isIndex"
  FROM pg_class c JOIN pg_am a ON a.oid = c.relam LEFT JOIN pg_index i ON i.indexrelid = c.oid
 WHERE c.relpersistence <> 't' AND (
   (c.relkind IN ('r', 'm', 't') AND a.amname = 'heap') OR
   (c.relkind = 'i' AND a.amname = 'btree' AND i.indisready AND i.indisvalid))
 ORDER BY c.relkind = 'i', c.oid`;

interface Relation {
  readonly oid: string;
  readonly name: string;
  readonly isIndex: boolean;
}

/**
 * Looks through tables and indexes of every live database. The extension that does it exists in a transaction that is
 * rolled back, and for nobody else: however a check ends, killed or cut off, the databases are as they were.
 *
 * @throws Problem FW-BACKUP-DATABASE when the server does not answer
 */
export async function amcheckLive(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of await withClient(connectLive('postgres'), databaseNames)) {
    await withClient(connectLive(name), async (client) => {
      const { rows: relations } = await client.query<Relation>(RELATIONS);
      let at = 0;
      while (at < relations.length && findings.length < MOST_FINDINGS)
        at += await lookAtSome(client, name, relations.slice(at), findings);
    });
  }
  return findings;
}

/** As many as there is time for in one transaction, or until one of them ends it; returns how many. */
async function lookAtSome(
  client: Client,
  database: string,
  relations: readonly Relation[],
  findings: Finding[],
): Promise<number> {
  const begun = Date.now();
  let done = 0;
  await client.query('BEGIN');
  try {
    const schema = await addExtension(client);
    for (const relation of relations) {
      done++;
      const messages = await look(client, schema, relation);
      for (const message of messages) findings.push(finding(database, relation, message));
      if (Date.now() - begun > SECONDS * 1000) break;
    }
  } catch (error) {
    if (!(error instanceof DatabaseError) || done === 0) throw error;
    const relation = relations[done - 1];
    if (relation === undefined) throw error;
    const isDamage = error.code?.startsWith('XX') === true;
    findings.push(finding(database, relation, error.message, isDamage));
  } finally {
    await client.query('ROLLBACK');
  }
  return done;
}

const finding = (
  database: string,
  { name }: Relation,
  message: string,
  isDamage = true,
): Finding => ({
  code: isDamage ? 'FW-DATABASE-DAMAGED' : 'FW-BACKUP-DATABASE',
  message: `${database}: ${name}: ${message}`,
});

/** Returns its schema, quoted. Somebody may have use for it, and have it already. */
async function addExtension(client: Client): Promise<string> {
  await client.query('CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA pg_catalog');
  const { rows } = await client.query<{ schema: string }>(
    `SELECT quote_ident(nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'amcheck'`,
  );
  return rows[0]?.schema ?? 'pg_catalog';
}

/** Of an index that is damaged it throws. What was dropped meanwhile is passed over. */
async function look(client: Client, schema: string, relation: Relation): Promise<string[]> {
  const { oid, isIndex } = relation;
  if (isIndex) {
    await client.query(`SELECT ${schema}.bt_index_check(oid) FROM pg_class WHERE oid = $1`, [oid]);
    return [];
  }
  const { rows } = await client.query<{ block: string; message: string }>(
    `SELECT v.blkno::text AS block, v.msg AS message FROM pg_class c, LATERAL ${schema}.verify_heapam(c.oid) v WHERE c.oid = $1 LIMIT ${MOST_FINDINGS}`,
    [oid],
  );
  return rows.map(({ block, message }) => `block ${block}: ${message}`);
}
