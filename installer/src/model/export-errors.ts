import { EXIT } from './exit-codes.ts';

/** Errors of `export`. */
export const EXPORT_ERRORS = {
  'FW-EXPORT-FOREIGN': {
    exit: EXIT.check,
    summary: 'The directory of an export holds files of the same names that are of somebody else.',
  },
  'FW-EXPORT-DIFFERENT': {
    exit: EXIT.check,
    summary: 'An export differs from the bundle of Compose in something nobody has declared.',
  },
  'FW-KUBECTL-MISSING': {
    exit: EXIT.check,
    summary: 'The report of an export needs kubectl, and there is none.',
  },
  'FW-KUSTOMIZE-REFUSED': {
    exit: EXIT.check,
    summary: 'An overlay of an export could not be built by kubectl.',
  },
  'FW-EXPORT-STAGING': {
    exit: EXIT.usage,
    summary: 'Staging would have the name of production, or work on its database.',
  },
  'FW-EXPORT-HOST': {
    exit: EXIT.usage,
    summary:
      'A cluster is reached by a name, and there is only an address or one that is too long.',
  },
} as const;
