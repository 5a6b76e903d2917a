import { EXIT } from './exit-codes.ts';

/** Rotation of secrets; part of the error catalogue. */
export const SECRET_ERRORS = {
  'FW-SECRET-UNKNOWN': {
    exit: EXIT.usage,
    summary: 'There is no secret of that name in this installation.',
  },
  'FW-SECRET-GIVEN': {
    exit: EXIT.usage,
    summary: 'A secret that a person gives is not rotated by the installer.',
  },
  'FW-SECRET-HALFWAY': {
    exit: EXIT.check,
    summary: 'The rotation of a password was cut off and has to be finished first.',
  },
  'FW-SECRET-ROLE-MISSING': {
    exit: EXIT.check,
    summary: 'A role of the database whose password is to be rotated does not exist yet.',
  },
  'FW-SECRET-NOT-TAKEN': {
    exit: EXIT.restored,
    summary: 'A component did not take its new password.',
  },
  'FW-DATABASE-REFUSED': {
    exit: EXIT.restored,
    summary: 'The PostgreSQL of the platform refused a statement of its superuser.',
  },
} as const;
