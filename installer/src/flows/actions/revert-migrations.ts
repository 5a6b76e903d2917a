import { FactswayError } from '../../model/errors.ts';
import type { ActionOf } from '../../model/plan.ts';
import type { ComposeRun } from '../../ports/compose.ts';
import { forgetSchemaBefore, readSchemaBefore } from '../schema-before.ts';
import type { ActionContext } from './action-context.ts';
import { findMigrationResult } from './run-migrations.ts';

const POLL_MS = 1000;
/** How long the migrations of a run that was killed may still hold the database. */
const PATIENCE_MS = 5 * 60_000;

/**
 * Takes migrations back, the latest first, by the program of the release that brought them, to where the database stood
 * before they began: what an earlier upgrade brought stays. Where none began there is nothing to take back. Throws FW-MIGRATION-REFUSED
 * where one of them cannot be taken back and nothing was, FW-MIGRATION-FAILED where what was is applied again,
 * FW-MIGRATION-STUCK where neither.
 */
export async function revertMigrations(
  { service, version }: ActionOf<'RevertMigrations'>,
  { ports, paths }: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { compose, clock, signal } = ports;
  const before = await readSchemaBefore(version, paths, ports.files);
  if (!before) {
    // People may have written with it, and the release before works on what an expanding migration leaves.
    ports.reporter.note(
      `No migration of ${version} is taken back: none had begun, or requests had been led to it since.`,
    );
    return;
  }
  const argv = ['node', '/app/migrate.mjs', 'down-to', before.head];
  const deadline = clock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    const ended = await compose.run(paths.directory, service, argv, { works: true });
    if (ended.exitCode === 0) return forgetSchemaBefore(paths, ports.files);
    const result = findMigrationResult(ended.stdout.split('\n'));
    const isBusy = result?.code === 'FW-MIGRATION-LOCKED' && clock.monotonicMs() < deadline;
    if (!isBusy) throw revertError(ended, version);
    waiting('waiting for migrations that are under way');
    await clock.sleep(POLL_MS, signal);
  }
}

function revertError({ exitCode, stdout, stderr }: ComposeRun, version: string): FactswayError {
  const lines = [...stdout.split('\n'), ...stderr.split('\n')].filter((line) => line !== '');
  const result = findMigrationResult(lines);
  const what = `The migrations of ${version} were not taken back`;
  const reason = (result?.message ?? `exit code ${exitCode}`).replace(/\.$/, '');
  const restore =
    'Go back to the restore point from before them: factsway-install database points, then factsway-install database restore --point ID';
  if (result?.restored === false)
    return new FactswayError(
      'FW-MIGRATION-STUCK',
      `${what}: ${reason}. Half of it was, and the database could not be put back.`,
      restore,
      lines.slice(-20),
    );
  if (result?.code === 'FW-MIGRATION-LOCKED')
    return new FactswayError(
      'FW-MIGRATION-LOCKED',
      `${what}: other migrations are under way. The database is as it was.`,
      'Wait for them: factsway-install logs migrations   then run the command again.',
      lines.slice(-20),
    );
  return new FactswayError(
    result && !result.failed ? 'FW-MIGRATION-REFUSED' : 'FW-MIGRATION-FAILED',
    `${what}: ${reason}. The database is as it was.`,
    restore,
    lines.slice(-20),
  );
}
