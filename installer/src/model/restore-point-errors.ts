import { EXIT } from './exit-codes.ts';

/** Restore points of the database; part of the error catalogue. */
export const RESTORE_POINT_ERRORS = {
  'FW-RESTORE-POINT-SPACE': {
    exit: EXIT.check,
    summary: 'The disk has no room for a restore point of the database, or for going back to one.',
  },
  'FW-RESTORE-POINT-FAILED': {
    exit: EXIT.restored,
    summary: 'A restore point of the database could not be made; nothing of it stays.',
  },
  'FW-RESTORE-POINT-MISSING': {
    exit: EXIT.usage,
    summary: 'There is no restore point of that name.',
  },
  'FW-RESTORE-POINT-DAMAGED': {
    exit: EXIT.check,
    summary: 'A restore point is not as it was written; the database was not touched.',
  },
  'FW-RESTORE-POINT-EXTERNAL': {
    exit: EXIT.check,
    summary: 'The database is on a PostgreSQL of your own, of which no restore point can be made.',
  },
  'FW-RESTORE-POINT-NEWER': {
    exit: EXIT.check,
    summary: 'A restore point is of a later release than the one that serves.',
  },
  'FW-RESTORE-FAILED': {
    exit: EXIT.restored,
    summary: 'The database could not be put back to a restore point; it is as it was.',
  },
} as const;
