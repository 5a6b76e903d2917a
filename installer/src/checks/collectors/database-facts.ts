import type { DatabaseFacts } from '../facts.ts';
import {
  DATABASE_ROLES,
  databaseAddress,
  passwordSecret,
  serviceUser,
} from '../../catalog/database-access.ts';
import { ROLES, SLOT_ROLES } from '../../catalog/roles.ts';
import { findContainer, type InstanceView } from './instance-view.ts';
import { opens } from './scram.ts';

/** Whoever the services are, or were, in the database. */
const APP = [ROLES.app, ...SLOT_ROLES].map((role) => `'${role}'`).join(', ');

/** Catalogue look-ups only; no row of a client is read. */
const QUERY = `SELECT json_build_object(
  'version', current_setting('server_version'),
  'maxConnections', current_setting('max_connections')::int,
  'connections', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
  'checksums', current_setting('data_checksums') = 'on',
  'appCanCreate', (SELECT bool_or(has_schema_privilege(r.oid, n.oid, 'CREATE')) FROM pg_namespace AS n, pg_roles AS r WHERE nspname !~ '^pg_' AND rolname IN (${APP})),
  'appIsSuperuser', (SELECT bool_or(rolsuper OR rolcreaterole OR rolcreatedb) FROM pg_roles WHERE rolname IN (${APP})),
  'roles', (SELECT json_agg(rolname) FROM pg_roles WHERE rolname IN ('${ROLES.owner}', '${ROLES.monitor}', ${APP})),
  'verifiers', (SELECT json_object_agg(rolname, rolpassword) FROM pg_authid WHERE rolcanlogin AND rolpassword IS NOT NULL))`;

type Answer = Omit<DatabaseFacts, 'unreachable' | 'refused'> & {
  /** What proves the password of each role that may log in. */
  readonly verifiers: Readonly<Record<string, string>> | null;
};

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
  const { verifiers, ...facts } = JSON.parse(result.stdout) as Answer;
  return { unreachable: '', ...facts, refused: await findRefused(verifiers ?? {}, view) };
}

/**
 * Roles that somebody logs in as now and that the password in their file does not open. The files are read here: those
 * in the container are as they were when it started, before a rotation. No password travels for it, not even into the
 * environment of a program.
 */
async function findRefused(
  verifiers: NonNullable<Answer['verifiers']>,
  { catalog, directory, ports }: InstanceView,
): Promise<string[]> {
  const { config, activeSlot } = catalog.context;
  const users = { ...databaseAddress(config).users, app: serviceUser(config, activeSlot) };
  const judged = DATABASE_ROLES.map(async (role) => {
    const text = await ports.files.readText(`${directory}/secrets/${passwordSecret(role)}`);
    const password = (text ?? '').replace(/\n$/, '');
    const user = users[role];
    return opens(password, verifiers[user] ?? '') ? [] : [user];
  });
  return (await Promise.all(judged)).flat();
}
