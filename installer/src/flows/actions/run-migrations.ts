import { FactswayError, type ErrorCode } from '../../model/errors.ts';
import type { ActionOf } from '../../model/plan.ts';
import { findContainers, type ActionContext } from './action-context.ts';
import { lastLines } from './start-components.ts';

const POLL_MS = 200;

/** Last line of the migration program (docs/platform-contract.md, "Migrations"). */
export type MigrationResult = {
  readonly event: 'migrate.result';
  readonly ok: boolean;
  readonly before: string | null;
  readonly after: string | null;
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly failed: { readonly migration: string; readonly reason: string } | null;
  readonly restored: boolean | null;
  readonly code: string | null;
};

/** Runs the one-shot container to its end. Throws FW-MIGRATION-FAILED, -STUCK or -LEDGER, naming migration and reason. */
export async function runMigrations(
  action: ActionOf<'RunMigrations'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { docker, clock, signal } = context.ports;
  const [container] = await findContainers(context, [action.service]);
  if (!container) return;
  await docker.start(container.id);
  for (;;) {
    const now = await docker.container(container.id);
    if (now?.state === 'exited') {
      if (now.exitCode === 0) return;
      throw migrationError(await lastLines(now, context), action.version, now.exitCode, context);
    }
    waiting('waiting for the migrations to finish');
    await clock.sleep(POLL_MS, signal);
  }
}

/** The result line among the log lines (which carry a `service | ` prefix), if it is there. */
export function findMigrationResult(lines: readonly string[]): MigrationResult | undefined {
  for (const line of lines.toReversed()) {
    const start = line.indexOf('{');
    if (start < 0 || !line.includes('"migrate.result"')) continue;
    try {
      return JSON.parse(line.slice(start)) as MigrationResult;
    } catch {
      continue;
    }
  }
  return undefined;
}

function migrationError(
  lines: readonly string[],
  version: string,
  exitCode: number,
  { paths, run }: ActionContext,
): FactswayError {
  const log = `${paths.failures}/${run}`;
  const result = findMigrationResult(lines);
  if (!result)
    return new FactswayError(
      'FW-MIGRATION-FAILED',
      `The migrations of ${version} stopped with exit code ${exitCode} without saying why.`,
      `See ${log}`,
      lines,
    );
  const what = result.failed
    ? `Migration ${result.failed.migration} failed: ${result.failed.reason}`
    : `The migrations of ${version} were refused (${result.code ?? 'no code'})`;
  const code: ErrorCode =
    result.restored === false
      ? 'FW-MIGRATION-STUCK'
      : result.failed
        ? 'FW-MIGRATION-FAILED'
        : 'FW-MIGRATION-LEDGER';
  const state =
    result.restored === false
      ? 'The database could not be put back.'
      : 'The database is as it was before; no service of this release was started.';
  const hint =
    result.restored === false
      ? `Do not start anything. Send us ${log}; the database needs an operator.`
      : `Correct the cause and run the command again. The whole log: ${log}`;
  return new FactswayError(code, `${what.replace(/\.$/, '')}. ${state}`, hint, lines);
}
