import type { CheckResult } from '../model/check-result.ts';
import { FactswayError, together } from '../model/errors.ts';
import { EXIT } from '../model/exit-codes.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';
import { preflight, type PreflightRequest } from './preflight.ts';
import { unlessInterrupted } from './unless-interrupted.ts';

/** `34 checks: 31 passed, 2 warned, 1 failed`. */
export function preflightSummary(results: readonly CheckResult[]): string {
  const words = { pass: 'passed', warn: 'warned', fail: 'failed', skip: 'skipped' } as const;
  const parts = (Object.keys(words) as (keyof typeof words)[]).flatMap((status) => {
    const amount = results.filter((one) => one.status === status).length;
    return amount === 0 ? [] : [`${amount} ${words[status]}`];
  });
  return `${results.length} checks: ${parts.join(', ')}`;
}

/** One error for each check that failed, under its own code; undefined where none did. */
export function preflightError(results: readonly CheckResult[]): FactswayError | undefined {
  const [first, ...others] = results
    .filter(({ status }) => status === 'fail')
    .map(
      ({ code, found, remedy, details }) =>
        new FactswayError(code ?? 'FW-BUG', sentence(found), remedy, details, EXIT.check),
    );
  return first && together(first, others);
}

export const preflightWarnings = (results: readonly CheckResult[]): string[] =>
  results.filter(({ status }) => status === 'warn').map(({ name, found }) => `${name}: ${found}`);

/**
 * The checks before an installation. Tells what is not green; a failed check ends it with its code. One that
 * warns is told as a note, with no part in the exit code: a disk that was busy a moment ago must not make
 * the same installation end in another way.
 */
export async function passPreflight(
  request: PreflightRequest,
  desired: Desired,
  ports: Ports,
): Promise<CheckResult[]> {
  const { reporter, signal } = ports;
  const results = await unlessInterrupted(preflight(request, desired, ports), signal);
  const said = new Set(desired.bundle.warnings);
  for (const { name, status, found, remedy } of results) {
    if (status === 'skip' && request.skip.includes(name))
      reporter.note(`${name} is skipped: ${found}`);
    if (status !== 'warn' || said.has(`${found}.`)) continue;
    reporter.note(`! ${name}: ${found}`);
    reporter.note(`  → ${remedy}`);
  }
  reporter.note(`Preflight, ${preflightSummary(results)}.`);
  const error = preflightError(results);
  if (error) throw error;
  return results;
}

/** `port 443 is taken` → `Port 443 is taken.`; paths and programs keep their first letter. */
function sentence(found: string): string {
  const first = /^[a-z]+ /.test(found) ? found.charAt(0).toUpperCase() : found.charAt(0);
  return `${first}${found.slice(1)}${found.endsWith('.') ? '' : '.'}`;
}
