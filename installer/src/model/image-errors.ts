import { EXIT } from './exit-codes.ts';

/** What can be wrong with images.lock.yaml; part of the error catalogue. */
export const IMAGE_LOCK_ERRORS = {
  'FW-IMAGE-LOCK-INVALID': {
    exit: EXIT.usage,
    summary: 'The file images.lock.yaml is not one that `images lock` writes.',
  },
  'FW-IMAGE-LOCK-STALE': {
    exit: EXIT.check,
    summary: 'An image that is wanted has no digest in images.lock.yaml.',
  },
  'FW-IMAGE-LOCK-MOVED': {
    exit: EXIT.check,
    summary: 'At its registry a tag stands for another image than the locked one.',
  },
  'FW-IMAGE-LOCK-LOCAL': {
    exit: EXIT.usage,
    summary: 'Images that are built on this host have no digest that could be locked.',
  },
} as const;
