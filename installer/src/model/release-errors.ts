import { EXIT } from './exit-codes.ts';

/** Errors of the way from one release to another. */
export const RELEASE_ERRORS = {
  'FW-RELEASE-HISTORY': {
    exit: EXIT.check,
    summary: 'What the migrations image says of its release cannot be read, or is of another one.',
  },
  'FW-REQUIRED-STOP': {
    exit: EXIT.check,
    summary: 'A release in between has to be installed first.',
  },
  'FW-UPGRADE-WANTED': {
    exit: EXIT.check,
    summary: 'Another release is asked for than the one that serves; that is what upgrade is for.',
  },
  'FW-UPGRADE-DOWN': {
    exit: EXIT.usage,
    summary: 'An upgrade was asked for to a release before the one that serves.',
  },
  'FW-UPGRADE-CONTRACT': {
    exit: EXIT.check,
    summary: 'Migrations of a release cannot be taken back, and nobody gave leave for that.',
  },
  'FW-UPGRADE-MEMORY': {
    exit: EXIT.check,
    summary: 'The memory does not suffice for two releases beside each other.',
  },
  'FW-UPGRADE-NOTHING': {
    exit: EXIT.check,
    summary: 'No release serves that could be upgraded or gone back from.',
  },
  'FW-ROLLBACK-NONE': {
    exit: EXIT.check,
    summary: 'No release served here before the one that serves.',
  },
  'FW-ROLLBACK-IMAGE': {
    exit: EXIT.check,
    summary: 'Images of the release to go back to are not on this server any more.',
  },
  'FW-ROLLBACK-SCHEMA': {
    exit: EXIT.check,
    summary: 'The database was changed in a way that the release to go back to cannot work with.',
  },
} as const;
