import { ROLES } from '../catalog/roles.ts';
import { FactswayError } from '../model/errors.ts';
import type { Docker } from '../ports/docker.ts';

const PSQL = ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', ROLES.superuser, '-d', 'postgres'];

/** Nothing of what is said here is to be found again: not in a log, and not in statistics of statements. */
const UNHEARD = `SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET pg_stat_statements.track_utility = off;
SET pg_stat_statements.track = 'none';
`;

/**
 * Statements to the PostgreSQL of the platform as its superuser, who gets in by the socket in the container and needs no
 * password; all or none. They go by standard input, so that no list of processes has them. `verifiers` are not
 * passwords, and are taken out of what psql says all the same. Throws FW-DATABASE-REFUSED.
 */
export async function askSuperuser(
  container: string,
  sql: string,
  { docker }: { readonly docker: Docker },
  verifiers: readonly string[] = [],
): Promise<string> {
  const input = `${UNHEARD}BEGIN;\n${sql}\nCOMMIT;\n`;
  const { exitCode, stdout, stderr } = await docker.exec(container, [...PSQL, '-f', '-'], input);
  if (exitCode === 0) return stdout.trim();
  const said = verifiers.reduce((text, one) => text.replaceAll(one, '[secret]'), stderr.trim());
  throw new FactswayError(
    'FW-DATABASE-REFUSED',
    `PostgreSQL refused what was asked of it as its superuser: ${said.split('\n')[0] ?? ''}`,
    'See what it says: factsway-install logs postgres   then run the command again.',
  );
}

/** A name as PostgreSQL takes it, whatever is in it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
