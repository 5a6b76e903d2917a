import type { MigrationStatus } from '../facts.ts';
import { externalPostgres } from '../../catalog/database-access.ts';
import { findContainer, type InstanceView } from './instance-view.ts';

/** Asks the migration program of the serving slot; it only reads. */
export async function collectMigrationStatus(view: InstanceView): Promise<MigrationStatus> {
  // Compose would make networks and volumes for a container that has nothing to ask.
  if (!externalPostgres(view.catalog.context.config)) {
    const state = (await findContainer(view, 'postgres'))?.state ?? 'missing';
    if (state !== 'running')
      return { exitCode: 1, result: undefined, output: `PostgreSQL is ${state}` };
  }
  const service = `migrations-${view.catalog.context.activeSlot}`;
  const { exitCode, stdout, stderr } = await view.ports.compose.run(view.directory, service, [
    'node',
    '/app/migrate.mjs',
    'status',
  ]);
  const line = stdout
    .trim()
    .split('\n')
    .findLast((text) => text.includes('"migrate.result"'));
  return {
    exitCode,
    result: line === undefined ? undefined : (JSON.parse(line) as MigrationStatus['result']),
    output: stderr,
  };
}
