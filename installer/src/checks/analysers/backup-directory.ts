import type { BackupDirectoryFacts } from '../../model/backup-directory.ts';
import { shellWord } from '../../model/shell.ts';
import { doubt, fine, readableSize, refusal, type Verdict } from './preflight/check.ts';

/** Whoever is uid 999 has to list, make and remove files in it. */
const ALL_OF_IT = 0o700;
const ELSEWHERE = 'or choose another: --set backup.local.directory=DIR';

/** Whether backups can be kept there, and would be worth something. */
export function judgeBackupDirectory(facts: BackupDirectoryFacts): Verdict {
  const { path, kind, real, access, user, docker, device, freeBytes } = facts;
  const [uid = '', gid = ''] = user.split(':');
  const word = shellWord(path);
  if (kind === 'absent')
    return refusal(
      'FW-BACKUP-DIRECTORY',
      `${path} does not exist`,
      `Mount its disk where that is missing, then make it: install -d -o ${uid} -g ${gid} -m 700 ${word}   ${ELSEWHERE}`,
    );
  if (kind !== 'directory')
    return refusal(
      'FW-BACKUP-DIRECTORY',
      `${path} is ${kind === 'file' ? 'a file' : 'a link that leads nowhere'}, and no directory`,
      `Look at it: ls -ld ${word}   ${ELSEWHERE}`,
    );
  const shown = real === path ? path : `${path} (${real})`;
  const near = whatItIsNear(facts);
  if (near !== undefined)
    return refusal(
      'FW-BACKUP-INSIDE',
      `${shown} ${near}`,
      'Backups belong on a disk of their own: --set backup.local.directory=DIR',
    );
  if (String(access?.uid) !== uid || ((access?.mode ?? 0) & ALL_OF_IT) !== ALL_OF_IT)
    return refusal(
      'FW-BACKUP-DIRECTORY',
      `${shown} cannot be written by the container that keeps the backups, which is uid ${uid}`,
      `Give it away: chown ${uid}:${gid} ${word} && chmod 700 ${word}   On NFS the server has to allow that (no_root_squash, or do it there).`,
    );
  if (device === docker?.device)
    return doubt(
      `${shown} is on the same disk as the database: it does not survive that disk`,
      'Mount another disk there, or keep backups in S3 as well: backup.s3',
    );
  return fine(`${shown} can be written, with ${readableSize(freeBytes)} free`);
}

/** In a directory of Docker's they would go with a volume, in that of the instance with the instance. */
function whatItIsNear({ real, instance, docker }: BackupDirectoryFacts): string | undefined {
  const others = [
    ...(docker ? [[docker.path, 'where Docker keeps the data of the database'] as const] : []),
    [instance, 'the directory of this installation'] as const,
  ];
  for (const [other, what] of others) {
    if (isWithin(real, other)) return `is inside ${other}, ${what}`;
    if (isWithin(other, real)) return `contains ${other}, ${what}`;
  }
  return undefined;
}

const isWithin = (path: string, above: string): boolean =>
  path === above || path.startsWith(above === '/' ? '/' : `${above}/`);
