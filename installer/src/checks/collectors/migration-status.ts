import type { MigrationStatus } from '../facts.ts';
import type { InstanceView } from './instance-view.ts';

/** Asks the migration program of the serving slot; it only reads. */
export async function collectMigrationStatus(view: InstanceView): Promise<MigrationStatus> {
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
