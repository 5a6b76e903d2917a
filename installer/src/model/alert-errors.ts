import { EXIT } from './exit-codes.ts';

/** What can be wrong with those who are told of alerts; part of the error catalogue. */
export const ALERT_ERRORS = {
  'FW-ALERT-SECRET': {
    exit: EXIT.check,
    summary: 'What a secret file of a receiver holds cannot be what belongs there.',
  },
  'FW-ALERT-NO-RECEIVER': {
    exit: EXIT.check,
    summary: 'No receiver of alerts is switched on, so there is nobody to try.',
  },
  'FW-ALERT-NOT-DELIVERED': {
    exit: EXIT.check,
    summary: 'A test alert did not reach every receiver.',
  },
  'FW-ALERTMANAGER': {
    exit: EXIT.check,
    summary: 'Alertmanager does not answer, or refuses what it is asked for.',
  },
} as const;
