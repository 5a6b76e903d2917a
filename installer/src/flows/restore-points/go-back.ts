import { FactswayError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import { shellWord } from '../../model/shell.ts';
import { planRestore } from '../../planner/plan-restore.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RestorePoint } from '../../ports/restore-points.ts';
import { awaitWorkers } from '../await-workers.ts';
import { requireDocker } from '../check-docker.ts';
import { catalogInEffect, configInEffect } from '../in-effect.ts';
import { instancePaths } from '../paths.ts';
import { runPlan, type Consent, type PlanOutcome } from '../run-plan.ts';
import { readRelease } from '../serving-slot.ts';
import { agreeByTyping, nameToType, refuseUnconfirmed } from '../typed-consent.ts';
import { openPoints } from './open-points.ts';

export type GoBackRequest = {
  readonly directory: string;
  readonly point: string;
  /** Host name typed beforehand, of --confirm. */
  readonly confirmed: string | undefined;
  readonly consent: Consent;
};

export type RestorePointsFound = {
  readonly points: readonly RestorePoint[];
  /** Databases that were set aside when one was gone back to. */
  readonly replaced: readonly string[];
};

/** The restore points of the instance, latest first. Throws FW-RESTORE-POINT-EXTERNAL. Reads only. */
export async function listPoints(directory: string, ports: Ports): Promise<RestorePointsFound> {
  const { config } = await configInEffect(directory, ports.files);
  const points = openPoints(config, ports);
  return { points: await points.list(), replaced: await points.replaced() };
}

/**
 * Puts the database of an instance back to a restore point, with its services stopped meanwhile. What was written
 * after the point is lost to them: that is agreed to by typing the host name.
 */
export async function goBack(
  { directory, point: id, confirmed, consent }: GoBackRequest,
  ports: Ports,
): Promise<PlanOutcome & { readonly point: RestorePoint }> {
  const { config } = await configInEffect(directory, ports.files);
  const points = openPoints(config, ports);
  await requireDocker(ports);
  await awaitWorkers(directory, ports);
  // All of it is read before anything stops.
  const point = await points.check(id);
  const name = await nameToType(directory, ports);
  const typed = {
    name,
    confirmed,
    consent,
    loss: `What was written after ${point.createdAt} is lost to the services`,
    purpose: `lose what was written after ${point.createdAt}`,
    command: `factsway-install database restore --point ${id} --yes --confirm ${shellWord(name)}`,
  };
  const look = async (): Promise<Plan> => {
    const { catalog } = await catalogInEffect(directory, ports.files);
    const { activeSlot: slot } = catalog.context;
    const serving = await readRelease(instancePaths(directory), ports.files);
    const version = serving?.version ?? config.release.version;
    if (isLater(point.release, version)) throw newer(point, version);
    const containers = await ports.docker.containers(config.project);
    return planRestore({ point, version, slot, workloads: catalog.workloads, containers });
  };
  const plan = await look();
  if (!consent.dryRun) refuseUnconfirmed(typed, ports);
  const outcome = await runPlan(
    {
      command: 'database restore',
      directory,
      project: config.project,
      plan,
      replan: look,
      consent,
      confirm: true,
      agree: () => agreeByTyping(typed, ports),
    },
    ports,
  );
  return { ...outcome, point };
}

/** Releases are numbers with dots; what follows a hyphen does not decide here. */
function isLater(one: string, other: string): boolean {
  const parts = (version: string): number[] =>
    (version.split('-')[0] ?? '').split('.').map((part) => Number(part));
  const others = parts(other);
  const difference = parts(one)
    .map((part, index) => part - (others[index] ?? 0))
    .find((by) => by !== 0);
  return (difference ?? 0) > 0;
}

function newer({ id, release }: RestorePoint, version: string): FactswayError {
  return new FactswayError(
    'FW-RESTORE-POINT-NEWER',
    `Restore point ${id} is of release ${release}, and ${version} serves, which does not know its schema. Nothing was changed.`,
    `Go to that release first: factsway-install releases, then come back to this.`,
  );
}
