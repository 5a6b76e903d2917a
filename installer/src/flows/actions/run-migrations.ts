import { FactswayError } from '../../model/errors.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { ActionOf } from '../../model/plan.ts';
import { readSchemaBefore, writeSchemaBefore } from '../schema-before.ts';
import { findContainers, type ActionContext } from './action-context.ts';
import { alignRoles } from './database-roles.ts';
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
  /** The program's own words about a refusal. */
  readonly message?: string | null;
  readonly hint?: string | null;
};

/** Runs the one-shot container to its end, with the roles there that the services log in as. Throws FW-MIGRATION-FAILED, -STUCK or -REFUSED, naming migration and reason. */
export async function runMigrations(
  action: ActionOf<'RunMigrations'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  // Cheap, and services cannot log in without: so it is done whenever they are about to start.
  await alignRoles(context);
  if (action.reversible) await keepSchemaBefore(action, context, waiting);
  if (action.allowContract) await runContract(action, context, waiting);
  const ended = await runToEnd(action.service, context, waiting);
  if (ended.exitCode === 0) return;
  throw migrationError(await lastLines(ended, context), action.version, ended.exitCode, context);
}

/**
 * A run that goes on with what another one began finds the database migrated already: where it stood before that is
 * asked once, before anything is changed.
 */
async function keepSchemaBefore(
  { service, version }: ActionOf<'RunMigrations'>,
  { ports, paths }: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  if (await readSchemaBefore(version, paths, ports.files)) return;
  waiting('asking where the database stands');
  const argv = ['node', '/app/migrate.mjs', 'status'];
  const { exitCode, stdout, stderr } = await ports.compose.run(paths.directory, service, argv);
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line !== '');
  const result = findMigrationResult(lines);
  // A program that could not look says so in a result too, one that holds no migration.
  if (!result || (!result.ok && result.pending.length === 0))
    throw new FactswayError(
      'FW-MIGRATION-FAILED',
      `Where the database stands could not be asked: ${result?.message ?? `exit code ${exitCode}`}. No migration was run.`,
      `${result?.hint ?? 'See the lines below,'} then run the command again.`,
      lines.slice(-20),
    );
  // Nothing is ever taken back to an empty database: whatever says that there was none is not to be believed.
  if (result.after !== null)
    await writeSchemaBefore({ version, head: result.after }, paths, ports.files);
}

/** The container's own command leaves them out: it runs at every start, and leave is given once. */
async function runContract(
  { service, version }: ActionOf<'RunMigrations'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { ports, paths } = context;
  waiting('running migrations, those of no return among them');
  const argv = ['node', '/app/migrate.mjs', 'up', '--allow-contract'];
  const ended = await ports.compose.run(paths.directory, service, argv, { works: true });
  if (ended.exitCode === 0) return;
  const lines = `${ended.stdout}\n${ended.stderr}`.split('\n').filter((line) => line !== '');
  throw migrationError(lines.map(context.mask).slice(-20), version, ended.exitCode, context);
}

/** Starts a one-shot container and waits until it has ended, however it ended. */
export async function runToEnd(
  service: string,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<ObservedContainer> {
  const { docker, clock, signal } = context.ports;
  const [container] = await findContainers(context, [service]);
  if (!container) throw new Error(`${service} was not found`);
  await docker.start(container.id);
  for (;;) {
    const now = await docker.container(container.id);
    if (!now || now.state === 'dead' || now.state === 'removing') {
      throw new FactswayError(
        'FW-CONTAINER-EXITED',
        `${service} was removed while it ran.`,
        'Make sure nobody else works on this Compose project, then run the command again.',
      );
    }
    if (now.state === 'exited') return now;
    waiting(`waiting for ${service} to finish`);
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
  if (result.restored === false) {
    return new FactswayError(
      'FW-MIGRATION-STUCK',
      `${describe(result, version)} The database could not be put back.`,
      `Do not start anything. Send us ${log}; the database needs an operator.`,
      lines,
    );
  }
  return new FactswayError(
    result.failed ? 'FW-MIGRATION-FAILED' : 'FW-MIGRATION-REFUSED',
    `${describe(result, version)} The database is as it was before; no service of this release was started.`,
    `${result.hint ?? 'Correct the cause and run the command again.'} The whole log: ${log}`,
    lines,
  );
}

function describe({ failed, code, message }: MigrationResult, version: string): string {
  const sentence = failed
    ? `Migration ${failed.migration} failed: ${failed.reason}`
    : `The migrations of ${version} were refused (${code ?? 'no code'}): ${message ?? 'no reason given'}`;
  return `${sentence.replace(/\.$/, '')}.`;
}
