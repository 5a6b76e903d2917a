/** Outcome of one check or gate, the same for preflight, doctor and verify. */
export type CheckStatus = 'pass' | 'warn' | 'fail';

export type CheckResult = {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found, one line. */
  readonly found: string;
  /** The next command to type; empty when the check passed. */
  readonly remedy: string;
  /** Single findings behind the line, shown below it when it did not pass. */
  readonly details?: readonly string[];
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
