import { join } from 'node:path';
import type { Catalog } from '../../catalog/catalog.ts';
import {
  DATABASE_ROLES,
  externalPostgres,
  passwordSecret,
  type DatabaseRole,
} from '../../catalog/database-access.ts';
import { neededSecret } from '../../catalog/secrets.ts';
import { ROLES } from '../../catalog/roles.ts';
import { FactswayError, type ErrorCode } from '../../model/errors.ts';
import type { ExternalPostgres } from '../../model/external-postgres.ts';
import type { DatabaseAnswer, DatabaseRefusal, DatabaseTarget } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ExternalDatabaseFacts, RoleFacts } from '../facts-database.ts';

export type DatabaseView = {
  /** Absolute. */
  readonly directory: string;
  readonly catalog: Catalog;
  readonly ports: Pick<Ports, 'database' | 'files' | 'machine'>;
};

/** The role that holds the rights of the services; the one they log in as may be a member of it. */
const APP_ROLE = ROLES.app;

/** What the catalogues of PostgreSQL say to the role that asks. $1: factsway_app, $2 to $4: our three roles. */
const STATEMENT = `SELECT json_build_object(
  'versionNumber', current_setting('server_version_num')::int,
  'version', current_setting('server_version'),
  'encoding', pg_encoding_to_char(d.encoding),
  'standby', pg_is_in_recovery(),
  'readOnly', current_setting('default_transaction_read_only') = 'on',
  'nowMs', extract(epoch FROM clock_timestamp()) * 1000,
  'encrypted', coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
  'maxConnections', current_setting('max_connections')::int,
  'reserved', current_setting('superuser_reserved_connections')::int
    + coalesce(current_setting('reserved_connections', true)::int, 0),
  'databaseLimit', d.datconnlimit,
  'roleLimit', r.rolconnlimit,
  'foreign', (SELECT count(*) FROM pg_stat_activity
    WHERE datid IS NOT NULL AND usename IS NOT NULL AND usename NOT IN ($2, $3, $4)),
  'attributes', array_remove(ARRAY[
    CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolcreaterole THEN 'createrole' END,
    CASE WHEN r.rolcreatedb THEN 'createdb' END, CASE WHEN r.rolreplication THEN 'replication' END,
    CASE WHEN r.rolbypassrls THEN 'bypassrls' END], NULL),
  'mayCreateSchemas', has_database_privilege(d.oid, 'CREATE'),
  'createsIn', (SELECT coalesce(json_agg(nspname), '[]') FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(oid, 'CREATE')),
  'schemas', (SELECT coalesce(json_agg(json_build_object('name', nspname, 'owner', pg_get_userbyid(nspowner))), '[]')
    FROM pg_namespace WHERE nspname IN ('factsway', 'factsway_migrations')),
  'memberOf', (SELECT coalesce(json_agg(rolname), '[]') FROM pg_roles
    WHERE rolname IN ($1, $2, 'pg_monitor') AND pg_has_role(oid, 'USAGE')),
  'appRoleExists', EXISTS (SELECT FROM pg_roles WHERE rolname = $1)) AS facts
FROM pg_database d, pg_roles r
WHERE d.datname = current_database() AND r.rolname = current_user`;

/**
 * Asks the customer's PostgreSQL as each of the three roles. Throws what keeps it from being asked:
 * FW-SECRET-NEEDED, FW-DB-UNREACHABLE, FW-DB-TLS, FW-DB-LOGIN or FW-DB-NOT-FOUND. Reads only.
 */
export async function collectExternalDatabase(view: DatabaseView): Promise<ExternalDatabaseFacts> {
  const { context } = view.catalog;
  const external = externalPostgres(context.config);
  if (!external) throw new Error('PostgreSQL is not elsewhere');
  const passwords = await readPasswords(view);
  const { users } = external;
  const ask = async (role: DatabaseRole): Promise<DatabaseAnswer> => {
    const target: DatabaseTarget = {
      host: external.host,
      port: external.port,
      database: context.config.postgres.database,
      user: users[role],
      password: passwords[role],
      tls: external.tls.mode,
      authority: context.postgresAuthority,
    };
    const values = [APP_ROLE, users.owner, users.app, users.monitor];
    return view.ports.database.ask(target, STATEMENT, values);
  };
  const [owner, app, monitor, addresses] = await Promise.all([
    ...DATABASE_ROLES.map(ask),
    view.ports.machine.resolve(external.host),
  ] as [
    Promise<DatabaseAnswer>,
    Promise<DatabaseAnswer>,
    Promise<DatabaseAnswer>,
    Promise<string[]>,
  ]);
  const answers = { owner, app, monitor };
  refuseRefusals(answers, external, context.config.postgres.database);
  const factsOf = (role: DatabaseRole): RoleFacts => {
    const answer = answers[role];
    if ('refusal' in answer) throw new Error(answer.reason);
    const { askedMs, answeredMs, row } = answer;
    return { ...(row['facts'] as Omit<RoleFacts, 'askedMs' | 'answeredMs'>), askedMs, answeredMs };
  };
  return {
    addresses,
    roles: { owner: factsOf('owner'), app: factsOf('app'), monitor: factsOf('monitor') },
  };
}

async function readPasswords({
  directory,
  catalog,
  ports,
}: DatabaseView): Promise<Record<DatabaseRole, string>> {
  const texts = await Promise.all(
    DATABASE_ROLES.map(async (role) => {
      const path = join(directory, 'secrets', passwordSecret(role));
      return ((await ports.files.readText(path)) ?? '').replace(/\n$/, '');
    }),
  );
  const missing = DATABASE_ROLES.filter((_, index) => texts[index] === '').map(passwordSecret);
  if (missing.length > 0)
    throw neededSecret(
      directory,
      catalog.secrets.filter(({ name }) => missing.includes(name)),
    );
  const [owner = '', app = '', monitor = ''] = texts;
  return { owner, app, monitor };
}

/** In this order: what comes first is why the rest could not be seen. */
const REFUSALS: readonly (readonly [DatabaseRefusal, ErrorCode])[] = [
  ['unreachable', 'FW-DB-UNREACHABLE'],
  ['refused', 'FW-DB-UNREACHABLE'],
  ['tls', 'FW-DB-TLS'],
  ['database', 'FW-DB-NOT-FOUND'],
  ['login', 'FW-DB-LOGIN'],
];

function refuseRefusals(
  answers: Readonly<Record<DatabaseRole, DatabaseAnswer>>,
  external: ExternalPostgres,
  database: string,
): void {
  for (const [refusal, code] of REFUSALS) {
    const refused = DATABASE_ROLES.filter((role) => {
      const answer = answers[role];
      return 'refusal' in answer && answer.refusal === refusal;
    });
    if (refused.length === 0) continue;
    const users = refused.map((role) => external.users[role]);
    const details = refused.flatMap((role) => {
      const answer = answers[role];
      return 'reason' in answer ? [`${external.users[role]}: ${answer.reason}`] : [];
    });
    const { found, remedy } = words(refusal, refused, users, external, database);
    throw new FactswayError(code, `${found}.`, remedy, details);
  }
}

function words(
  refusal: DatabaseRefusal,
  roles: readonly DatabaseRole[],
  users: readonly string[],
  { host, port, tls }: ExternalPostgres,
  database: string,
): { found: string; remedy: string } {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  switch (refusal) {
    case 'unreachable':
      return {
        found: `PostgreSQL at ${address} does not answer`,
        remedy: `Check postgres.external.host and port, the firewall, and listen_addresses there: pg_isready -h ${host} -p ${port}`,
      };
    case 'refused':
      return {
        found: `PostgreSQL at ${address} refuses the connection`,
        remedy: 'Look at its log; it may be starting, or have no connection left.',
      };
    case 'tls':
      return {
        found: `PostgreSQL at ${address} cannot be spoken to with tls.mode ${tls.mode}`,
        remedy:
          tls.mode === 'verify-full'
            ? `Compare its certificate with postgres.external.host and tls.caFile: openssl s_client -starttls postgres -connect ${address} -showcerts`
            : 'Turn encryption on there (ssl = on in postgresql.conf).',
      };
    case 'database':
      return {
        found: `PostgreSQL at ${address} has no database "${database}"`,
        remedy:
          'Make it there, with its roles, by the statements of: factsway-install database sql',
      };
    case 'login':
      return {
        found: `PostgreSQL at ${address} refuses ${users.join(', ')}`,
        remedy: `Compare the password there with ${roles.map((role) => `secrets/${passwordSecret(role)}`).join(', ')}, and pg_hba.conf with the address of this server. The statements that make the roles: factsway-install database sql`,
      };
  }
}
