import { FactswayError } from '../../model/errors.ts';

/** The source does not give what it was asked for. */
export const unreadable = (address: string, what: string): FactswayError =>
  new FactswayError(
    'FW-MIRROR-SOURCE',
    `${address}: ${what}. Nothing that is served was changed.`,
    'Make sure that it can be reached from here, then run the command again: whole files that were brought are kept.',
  );

export const messageOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message : String(error);
