import { databaseAddress } from '../catalog/database-access.ts';
import { ROLES } from '../catalog/roles.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { TemplateEngine } from './template-engine.ts';

export const ROLES_TEMPLATE = 'config-templates/external-roles.sql.hbs';

/** The statements that make the roles on a PostgreSQL of the customer's; no password is in them. */
export function renderRoles(config: InstanceConfig, engine: TemplateEngine): string {
  const { users } = databaseAddress(config);
  return engine.render(ROLES_TEMPLATE, {
    roles: ROLES,
    users,
    member: users.app !== ROLES.app,
    database: config.postgres.database,
  });
}
