import { judgeBackupDirectory } from '../checks/analysers/backup-directory.ts';
import { backupDirectoryCheck } from '../checks/analysers/preflight/backup-directory.ts';
import { collectBackupDirectory } from '../checks/collectors/backup-directory.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { backupDirectory } from '../catalog/backup-directory.ts';
import { FactswayError } from '../model/errors.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * backup.local.directory can take backups, before anything is planned with it. Throws FW-BACKUP-DIRECTORY and
 * FW-BACKUP-INSIDE; that it is on the disk of the database is said as a warning. Nothing to look at where none is named.
 */
export async function requireBackupDirectory(
  { catalog, directory }: { readonly catalog: Catalog; readonly directory: string },
  { docker, files, machine, reporter }: Pick<Ports, 'docker' | 'files' | 'machine' | 'reporter'>,
  skip: readonly string[] = [],
): Promise<void> {
  if (backupDirectory(catalog.context) === undefined || skip.includes(backupDirectoryCheck.name))
    return;
  const { rootDirectory: dockerRoot } = await docker.info();
  const ports = { machine, files };
  const facts = await collectBackupDirectory({ catalog, directory, dockerRoot, ports });
  if (!facts) return;
  const { status, code, found, remedy } = judgeBackupDirectory(facts);
  if (status === 'fail')
    throw new FactswayError(
      code ?? 'FW-BUG',
      `backup.local.directory: ${found}. Nothing was changed.`,
      remedy,
    );
  if (status === 'warn') reporter.warning(`backup.local.directory: ${found}.`);
}
