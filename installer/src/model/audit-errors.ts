import { EXIT } from './exit-codes.ts';

/** The audit log; part of the error catalogue. */
export const AUDIT_ERRORS = {
  'FW-AUDIT-BROKEN': {
    exit: EXIT.check,
    summary: 'The audit log, or an export of it, is not as it was written.',
  },
  'FW-AUDIT-MISSING': {
    exit: EXIT.check,
    summary: 'The database has no audit log yet: it comes with release 1.1.0.',
  },
  'FW-AUDIT-UNREACHABLE': {
    exit: EXIT.check,
    summary: 'The database with the audit log cannot be asked.',
  },
  'FW-AUDIT-EXPORT-EXISTS': {
    exit: EXIT.usage,
    summary: 'The file that the audit log is to be exported to is there already.',
  },
  'FW-AUDIT-EXPORT-INVALID': {
    exit: EXIT.check,
    summary: 'An export of the audit log is incomplete, or was not signed by this key.',
  },
} as const;
