import { BACKREST } from './backrest-codes.ts';
import type { ProblemCode } from './problem.ts';

const ABOUT_BACKUP: Partial<Record<number, ProblemCode>> = {
  [BACKREST.checksum]: 'FW-BACKUP-DAMAGED',
  [BACKREST.fileInvalid]: 'FW-BACKUP-FOREIGN',
  [BACKREST.archiveMismatch]: 'FW-BACKUP-FOREIGN',
  [BACKREST.archiveDuplicate]: 'FW-BACKUP-FOREIGN',
  [BACKREST.backupMismatch]: 'FW-BACKUP-FOREIGN',
  [BACKREST.dbMismatch]: 'FW-BACKUP-FOREIGN',
  [BACKREST.lockAcquire]: 'FW-BACKUP-BUSY',
  [BACKREST.dbConnect]: 'FW-BACKUP-DATABASE',
  [BACKREST.dbQuery]: 'FW-BACKUP-DATABASE',
  [BACKREST.dbTimeout]: 'FW-BACKUP-DATABASE',
  [BACKREST.archiveTimeout]: 'FW-BACKUP-WAL-MISSING',
  [BACKREST.crypto]: 'FW-BACKUP-KEY',
  [BACKREST.hostConnect]: 'FW-BACKUP-UNREACHABLE',
  [BACKREST.service]: 'FW-BACKUP-UNREACHABLE',
};

const ABOUT_RESTORE: Partial<Record<number, ProblemCode>> = {
  [BACKREST.checksum]: 'FW-RESTORE-DAMAGED',
  [BACKREST.format]: 'FW-RESTORE-DAMAGED',
  [BACKREST.fileMissing]: 'FW-RESTORE-DAMAGED',
  // The key was tried on the repository before; what cannot be decrypted now was changed.
  [BACKREST.crypto]: 'FW-RESTORE-DAMAGED',
  [BACKREST.backupSetInvalid]: 'FW-RESTORE-NO-BACKUP',
  [BACKREST.hostConnect]: 'FW-BACKUP-UNREACHABLE',
  [BACKREST.service]: 'FW-BACKUP-UNREACHABLE',
};

/** What an exit code of pgBackRest means to someone who makes a backup. */
export function backupProblemCode(exit: number): ProblemCode {
  return ABOUT_BACKUP[exit] ?? 'FW-BACKUP-FAILED';
}

/** What it means to someone who restores one; `full` is whether the disk has no room left. */
export function restoreProblemCode(exit: number, full: boolean): ProblemCode {
  if (full && exit === BACKREST.fileWrite) return 'FW-RESTORE-SPACE';
  return ABOUT_RESTORE[exit] ?? 'FW-RESTORE-FAILED';
}
