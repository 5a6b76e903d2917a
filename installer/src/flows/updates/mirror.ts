import { join } from 'node:path';
import { updatesDirectory } from '../../catalog/updates-directory.ts';
import { FactswayError } from '../../model/errors.ts';
import { FILL_LOCK, type MirrorPlan, type MirrorRequest } from '../../model/updates/mirror.ts';
import type { Ports } from '../../ports/ports.ts';
import { configInEffect } from '../in-effect.ts';
import { withLock } from '../lock.ts';
import { instancePaths } from '../paths.ts';
import type { Consent } from '../run-plan.ts';
import { chooseSource, type AskedSource } from './mirror-source.ts';
import { carryOutMirror, lookAtMirror } from './mirror-updates.ts';

export type MirrorRun = MirrorRequest & {
  /** Of the instance. */
  readonly directory: string;
  readonly source: AskedSource;
  /** A directory or a .tar in place of the mirror of the instance. */
  readonly to: string | undefined;
  readonly consent: Consent;
};

export type MirrorOutcome = {
  readonly plan: MirrorPlan;
  readonly executed: boolean;
  readonly from: string;
  /** What was filled, or would be. */
  readonly target: string;
};

const isArchive = (path: string): boolean => path.endsWith('.tar');

/** Copies what a source offers; shows the plan, asks, and carries it out. */
export async function mirrorUpdates(
  run: MirrorRun,
  ports: Ports,
  show: (plan: MirrorPlan, target: string) => string,
): Promise<MirrorOutcome> {
  const { updateMirror, reporter, prompter } = ports;
  const target = run.to ?? (await ownDirectory(run.directory, ports));
  // What becomes an archive is gathered beside it, so that a run that was cut off goes on there.
  const directory = isArchive(target) ? `${target}.factsway-parts` : target;
  const { from, options, settings } = await chooseSource(run.source, ports);
  if (settings !== undefined) reporter.note(`Copying from ${from}, as ${settings} says.`);
  const source = await updateMirror.source(from, options);
  const store = await updateMirror.store(directory);
  const plan = await lookAtMirror(run, { source, store });
  if (run.consent.dryRun) return { plan, executed: false, from, target };
  for (const note of plan.notes) reporter.note(note);
  if (isNothing(plan) && !isArchive(target)) return { plan, executed: true, from, target };
  reporter.note(show(plan, target));
  if (!run.consent.yes && !(await prompter.confirm('Carry out this plan?', true)))
    throw new FactswayError(
      'FW-CANCELLED',
      'Not confirmed; nothing was changed.',
      'Run the command again when you are ready.',
    );
  // Somebody else may have filled it while nobody answered: what is carried out is planned where nobody else can.
  const carryOut = async (): Promise<void> => {
    const now = await lookAtMirror(run, { source, store });
    if (effectOf(now) !== effectOf(plan)) throw meanwhile(target);
    await carryOutMirror(now, { source, store }, ports);
    if (!isArchive(target)) return;
    await updateMirror.pack(directory, target);
    await updateMirror.discardDirectory(directory);
  };
  // Beside what becomes an archive, since its directory goes; of a directory it is the lock of `fill` as well.
  const lock = isArchive(target) ? `${target}.factsway-lock` : join(directory, FILL_LOCK);
  const alone = (): Promise<void> => updateMirror.locked(lock, carryOut);
  if (run.to === undefined)
    await withLock(instancePaths(run.directory), 'release mirror', ports, alone);
  else await alone();
  return { plan, executed: true, from, target };
}

export const isNothing = ({ copies, manifests, removes }: MirrorPlan): boolean =>
  copies.length + manifests.length + removes.length === 0;

/** What would be different afterwards; what an interrupted run has brought meanwhile is no other plan. */
const effectOf = ({ copies, manifests, removes }: MirrorPlan): string =>
  JSON.stringify([
    copies.map(({ name, size, sha512 }) => [name, size, sha512]),
    manifests,
    removes.map(({ name }) => name),
  ]);

const meanwhile = (target: string): FactswayError =>
  new FactswayError(
    'FW-MIRROR-MEANWHILE',
    `While the plan was looked at, ${target} or its source became another one. Nothing was changed.`,
    'Run the same command again: it shows what there is to do now.',
  );

/** A disk that is not mounted must not be taken for an empty directory. */
async function ownDirectory(directory: string, { files, reporter }: Ports): Promise<string> {
  const { config } = await configInEffect(directory, files);
  const own = updatesDirectory({ config, directory });
  if (config.updates.directory !== undefined && !(await files.exists(own)))
    throw new FactswayError(
      'FW-DIR-NOT-WRITABLE',
      `updates.directory ${own} is not there. Nothing was changed.`,
      `Mount the disk, or make the directory: install -d -m 755 ${own}`,
    );
  if (config.updates.mirror === 'off')
    reporter.warning(
      'updates.mirror is off: nobody is served before factsway-install up --set updates.mirror=on',
    );
  return own;
}
