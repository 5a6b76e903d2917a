import { hasBackups } from '../../catalog/backup-rules.ts';
import type { CatalogContext } from '../../catalog/context.ts';
import { backupListSchema } from '../../model/backup.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { readDataVolume } from '../data-volume.ts';
import { Keeper } from './keeper.ts';

/**
 * What was restored stands on a branch of its own: until a full backup holds it, one more mishap would lead back before
 * the restore. Throws FW-BACKUP-AFTER-RESTORE. Reads only.
 */
export async function requireBackupSinceRestore(
  context: CatalogContext,
  ports: Pick<Ports, 'files' | 'docker'>,
): Promise<void> {
  const record = await readDataVolume(context.directory, ports.files);
  const restoredAt = record?.restoredAt;
  const since = restoredAt ?? record?.move?.at;
  if (since === undefined || !hasBackups(context)) return;
  const keeper = new Keeper(context.config, ports.docker);
  const { places } = await keeper.ask(backupListSchema, { argv: ['list'] });
  const isLater = places.some(({ backups }) =>
    backups.some(({ type, startedAt }) => type === 'full' && startedAt > since),
  );
  if (isLater) return;
  throw new FactswayError(
    'FW-BACKUP-AFTER-RESTORE',
    `The database was ${restoredAt === undefined ? 'moved to another version of PostgreSQL' : 'restored'} at ${since}, and there is no full backup of it since. Nothing was changed.`,
    'Make one: factsway-install backup create --type full   then run the command again.',
  );
}
