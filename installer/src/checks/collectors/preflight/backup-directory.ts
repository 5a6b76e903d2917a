import type { BackupDirectoryFacts } from '../../../model/backup-directory.ts';
import { collectBackupDirectory } from '../backup-directory.ts';
import type { PreflightView } from './view.ts';

export async function collectBackupPlace(view: PreflightView): Promise<BackupDirectoryFacts> {
  const { rootDirectory } = await view.fact('engine');
  const facts = await collectBackupDirectory({ ...view, dockerRoot: rootDirectory });
  if (!facts) throw new Error('no directory for backups is named');
  return facts;
}
