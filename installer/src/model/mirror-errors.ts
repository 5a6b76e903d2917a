import { EXIT } from './exit-codes.ts';

/** Errors of `release mirror`. */
export const MIRROR_ERRORS = {
  'FW-MIRROR-SOURCE': {
    exit: EXIT.check,
    summary: 'Where updates are copied from cannot be reached or read.',
  },
  'FW-MIRROR-EMPTY': {
    exit: EXIT.check,
    summary: 'Where updates are copied from has no manifest of these channels.',
  },
  'FW-MIRROR-MANIFEST': {
    exit: EXIT.check,
    summary: 'A manifest of updates is damaged, or names what is no installer of its version.',
  },
  'FW-MIRROR-FILE': {
    exit: EXIT.check,
    summary: 'A file that a manifest names is missing, cut off, or not what it was.',
  },
  'FW-MIRROR-LINK': {
    exit: EXIT.check,
    summary: 'In place of a file of updates there is a link to elsewhere, or no file at all.',
  },
  'FW-MIRROR-VERSION': {
    exit: EXIT.check,
    summary: 'Another version is asked for than the one that is offered.',
  },
  'FW-MIRROR-OLDER': {
    exit: EXIT.check,
    summary: 'An older version would be offered than the one that is; no client goes back.',
  },
  'FW-MIRROR-CHANGED': {
    exit: EXIT.check,
    summary: 'A published installer would be replaced by another of the same name.',
  },
  'FW-MIRROR-MEANWHILE': {
    exit: EXIT.check,
    summary: 'Between the plan and its consent the mirror or its source became another one.',
  },
  'FW-MIRROR-SPACE': {
    exit: EXIT.check,
    summary: 'There is not enough room for the updates to be copied.',
  },
} as const;
