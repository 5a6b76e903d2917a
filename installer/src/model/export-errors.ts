import { EXIT } from './exit-codes.ts';

/** Errors of `export`. */
export const EXPORT_ERRORS = {
  'FW-EXPORT-FOREIGN': {
    exit: EXIT.check,
    summary: 'The directory of an export holds files of the same names that are of somebody else.',
  },
  'FW-EXPORT-LOSS': {
    exit: EXIT.warnings,
    summary: 'Something of compose.override.yaml has no counterpart in what was exported.',
  },
} as const;
