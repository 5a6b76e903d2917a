import type { ErrorCode } from './errors.ts';

/** Outcome of one check or gate, the same for preflight, doctor and verify. */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

export type CheckResult = {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found, one line. */
  readonly found: string;
  /** The next command to type; empty when the check passed. */
  readonly remedy: string;
  /** Single findings behind the line, shown below it when it did not pass. */
  readonly details?: readonly string[];
  /** Of a failed check that has an error code of its own. */
  readonly code?: ErrorCode;
};

export const pass = (name: string, found: string): CheckResult => ({
  name,
  status: 'pass',
  found,
  remedy: '',
});

export const fail = (
  name: string,
  found: string,
  remedy: string,
  details: readonly string[] = [],
): CheckResult => ({
  name,
  status: 'fail',
  found,
  remedy,
  details,
});
