import type { DatabaseFacts } from '../facts.ts';
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

export async function collectDatabaseFacts(view: InstanceView): Promise<DatabaseFacts> {
  const none = {
    version: '',
    maxConnections: 0,
    connections: 0,
    checksums: false,
    appCanCreate: false,
    appIsSuperuser: false,
    roles: [],
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
  return { unreachable: '', ...(JSON.parse(result.stdout) as Omit<DatabaseFacts, 'unreachable'>) };
}
