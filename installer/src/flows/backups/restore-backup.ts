import { restorePlanSchema, type RestoreOutlook } from '../../model/backup.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { shellWord } from '../../model/shell.ts';
import { formatSeconds, mebibytes } from '../../model/units.ts';
import { describeTarget, planRestoreBackup } from '../../planner/plan-restore-backup.ts';
import type { Ports } from '../../ports/ports.ts';
import { awaitWorkers } from '../await-workers.ts';
import { requireDocker } from '../check-docker.ts';
import { nextGeneration, readDataVolume, type DataVolumeRecord } from '../data-volume.ts';
import { desire } from '../desire.ts';
import { requireServing } from '../look-again.ts';
import { observe } from '../observe.ts';
import { refuseOtherMajor, refuseUnfinishedMove } from '../postgres/major.ts';
import { requireKnownVolume } from '../require-known-volume.ts';
import { runPlan, type Consent, type PlanOutcome } from '../run-plan.ts';
import { refuseHalfway } from '../staged-secret.ts';
import { agreeByTyping, nameToType, refuseUnconfirmed } from '../typed-consent.ts';
import { Keeper } from './keeper.ts';
import { refuseRecovering } from './recovering.ts';

export type RestoreRequest = {
  readonly directory: string;
  /** `latest`, a moment in RFC 3339, or the label of a backup. */
  readonly target: string;
  readonly place: string | undefined;
  /** Seconds of work that may be lost. */
  readonly forceLose: number | undefined;
  /** Host name typed beforehand, of --confirm. */
  readonly confirmed: string | undefined;
  readonly consent: Consent;
  /** There is no database yet, and nothing to lose. */
  readonly isNewServer?: true;
};

export type RestoreResult = PlanOutcome & {
  readonly outlook: RestoreOutlook | undefined;
  readonly record: DataVolumeRecord | undefined;
};

/**
 * Puts the database back to what it was (spec 05): in a volume of its own, checked before anybody is served from it.
 * Throws FW-RESTORE-LOSES, FW-RESTORE-UNFINISHED, FW-NOT-CONFIRMED and what the keeper throws.
 */
export async function restoreBackup(request: RestoreRequest, ports: Ports): Promise<RestoreResult> {
  const { directory, target, consent, confirmed } = request;
  await requireDocker(ports);
  await awaitWorkers(directory, ports);
  if (!request.isNewServer) await refuseRecovering(directory, ports.files);
  await refuseHalfway(directory, ports.files);
  const left = await unfinished(directory, target, ports);
  const before = await readDataVolume(directory, ports.files);
  const generation = before?.generation ?? 1;
  const next = nextGeneration(before);
  const desired = await desire(
    { directory, sets: [], dataGeneration: left ? generation : next },
    ports,
  );
  await requireKnownVolume(desired, ports);
  await refuseOtherMajor(desired, ports);
  const { config } = desired.catalog.context;
  const keeper = new Keeper(config, ports.docker);
  const outlook = left ? undefined : await lookAhead(request, keeper);
  const name = await nameToType(directory, ports);
  const loss = outlook ? lossOf(outlook) : 'The database is changed';
  const typed = {
    name,
    confirmed,
    consent,
    loss,
    purpose: `restore the database ${describeTarget(target)}`,
    command: `${commandOf(request, request.forceLose)} --yes --confirm ${shellWord(name)}`,
  };
  const look = async (): Promise<Plan> => {
    const observed = await observe(desired, ports);
    const postgres = observed.containers.find(({ service }) => service === 'postgres');
    const flushes = postgres?.state === 'running' && postgres.health === 'healthy';
    const wish = { target, generation, next, flushes, ...(outlook ? { outlook } : {}) };
    return planRestoreBackup(wish, desired, observed);
  };
  const plan = await look();
  if (!consent.dryRun && !request.isNewServer) refuseUnconfirmed(typed, ports);
  const outcome = await runPlan(
    {
      command: 'restore',
      directory,
      project: config.project,
      desired,
      plan,
      replan: look,
      consent,
      confirm: true,
      ...(request.isNewServer ? {} : { agree: () => agreeByTyping(typed, ports) }),
    },
    ports,
  );
  if (outcome.executed) await requireServing(desired.catalog, ports);
  const record = outcome.executed ? await readDataVolume(directory, ports.files) : undefined;
  return { ...outcome, outlook, record };
}

/** Whether an earlier run restored this and was cut off; throws FW-RESTORE-UNFINISHED where it restored something else. */
async function unfinished(directory: string, target: string, { files }: Ports): Promise<boolean> {
  const record = await readDataVolume(directory, files);
  refuseUnfinishedMove(record);
  if (!record || record.finished || record.target === undefined) return false;
  if (record.target === target) return true;
  throw new FactswayError(
    'FW-RESTORE-UNFINISHED',
    `An earlier restore (${record.target}) was cut off after the database had moved to it. Nothing was changed.`,
    `Finish it first: factsway-install restore --to ${shellWord(record.target)}   then restore what you want.`,
  );
}

async function lookAhead(request: RestoreRequest, keeper: Keeper): Promise<RestoreOutlook> {
  const { target, place } = request;
  const where = place === undefined ? [] : ['--place', place];
  const outlook = await keeper.ask(restorePlanSchema, {
    argv: ['restore-plan', '--target', target, ...where],
  });
  refuseTooLarge(outlook);
  refuseLoss(outlook, request);
  return outlook;
}

/** Throws FW-RESTORE-LOSES where more would be lost than was agreed to. */
function refuseLoss(outlook: RestoreOutlook, request: RestoreRequest): void {
  const { target, forceLose } = request;
  const { wouldLoseSeconds, arrived, place } = outlook;
  // What is newest loses nothing that could be had.
  if (target === 'latest' && arrived) return;
  const newest = arrived
    ? 'factsway-install restore --to latest'
    : `factsway-install backup list   shows what waits for ${place}; once it is there: factsway-install restore --to latest`;
  if (wouldLoseSeconds === null && forceLose === undefined)
    throw new FactswayError(
      'FW-RESTORE-LOSES',
      `${arrived ? 'The log of the database cannot be read' : `What was written last has not reached the backups in ${place}`}, so nobody can say how much was written after that. Nothing was changed.`,
      `Restore its newest state: ${newest}   or say how many seconds of work may be lost: ${commandOf(request, 3600)}`,
    );
  if (wouldLoseSeconds === null || wouldLoseSeconds <= (forceLose ?? 0)) return;
  throw new FactswayError(
    'FW-RESTORE-LOSES',
    `${lossOf(outlook)}, and ${forceLose === undefined ? 'nobody agreed to that' : `--force-lose allows ${formatSeconds(forceLose)}`}. Nothing was changed.`,
    // A few minutes are left for reading this.
    `Keep everything: ${newest}   or agree to the loss: ${commandOf(request, Math.ceil((wouldLoseSeconds + 300) / 60) * 60)}`,
  );
}

/** Before anybody is stopped for it; the keeper looks again when it begins. */
function refuseTooLarge({ neededBytes, freeBytes }: RestoreOutlook): void {
  if (freeBytes >= neededBytes) return;
  throw new FactswayError(
    'FW-RESTORE-SPACE',
    `The restored database needs ${mebibytes(neededBytes)} MiB, beside the one that serves, and ${mebibytes(freeBytes)} MiB are free. Nothing was changed.`,
    'Make room where Docker keeps its volumes: df -h   docker system df   then run the command again.',
  );
}

function lossOf({ wouldLoseSeconds, newestCommitAt, ...outlook }: RestoreOutlook): string {
  if (wouldLoseSeconds === null || wouldLoseSeconds <= 0)
    return 'The database goes back to its newest state';
  const from = outlook.arrived ? outlook.target : (outlook.reachesUntil ?? outlook.target);
  const why = outlook.arrived ? '' : `; it has not reached the backups in ${outlook.place}`;
  return `What was written in the ${formatSeconds(wouldLoseSeconds)} between ${from} and ${newestCommitAt ?? 'now'} is lost to the services${why}`;
}

const commandOf = ({ target, place }: RestoreRequest, forceLose: number | undefined): string =>
  [
    `factsway-install restore --to ${shellWord(target)}`,
    ...(place === undefined ? [] : [`--place ${place}`]),
    ...(forceLose === undefined ? [] : [`--force-lose ${forceLose}`]),
  ].join(' ');
