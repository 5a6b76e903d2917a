import { EXIT } from './exit-codes.ts';

/** What a PostgreSQL of the customer's (postgres.mode external) can be wrong in; part of the error catalogue. */
export const DATABASE_ERRORS = {
  'FW-SECRET-NEEDED': {
    exit: EXIT.check,
    summary:
      'A secret that only you can know is missing, such as a password of your own PostgreSQL or the address of a receiver of alerts.',
  },
  'FW-DB-CA-FILE': {
    exit: EXIT.usage,
    summary:
      'The file of postgres.external.tls.caFile is missing, unreadable or holds no certificate.',
  },
  'FW-DB-DATA-BEHIND': {
    exit: EXIT.check,
    summary: 'The data of this instance is in the other PostgreSQL: the bundled one, or your own.',
  },
  'FW-DB-UNREACHABLE': {
    exit: EXIT.check,
    summary: 'Your PostgreSQL does not answer, or something else answers in its place.',
  },
  'FW-DB-TLS': {
    exit: EXIT.check,
    summary: 'The connection to your PostgreSQL cannot be encrypted as configured.',
  },
  'FW-DB-LOGIN': {
    exit: EXIT.check,
    summary: 'Your PostgreSQL refuses a role: its password, its right to log in, or pg_hba.conf.',
  },
  'FW-DB-NOT-FOUND': {
    exit: EXIT.check,
    summary: 'Your PostgreSQL has no database of the name postgres.database.',
  },
  'FW-DB-TOO-OLD': {
    exit: EXIT.check,
    summary: 'Your PostgreSQL is older than the schema of the platform needs.',
  },
  'FW-DB-ENCODING': {
    exit: EXIT.check,
    summary: 'The database is not in UTF8, so that not every text could be kept.',
  },
  'FW-DB-READ-ONLY': {
    exit: EXIT.check,
    summary: 'Your PostgreSQL takes no writes: a standby, or one set to read only.',
  },
  'FW-DB-RIGHTS-MISSING': {
    exit: EXIT.check,
    summary: 'A role of your PostgreSQL lacks a right that its work needs.',
  },
  'FW-DB-RIGHTS-EXCESS': {
    exit: EXIT.check,
    summary: 'A role of your PostgreSQL may do more than its work needs.',
  },
  'FW-DB-CONNECTIONS': {
    exit: EXIT.check,
    summary: 'Your PostgreSQL allows fewer connections than the platform needs.',
  },
  'FW-DB-CLOCK': {
    exit: EXIT.check,
    summary: 'The clock of your PostgreSQL and that of this server disagree.',
  },
} as const;
