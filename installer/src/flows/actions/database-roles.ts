import { externalPostgres, passwordSecret } from '../../catalog/database-access.ts';
import { ROLES, SLOT_ROLES } from '../../catalog/roles.ts';
import type { ActionOf } from '../../model/plan.ts';
import type { SecretName } from '../../model/workload.ts';
import { askSuperuser, identifier, literal } from '../ask-superuser.ts';
import { readSecret } from '../read-secret.ts';
import { scramVerifier } from '../../checks/collectors/scram.ts';
import { findContainers, requireDesired, type ActionContext } from './action-context.ts';

/**
 * The roles that the services of each slot log in as, for a database that an earlier installer made: they get the
 * password in use and the rights of the group. One that is there keeps its password: a rotation may be under way.
 */
export async function alignRoles(context: ActionContext): Promise<void> {
  const { ports, paths, desired } = context;
  if (!desired || externalPostgres(requireDesired(context).catalog.context.config)) return;
  const secret = await readSecret(paths.secret(passwordSecret('app')), ports.files);
  const [container] = await findContainers(context, ['postgres']);
  if (!secret || !container) return;
  const verifier = newVerifier(secret.reveal(), context);
  const align = (role: string): string => `
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(role)}) THEN
    CREATE ROLE ${identifier(role)} LOGIN PASSWORD ${literal(verifier)};
  END IF;
  IF NOT pg_has_role(${literal(role)}, ${literal(ROLES.app)}, 'USAGE') THEN
    GRANT ${identifier(ROLES.app)} TO ${identifier(role)};
    -- Before 16 that is a matter of the role alone, and the words are not known.
    IF current_setting('server_version_num')::int >= 160000 THEN
      EXECUTE ${literal(`GRANT ${identifier(ROLES.app)} TO ${identifier(role)} WITH INHERIT TRUE`)};
    END IF;
  END IF;`;
  const sql = `DO $roles$ BEGIN${SLOT_ROLES.map(align).join('')}\nEND $roles$;`;
  await askSuperuser(container.id, sql, ports, [verifier]);
}

export const newVerifier = (password: string, { ports }: ActionContext): string =>
  scramVerifier(password, Buffer.from(ports.random.secret(16), 'utf8'));

const OPENED_BY: Readonly<Record<string, SecretName>> = {
  [ROLES.superuser]: 'postgres-superuser-password',
  [ROLES.owner]: passwordSecret('owner'),
  [ROLES.monitor]: passwordSecret('monitor'),
  ...Object.fromEntries(SLOT_ROLES.map((role) => [role, passwordSecret('app')])),
};

/** Roles that the database has not are made later, with the password of today. */
export async function openRoles(
  { roles }: ActionOf<'OpenRoles'>,
  context: ActionContext,
): Promise<void> {
  const { ports, paths } = context;
  const [container] = await findContainers(context, ['postgres']);
  if (!container) return;
  const verifiers: string[] = [];
  const open = async (role: string): Promise<string> => {
    const name = OPENED_BY[role];
    const secret = name && (await readSecret(paths.secret(name), ports.files));
    if (!secret) return '';
    const verifier = newVerifier(secret.reveal(), context);
    verifiers.push(verifier);
    return `
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(role)}) THEN
    ALTER ROLE ${identifier(role)} PASSWORD ${literal(verifier)};
  END IF;`;
  };
  const statements = await Promise.all(roles.map(open));
  const sql = `DO $roles$ BEGIN${statements.join('')}\nEND $roles$;`;
  await askSuperuser(container.id, sql, ports, verifiers);
}
