import { DATABASE_ROLES, externalPostgres, passwordSecret } from '../../catalog/database-access.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { isSecretName, SECRETS } from '../../catalog/secrets.ts';
import type { SecretFile } from '../../model/bundle.ts';
import { FactswayError } from '../../model/errors.ts';
import { shellWord } from '../../model/shell.ts';
import type { SecretName } from '../../model/workload.ts';

/** The secret of that name, which is ours to make anew. Throws FW-SECRET-UNKNOWN and FW-SECRET-GIVEN. */
export function requireRotatable(name: string, catalog: Catalog, directory: string): SecretFile {
  const found = catalog.secrets.find((secret) => secret.name === name);
  if (isSecretName(name) && (found?.given ?? SECRETS[name].given))
    throw givenError(name, catalog, directory);
  if (found) return found;
  throw new FactswayError(
    'FW-SECRET-UNKNOWN',
    `This installation has no secret "${name}".`,
    'See which there are: factsway-install secrets list',
  );
}

function givenError(name: SecretName, { context }: Catalog, directory: string): FactswayError {
  const write = `install -m 600 /dev/stdin ${shellWord(`${directory}/secrets/${name}`)}`;
  const role = DATABASE_ROLES.find((one) => passwordSecret(one) === name);
  const external = externalPostgres(context.config);
  if (external && role !== undefined) {
    const user = external.users[role];
    return new FactswayError(
      'FW-SECRET-GIVEN',
      `${name} opens role ${user} of your PostgreSQL at ${external.host}: whoever administers it changes it, and nothing was changed here.`,
      `Stop the platform (factsway-install down), have the role changed there with psql (\\password ${user}), write the new one with: ${write}   (type it, Enter, Ctrl-D) and start: factsway-install up`,
    );
  }
  return new FactswayError(
    'FW-SECRET-GIVEN',
    `${name} is made by somebody else (${SECRETS[name].purpose}) and cannot be made here; nothing was changed.`,
    `Have a new one made there, write it with: ${write}   (type it, Enter, Ctrl-D), then run: factsway-install up`,
  );
}
