import * as z from 'zod';
import { LOG_MOUNT } from '../../catalog/components/backup.ts';
import { drillSchema } from '../../model/backup.ts';
import { FactswayError } from '../../model/errors.ts';
import type { ActionOf } from '../../model/plan.ts';
import { answerOf, Keeper, progressOf } from '../backups/keeper.ts';
import { drillError } from '../backups/look-at-backups.ts';
import { nextGeneration, readDataVolume, withoutFormer, writeDataVolume } from '../data-volume.ts';
import { configInEffect } from '../in-effect.ts';
import type { ActionContext } from './action-context.ts';

const copiedSchema = z.object({ databases: z.number(), tables: z.number(), seconds: z.number() });
const adoptedSchema = z.object({
  places: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      problem: z
        .object({ code: z.string(), message: z.string(), details: z.array(z.string()) })
        .optional(),
    }),
  ),
});

async function openKeeper({ ports, paths }: ActionContext): Promise<Keeper> {
  const { config } = await configInEffect(paths.directory, ports.files);
  return new Keeper(config, ports.docker);
}

/** Throws FW-DRILL-FAILED. */
export async function drillBackup(
  _action: ActionOf<'DrillBackup'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const keeper = await openKeeper(context);
  const report = await keeper.ask(drillSchema, { argv: ['drill'], waiting });
  if (!report.ok) throw drillError(report);
}

/** A record that says it already is not touched. */
export async function recordPostgres(
  { version }: ActionOf<'RecordPostgres'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  const record = await readDataVolume(paths.directory, ports.files);
  if (record?.postgres !== undefined) return;
  const known = record ?? { generation: 1, finished: true };
  await writeDataVolume(paths.directory, { ...known, postgres: version }, ports.files);
}

/**
 * By the image of the new version, in a container that has neither a network nor a secret: it is given the socket of the
 * server that runs, and the volume. Throws FW-POSTGRES-COPY and FW-POSTGRES-DIFFERENT; what serves is only read.
 */
export async function copyDatabase(
  { image, user, volume }: ActionOf<'CopyDatabase'>,
  { ports, project }: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const run = await ports.docker.runBeside(image, ['move'], {
    user,
    name: `${project}-postgres-move`,
    memory: ['/tmp'],
    volumes: [
      { name: `${project}_postgres-log`, mount: LOG_MOUNT, readOnly: true },
      { name: `${project}_${volume}`, mount: '/var/lib/postgresql/next' },
    ],
    watch: progressOf(waiting),
  });
  answerOf(copiedSchema, run, { asked: 'move', otherwise: 'FW-POSTGRES-COPY' });
}

export async function usePostgres(
  { version, generation, from, back }: ActionOf<'UsePostgres'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  const { files, clock } = ports;
  const record = await readDataVolume(paths.directory, files);
  await writeDataVolume(
    paths.directory,
    {
      generation,
      newest: Math.max(generation, nextGeneration(record) - 1),
      left: from.generation,
      postgres: version,
      finished: false,
      move: { from, at: clock.now().toISOString(), ...(back ? { back } : {}) },
      ...(record ? { former: withoutFormer(record) } : {}),
    },
    files,
  );
}

/** Nothing was served from it, so it is as if it had never been. */
export async function forgetMove(
  { generation }: ActionOf<'ForgetMove'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  const record = await readDataVolume(paths.directory, ports.files);
  if (record?.generation !== generation || record.former === undefined) return;
  await writeDataVolume(paths.directory, record.former, ports.files);
}

/**
 * Throws FW-BACKUP-INCOMPLETE where a place does not take it. On the way back that is only told: a place that is away
 * mostly never knew of another database.
 */
export async function adoptDatabase(
  { again }: ActionOf<'AdoptDatabase'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const keeper = await openKeeper(context);
  const { places } = await keeper.ask(adoptedSchema, { argv: ['adopt', '--upgrade'], waiting });
  const failed = places.filter(({ ok }) => !ok);
  if (failed.length === 0) return;
  const message = `Not every place of backups takes the database of this version: ${failed.map(({ name }) => name).join(', ')}.`;
  if (again) {
    context.ports.reporter.warning(`${message} Look at it: factsway-install backup check`);
    return;
  }
  throw new FactswayError(
    'FW-BACKUP-INCOMPLETE',
    message,
    'What keeps it from working is below; then run the command again.',
    failed.flatMap(({ name, problem }) =>
      [problem?.message ?? '', ...(problem?.details ?? [])].map((line) => `${name}: ${line}`),
    ),
  );
}

export async function finishMove(
  _action: ActionOf<'FinishMove'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  const record = await readDataVolume(paths.directory, ports.files);
  if (!record) throw new Error('it is not on record which volume the database is in');
  // With the one of before: what fails behind this step leads back all the same.
  await writeDataVolume(paths.directory, { ...record, finished: true }, ports.files);
}
