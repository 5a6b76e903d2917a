import { hasBackups } from './backup-rules.ts';
import type { CatalogContext } from './context.ts';

/** Where the keeper finds the backups of this server, in a volume or in a directory of the customer's. */
export const LOCAL_MOUNT = '/var/lib/factsway-backup/local';

/** Directory of the customer's in place of the volume; undefined where there is none, or no backups are kept. */
export function backupDirectory(
  view: Pick<CatalogContext, 'config' | 'target'>,
): string | undefined {
  const { enabled, directory } = view.config.backup.local;
  return enabled && view.target === 'compose' && hasBackups(view) ? directory : undefined;
}
