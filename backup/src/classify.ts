import { BACKREST } from './backrest-codes.ts';
import type { ProblemCode } from './problem.ts';
import { KILLED } from './run.ts';
import type { Place } from './settings.ts';

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

/**
 * What an exit code of pgBackRest means to someone who makes a backup; `full` is whether the place has no room left: then
 * what failed for no reason of its own failed for that, and so did the log that did not arrive in time.
 */
export function backupProblemCode(exit: number, full = false): ProblemCode {
  const code = ABOUT_BACKUP[exit] ?? 'FW-BACKUP-FAILED';
  return full && FOR_WANT_OF_ROOM.has(code) ? 'FW-BACKUP-SPACE' : code;
}

const FOR_WANT_OF_ROOM = new Set<ProblemCode>(['FW-BACKUP-FAILED', 'FW-BACKUP-WAL-MISSING']);

/** What it means to someone who restores one; `full` is whether the disk has no room left. */
export function restoreProblemCode(exit: number, full: boolean): ProblemCode {
  if (full && exit === BACKREST.fileWrite) return 'FW-RESTORE-SPACE';
  return ABOUT_RESTORE[exit] ?? 'FW-RESTORE-FAILED';
}

/** The line, whoever is at its other end, or pgBackRest itself: none of them says what a file is like. */
const UNREAD = new Set<number>([
  BACKREST.protocol,
  BACKREST.hostConnect,
  BACKREST.term,
  BACKREST.protocolTimeout,
  BACKREST.memory,
  BACKREST.service,
  BACKREST.execute,
  KILLED,
]);
/** Of a disk these are damage: it does not give back what it was given. From S3 all comes over the line. */
const UNREAD_OVER_THE_LINE = new Set<number>([BACKREST.fileOpen, BACKREST.fileRead]);

/** Whether what ended so could not look, and so knows nothing of what is stored. */
export function couldNotRead(exit: number, type: Place['type']): boolean {
  return UNREAD.has(exit) || (type === 's3' && UNREAD_OVER_THE_LINE.has(exit));
}
