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

/** The error of a drill that did not reach everybody, undefined where it did. */
export function drillError(results: readonly CheckResult[]): FactswayError | undefined {
  const failed = results.filter(({ status }) => status === 'fail');
  if (failed.length === 0) return undefined;
  return new FactswayError(
    'FW-ALERT-NOT-DELIVERED',
    `The test alert did not reach ${failed.length} of ${count(results.length, 'receiver', 'receivers')}: ${failed.map(({ name }) => name).join(', ')}.`,
    failed[0]?.remedy ?? '',
    failed.map(({ name, found }) => `${name}: ${found}`),
  );
}
