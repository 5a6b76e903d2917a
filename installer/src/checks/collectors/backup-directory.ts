import { backupDirectory } from '../../catalog/backup-directory.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { BackupDirectoryFacts } from '../../model/backup-directory.ts';
import type { Files } from '../../ports/files.ts';
import type { Machine } from '../../ports/machine.ts';

export type BackupDirectoryView = {
  readonly catalog: Catalog;
  /** Absolute. */
  readonly directory: string;
  /** Where Docker keeps its data. */
  readonly dockerRoot: string;
  readonly ports: {
    readonly machine: Pick<Machine, 'kindOf' | 'fileSystem'>;
    readonly files: Pick<Files, 'stat'>;
  };
};

/** What is at backup.local.directory; undefined where none is named. Reads only. */
export async function collectBackupDirectory({
  catalog,
  directory,
  dockerRoot,
  ports: { machine, files },
}: BackupDirectoryView): Promise<BackupDirectoryFacts | undefined> {
  const path = backupDirectory(catalog.context);
  const keeper = catalog.workloads.find(({ id }) => id === 'backup');
  if (path === undefined || !keeper) return undefined;
  const isHere = async (one: string): Promise<boolean> =>
    (await machine.kindOf(one)) === 'directory';
  const [kind, found, access] = await Promise.all([
    machine.kindOf(path),
    machine.fileSystem(path),
    files.stat(path).catch(() => undefined),
  ]);
  const docker =
    dockerRoot !== '' && (await isHere(dockerRoot))
      ? await machine.fileSystem(dockerRoot)
      : undefined;
  return {
    path,
    kind,
    real: kind === 'directory' ? found.path : path,
    access: access && { uid: access.uid, mode: access.mode },
    device: found.device,
    freeBytes: found.freeBytes,
    // One that is still to be made has no links in it that anybody could follow.
    instance: (await isHere(directory)) ? (await machine.fileSystem(directory)).path : directory,
    docker: docker && { path: docker.path, device: docker.device },
    user: keeper.user,
  };
}
