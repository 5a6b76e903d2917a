import { count } from '../model/units.ts';
import { FactswayError } from '../model/errors.ts';
import type { CheckResult } from '../model/check-result.ts';

/** The error of a verification with failed gates, undefined where all are green. */
export function gatesError(gates: readonly CheckResult[]): FactswayError | undefined {
  const failed = gates.filter(({ status }) => status === 'fail');
  if (failed.length === 0) return undefined;
  return new FactswayError(
    'FW-VERIFY-FAILED',
    `${failed.length} of ${count(gates.length, 'gate', 'gates')} failed: ${failed.map(({ name }) => name).join(', ')}.`,
    failed[0]?.remedy ?? '',
    failed.flatMap(({ name, found }) => `${name}: ${found}`),
  );
}
