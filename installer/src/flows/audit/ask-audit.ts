import { externalPostgres, passwordSecret } from '../../catalog/database-access.ts';
import { ROLES } from '../../catalog/roles.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { catalogInEffect } from '../in-effect.ts';
import { instancePaths } from '../paths.ts';
import { readSecret } from '../read-secret.ts';
import { requireInstance } from '../resolve-config.ts';
import { BEGINNING, ENTRY_AS_JSON, readEntry, type AuditEntry, type ChainEnd } from './entry.ts';

export type AuditPorts = Pick<Ports, 'database' | 'docker' | 'files'>;

/** One expression to the database that holds the log; what it gives is JSON. */
export type AskAudit = (expression: string) => Promise<unknown>;

/** Rows asked for at once: some 300 KiB, and a few milliseconds of the server. */
const SLICE = 1000;

/**
 * A way to ask the database of an instance, wherever it is. Throws FW-NO-INSTANCE, FW-AUDIT-UNREACHABLE, and
 * FW-AUDIT-MISSING where it has no audit log. Reads only.
 */
export async function auditOf(directory: string, ports: AuditPorts): Promise<AskAudit> {
  await requireInstance(directory, ports.files);
  const { config, catalog } = await catalogInEffect(directory, ports.files);
  const external = externalPostgres(config);
  const { database } = config.postgres;
  const ask = external
    ? await byLogin(
        { ...external, database, authority: catalog.context.postgresAuthority },
        directory,
        ports,
      )
    : await inContainer(config.project, database, ports);
  if ((await ask(`to_json(to_regclass('factsway.audit_log') IS NOT NULL)`)) === true) return ask;
  throw new FactswayError(
    'FW-AUDIT-MISSING',
    'There is no audit log in this database.',
    'It comes with release 1.1.0: factsway-install upgrade --to 1.1.0',
  );
}

/** As the superuser of our own PostgreSQL, by the socket in its container: there is no password in it. */
async function inContainer(
  project: string,
  database: string,
  { docker }: AuditPorts,
): Promise<AskAudit> {
  const postgres = (await docker.containers(project)).find(({ service }) => service === 'postgres');
  if (postgres?.state !== 'running')
    throw unreachable('PostgreSQL does not run', 'Start the platform: factsway-install up');
  const psql = ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', ROLES.superuser, '-d', database];
  return async (expression) => {
    const input = `BEGIN TRANSACTION READ ONLY;\nSELECT ${expression};\nCOMMIT;\n`;
    const { exitCode, stdout, stderr } = await docker.exec(
      postgres.id,
      [...psql, '-f', '-'],
      input,
    );
    if (exitCode === 0) return JSON.parse(stdout) as unknown;
    throw unreachable(
      `PostgreSQL says: ${stderr.trim().split('\n')[0] ?? ''}`,
      'See its log: factsway-install logs postgres',
    );
  };
}

type Login = {
  readonly host: string;
  readonly port: number;
  readonly users: { readonly owner: string };
  readonly tls: { readonly mode: 'verify-full' | 'require' | 'off' };
  readonly database: string;
  readonly authority: string | undefined;
};

/** As the owner of the tables, on a PostgreSQL of the customer's: the services may not read the log. */
async function byLogin(
  { host, port, users, tls, database, authority }: Login,
  directory: string,
  ports: AuditPorts,
): Promise<AskAudit> {
  const path = instancePaths(directory).secret(passwordSecret('owner'));
  const password = (await readSecret(path, ports.files))?.reveal() ?? '';
  const target = { host, port, database, user: users.owner, password, tls: tls.mode, authority };
  return async (expression) => {
    const answer = await ports.database.ask(target, `SELECT (${expression})::json AS said`, []);
    if ('row' in answer) return answer.row['said'];
    throw unreachable(
      `PostgreSQL at ${host}:${port} could not be asked as ${users.owner}: ${answer.reason}`,
      'Look at the connection: factsway-install preflight',
    );
  };
}

const unreachable = (what: string, hint: string): FactswayError =>
  new FactswayError('FW-AUDIT-UNREACHABLE', `The audit log cannot be read: ${what}.`, hint);

export type AuditHead = {
  readonly head: ChainEnd;
  /** What was removed at the end of its time: the chain begins behind it. */
  readonly pruned: ChainEnd;
  /** The first number above the head that there is a row of; none in a sound log. */
  readonly beyond: number | undefined;
};

/** Both ends of the chain, as of one moment. Throws what `ask` throws. */
export async function readHead(ask: AskAudit): Promise<AuditHead> {
  const said = await ask(`(SELECT json_build_object(
    'seq', h.seq, 'hash', encode(h.hash, 'hex'),
    'prunedSeq', h.pruned_seq, 'prunedHash', encode(h.pruned_hash, 'hex'),
    'beyond', (SELECT min(a.seq) FROM factsway.audit_log a WHERE a.seq > h.seq))
    FROM factsway.audit_head h)`);
  const known = said as {
    seq: number;
    hash: string;
    prunedSeq: number;
    prunedHash: string;
    beyond: number | null;
  } | null;
  // Somebody has taken the head away: nothing can be the end of the chain.
  if (!known) return { head: { seq: 0, hash: '' }, pruned: BEGINNING, beyond: undefined };
  return {
    head: { seq: known.seq, hash: known.hash },
    pruned: { seq: known.prunedSeq, hash: known.prunedHash },
    beyond: known.beyond ?? undefined,
  };
}

/**
 * Rows behind `from` up to `to`, in order, a slice at a time. `where` is SQL about `a`, put together from literals only.
 * Throws what `ask` throws.
 */
export async function* readEntries(
  ask: AskAudit,
  from: number,
  to: number,
  where = 'true',
): AsyncGenerator<AuditEntry> {
  for (let last = from; ;) {
    const said = await ask(`(SELECT coalesce(json_agg(${ENTRY_AS_JSON} ORDER BY a.seq), '[]') FROM (
      SELECT * FROM factsway.audit_log a WHERE a.seq > ${last} AND a.seq <= ${to} AND ${where}
      ORDER BY a.seq LIMIT ${SLICE}) a)`);
    const entries = (said as unknown[]).map(readEntry);
    yield* entries;
    const end = entries.at(-1);
    if (!end || entries.length < SLICE) return;
    last = end.seq;
  }
}
