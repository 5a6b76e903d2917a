import { EXIT } from './exit-codes.ts';

/** Major versions of PostgreSQL; part of the error catalogue. */
export const POSTGRES_ERRORS = {
  'FW-POSTGRES-VERSION': {
    exit: EXIT.check,
    summary: 'Another major version of PostgreSQL is wanted than the one that made the database.',
  },
  'FW-POSTGRES-TARGET': {
    exit: EXIT.usage,
    summary: 'The database cannot be brought to that major version of PostgreSQL.',
  },
  'FW-POSTGRES-EXTERNAL': {
    exit: EXIT.usage,
    summary: 'The major version of a PostgreSQL of your own is not ours to change.',
  },
  'FW-POSTGRES-BACKUPS': {
    exit: EXIT.check,
    summary: 'The major version of PostgreSQL is changed only where backups are kept.',
  },
  'FW-POSTGRES-SPACE': {
    exit: EXIT.check,
    summary: 'The disk has no room for a second copy of the database.',
  },
  'FW-POSTGRES-COPY': {
    exit: EXIT.restored,
    summary: 'The database could not be copied to another major version of PostgreSQL.',
  },
  'FW-POSTGRES-DIFFERENT': {
    exit: EXIT.restored,
    summary: 'The copy of the database differs from what serves; it was not put to use.',
  },
  'FW-POSTGRES-UNFINISHED': {
    exit: EXIT.check,
    summary: 'An earlier change of the major version of PostgreSQL has to be finished first.',
  },
  'FW-POSTGRES-NO-RETURN': {
    exit: EXIT.check,
    summary: 'There is no database of the former major version of PostgreSQL to go back to.',
  },
  'FW-POSTGRES-LOSES': {
    exit: EXIT.check,
    summary:
      'Going back to the former major version of PostgreSQL would lose what was written since, and nobody agreed to that.',
  },
} as const;
