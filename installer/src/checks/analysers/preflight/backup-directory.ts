import { backupDirectory } from '../../../catalog/backup-directory.ts';
import { GiB } from '../../../model/units.ts';
import { judgeBackupDirectory } from '../backup-directory.ts';
import { defineCheck, readableSize, refusal } from './check.ts';

/** A full backup of a platform in which little was done yet, and its log of some days. */
const LEAST_BYTES = GiB;

export const backupDirectoryCheck = defineCheck({
  name: 'backup-directory',
  proves:
    'The directory for backups on this server is there, can be written by uid 999, and lies on another disk than the database.',
  warns: 'on the same disk as the database, which it does not survive',
  fails:
    'missing, no directory, not of uid 999, inside the directories of Docker or of the installation or around them, or less room than one full backup takes',
  codes: ['FW-BACKUP-DIRECTORY', 'FW-BACKUP-INSIDE', 'FW-BACKUP-SPACE'],
  remedy: 'install -d -o 999 -g 999 -m 700 DIR; --set backup.local.directory=DIR',
  purposes: ['install', 'upgrade'],
  needs: ['backupDirectory', 'databaseSize'],
  applies: ({ context }) => backupDirectory(context) !== undefined,
  analyse({ backupDirectory: facts, databaseSize }) {
    const verdict = judgeBackupDirectory(facts);
    const needed = Math.max(LEAST_BYTES, databaseSize.bytes ?? 0);
    if (verdict.status === 'fail' || facts.freeBytes >= needed) return verdict;
    return refusal(
      'FW-BACKUP-SPACE',
      `${facts.path} has ${readableSize(facts.freeBytes)} free, and a full backup may take ${readableSize(needed)}`,
      'Make room there, or choose another disk: --set backup.local.directory=DIR',
    );
  },
});
