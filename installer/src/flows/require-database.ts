import { analyseExternalDatabase } from '../checks/analysers/external-database.ts';
import { collectExternalDatabase } from '../checks/collectors/external-database.ts';
import { externalPostgres } from '../catalog/database-access.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';
import { FactswayError } from '../model/errors.ts';

/**
 * A PostgreSQL of the customer's is as the platform needs it, before anything is planned on it. Throws the
 * code of what is wrong. Nothing to look at where the platform brings its own.
 */
export async function requireDatabase(
  { catalog, directory }: Desired,
  ports: Pick<Ports, 'database' | 'files' | 'machine'>,
): Promise<void> {
  if (!externalPostgres(catalog.context.config)) return;
  const facts = await collectExternalDatabase({ catalog, directory, ports });
  const { status, code, found, remedy, details } = analyseExternalDatabase(facts, catalog.context);
  if (status === 'fail')
    throw new FactswayError(code ?? 'FW-BUG', `Your PostgreSQL: ${found}.`, remedy, details);
}
