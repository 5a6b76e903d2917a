import type { DatabaseFacts } from '../facts.ts';
import { DATABASE_ROLES, passwordSecret } from '../../catalog/database-access.ts';
import { ROLES } from '../../catalog/roles.ts';
import { findContainer, type InstanceView } from './instance-view.ts';

/** Catalogue look-ups only; no row of a client is read. */
const QUERY = `SELECT json_build_object(
  'version', current_setting('server_version'),
  'maxConnections', current_setting('max_connections')::int,
  'connections', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
  'checksums', current_setting('data_checksums') = 'on',
  'appCanCreate', (SELECT bool_or(has_schema_privilege('${ROLES.app}', oid, 'CREATE')) FROM pg_namespace WHERE nspname !~ '^pg_'),
  'appIsSuperuser', (SELECT bool_or(rolsuper OR rolcreaterole OR rolcreatedb) FROM pg_roles WHERE rolname = '${ROLES.app}'),
  'roles', (SELECT json_agg(rolname) FROM pg_roles WHERE rolname IN ('${ROLES.owner}', '${ROLES.app}', '${ROLES.monitor}')))`;

/**
 * Prints the roles that do not get in over the network with the password in their file. No value passes through here:
 * the files are those of the container, and who could read the environment of psql may read them anyway.
 */
const LOGINS = `database=$1; shift
for pair in "$@"; do
  PGPASSWORD=$(cat "/run/secrets/\${pair#*=}") psql -XAtqw -h 127.0.0.1 -U "\${pair%%=*}" -d "$database" -c 'SELECT 1' >/dev/null 2>&1 || echo "\${pair%%=*}"
done`;

export async function collectDatabaseFacts(view: InstanceView): Promise<DatabaseFacts> {
  const none = {
    version: '',
    maxConnections: 0,
    connections: 0,
    checksums: false,
    appCanCreate: false,
    appIsSuperuser: false,
    roles: [],
    refused: [],
  };
  const container = await findContainer(view, 'postgres');
  if (container?.state !== 'running')
    return { ...none, unreachable: `PostgreSQL is ${container?.state ?? 'missing'}` };
  const { database } = view.catalog.context.config.postgres;
  const result = await view.ports.docker.exec(container.id, [
    'psql',
    '-XAtq',
    '-U',
    ROLES.superuser,
    '-d',
    database,
    '-c',
    QUERY,
  ]);
  if (result.exitCode !== 0) return { ...none, unreachable: result.stderr.trim() };
  const logins = await view.ports.docker.exec(container.id, [
    'sh',
    '-c',
    LOGINS,
    'sh',
    database,
    ...DATABASE_ROLES.map((role) => `${ROLES[role]}=${passwordSecret(role)}`),
  ]);
  return {
    unreachable: '',
    ...(JSON.parse(result.stdout) as Omit<DatabaseFacts, 'unreachable' | 'refused'>),
    refused: logins.stdout.split('\n').filter((role) => role !== ''),
  };
}
