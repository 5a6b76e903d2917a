import { EXIT } from './exit-codes.ts';

/** Backups and restores; part of the error catalogue. Those of a restore end before anything was changed, or undone. */
export const BACKUP_ERRORS = {
  'FW-BACKUP-USAGE': {
    exit: EXIT.bug,
    summary: 'The installer and the keeper of backups do not understand each other.',
  },
  'FW-BACKUP-DATABASE': {
    exit: EXIT.check,
    summary: 'The database does not answer its keeper of backups.',
  },
  'FW-BACKUP-OFF': { exit: EXIT.usage, summary: 'No backups are kept by this instance.' },
  'FW-BACKUP-CA-FILE': {
    exit: EXIT.usage,
    summary: 'The file of the authority of your S3 service cannot be used.',
  },
  'FW-BACKUP-BUSY': {
    exit: EXIT.check,
    summary: 'Another backup, check, drill or restore is at work.',
  },
  'FW-BACKUP-DIRECTORY': {
    exit: EXIT.check,
    summary: 'The directory for backups is missing, or cannot be written by their keeper.',
  },
  'FW-BACKUP-INSIDE': {
    exit: EXIT.check,
    summary:
      'The directory for backups is inside that of the data or of the installation, or around it.',
  },
  'FW-BACKUP-FAILED': {
    exit: EXIT.restored,
    summary: 'A backup failed; what was there before stays.',
  },
  'FW-BACKUP-INCOMPLETE': {
    exit: EXIT.check,
    summary: 'A backup was made in one place and failed in another.',
  },
  'FW-BACKUP-CUSTODY': {
    exit: EXIT.check,
    summary: 'The copy of the key that was shown to a drill does not open the backups.',
  },
  'FW-BACKUP-KEEPER': {
    exit: EXIT.check,
    summary: 'In a cluster: the keeper of backups does not answer the CronJob that asks it.',
  },
  'FW-BACKUP-KEY': {
    exit: EXIT.check,
    summary: 'The key does not open the backups that are there.',
  },
  'FW-BACKUP-FOREIGN': {
    exit: EXIT.check,
    summary: 'The place for backups holds those of another database.',
  },
  'FW-BACKUP-EMPTY': {
    exit: EXIT.check,
    summary: 'The database is empty, and the backups that are there are of one that was not.',
  },
  'FW-BACKUP-SPACE': { exit: EXIT.check, summary: 'The disk has no room for a backup.' },
  'FW-BACKUP-UNREACHABLE': {
    exit: EXIT.check,
    summary: 'A place of backups cannot be reached or used.',
  },
  'FW-BACKUP-CONFIG': {
    exit: EXIT.usage,
    summary: 'The keeper of backups cannot use its configuration.',
  },
  'FW-BACKUP-WAL-MISSING': {
    exit: EXIT.check,
    summary: 'A part of the log that a backup needs is missing.',
  },
  'FW-BACKUP-FLUSH': {
    exit: EXIT.restored,
    summary: 'The log of the database did not reach any backup in time.',
  },
  'FW-BACKUP-DAMAGED': {
    exit: EXIT.check,
    summary: 'A check found damage in a backup or in the database.',
  },
  'FW-BACKUP-UNCHECKED': {
    exit: EXIT.check,
    summary: 'A check could not look everything through.',
  },
  'FW-DRILL-FAILED': { exit: EXIT.check, summary: 'The newest backup could not be proven.' },
  'FW-RESTORE-NO-BACKUP': { exit: EXIT.check, summary: 'There is no backup to restore from.' },
  'FW-RESTORE-TARGET': {
    exit: EXIT.usage,
    summary: 'No backup leads to the moment or label that was asked for.',
  },
  'FW-RESTORE-WAL-MISSING': {
    exit: EXIT.check,
    summary: 'A part of the log between the backup and the moment asked for is missing.',
  },
  'FW-RESTORE-KEY': { exit: EXIT.check, summary: 'The key does not open the backup.' },
  'FW-RESTORE-SPACE': {
    exit: EXIT.check,
    summary: 'The disk has no room for the restored database.',
  },
  'FW-RESTORE-DROPPED': {
    exit: EXIT.check,
    summary: 'Right before a database was dropped there is no moment to restore it to.',
  },
  'FW-RESTORE-EMPTY': {
    exit: EXIT.check,
    summary: 'What was restored is empty; it was not put to use.',
  },
  'FW-RESTORE-DAMAGED': {
    exit: EXIT.check,
    summary: 'The restored database is damaged; it was not put to use.',
  },
  'FW-RESTORE-LOSES': {
    exit: EXIT.check,
    summary: 'A restore would lose what was written later, and nobody agreed to how much.',
  },
  'FW-RESTORE-UNFINISHED': {
    exit: EXIT.check,
    summary: 'An earlier restore was cut off and has to be finished first.',
  },
  'FW-RECOVER-NOT-EMPTY': {
    exit: EXIT.check,
    summary: 'A server is to be built anew where there is an instance, or data of one.',
  },
  'FW-RECOVER-UNFINISHED': {
    exit: EXIT.check,
    summary: 'A server that is being built anew from backups has no database yet.',
  },
  'FW-RECOVER-PLACE': {
    exit: EXIT.check,
    summary: 'The backups are in another directory than the one their instance keeps them in.',
  },
  'FW-RECOVER-COPY': {
    exit: EXIT.check,
    summary: 'The copy of an instance directory that lies beside the backups cannot be used.',
  },
  'FW-DATA-VOLUME-UNKNOWN': {
    exit: EXIT.check,
    summary: 'It is not on record any more which volume the database is in.',
  },
  'FW-BACKUP-AFTER-RESTORE': {
    exit: EXIT.check,
    summary: 'After a restore nothing is upgraded before there is a new full backup.',
  },
} as const;
