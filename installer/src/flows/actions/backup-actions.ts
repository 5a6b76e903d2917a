import * as z from 'zod';
import { createdSchema, restoredSchema, type RestoredDatabase } from '../../model/backup.ts';
import { FactswayError } from '../../model/errors.ts';
import type { ActionOf } from '../../model/plan.ts';
import { copyInstance } from '../backups/copy-instance.ts';
import { Keeper } from '../backups/keeper.ts';
import { readDataVolume, readRecord, withoutFormer, writeDataVolume } from '../data-volume.ts';
import { configInEffect } from '../in-effect.ts';
import { readJson } from '../read-json.ts';
import type { ActionContext } from './action-context.ts';

type Restored = { readonly target: string; readonly result: RestoredDatabase };

const flushedSchema = z.object({ lastWal: z.string().nullable() }).loose();

async function openKeeper({ ports, paths }: ActionContext): Promise<Keeper> {
  const { config } = await configInEffect(paths.directory, ports.files);
  return new Keeper(config, ports.docker);
}

/** Throws FW-BACKUP-FAILED where none was made, and FW-BACKUP-INCOMPLETE where a place has none. */
export async function makeBackup(
  action: ActionOf<'CreateBackup'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { ports, paths } = context;
  const keeper = await openKeeper(context);
  waiting('looking at what changed since the last backup');
  const argv = ['create', '--type', action.type, '--reason', action.reason];
  const answer = await keeper.ask(createdSchema, { argv, waiting });
  waiting('copying the instance directory');
  const { failures } = await copyInstance(paths.directory, keeper, ports);
  const all = [...answer.failures, ...failures];
  if (all.length === 0) return;
  const away = [...new Set(all.map(({ place }) => place))].join(', ');
  if (action.enough === 'one place') {
    ports.reporter.warning(
      `${away} has no backup from before this: another place has. Look at it: factsway-install backup check`,
    );
    return;
  }
  throw new FactswayError(
    'FW-BACKUP-INCOMPLETE',
    `Not every place has a fresh backup now: ${away} failed.`,
    'What keeps it from working is below; then run it again: factsway-install backup create',
    all.map(({ place, code, message }) => `${place}: ${message} (${code})`),
  );
}

/** Throws FW-BACKUP-FLUSH where no place takes it, or not the one that is named. */
export async function flushLog(
  { everywhere, place }: ActionOf<'FlushLog'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const keeper = await openKeeper(context);
  const where = everywhere ? ['--all'] : place === undefined ? [] : ['--place', place];
  await keeper.ask(flushedSchema, { argv: ['flush', ...where], waiting });
}

/** Throws the FW-RESTORE-… of the keeper; the volume that serves is not touched by it. */
export async function restoreVolume(
  { target, place }: ActionOf<'RestoreVolume'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { ports, paths } = context;
  const keeper = await openKeeper(context);
  const argv = ['restore', '--target', target, '--place', place];
  const result = await keeper.ask(restoredSchema, { argv, waiting });
  const restored: Restored = { target, result };
  await ports.files.write(paths.restored, `${JSON.stringify(restored)}\n`, { mode: 0o644 });
}

/** Back to the former one it says nothing about a restore: none came to serve. */
export async function useDataVolume(
  { generation }: ActionOf<'UseDataVolume'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  const { files, clock } = ports;
  const record = await readDataVolume(paths.directory, files);
  if (record && record.generation > generation) {
    // Also the first one is on record from now on: there is a third volume, and without a record nobody could tell.
    const former = record.former ?? readRecord({ generation });
    await writeDataVolume(paths.directory, { ...former, generation }, files);
    return;
  }
  const restored = await readJson<Restored>(paths.restored, files);
  if (!restored) throw new Error('nothing was restored that could be used');
  await writeDataVolume(
    paths.directory,
    {
      generation,
      target: restored.target,
      recoveredTo: restored.result.recoveredTo,
      restoredAt: clock.now().toISOString(),
      finished: false,
      left: record?.generation ?? 1,
      newest: generation,
      ...(record?.postgres === undefined ? {} : { postgres: record.postgres }),
      ...(record?.move ? { move: record.move } : {}),
      ...(record ? { former: withoutFormer(record) } : {}),
    },
    files,
  );
}

export async function finishRestore(
  _action: ActionOf<'FinishRestore'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  const record = await readDataVolume(paths.directory, ports.files);
  if (!record)
    throw new FactswayError(
      'FW-RESTORE-FAILED',
      'It is not on record any more which volume the database is in.',
      'See what runs: factsway-install status',
    );
  const finished = { ...withoutFormer(record), finished: true };
  await writeDataVolume(paths.directory, finished, ports.files);
  await ports.files.remove(paths.restored);
  await ports.files.remove(paths.recovering);
}
