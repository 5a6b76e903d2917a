import type { Catalog } from '../catalog/catalog.ts';
import { FactswayError } from '../model/errors.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { ReleaseChange } from '../model/release-change.ts';
import type { Plan } from '../model/plan.ts';
import { compareVersions } from '../model/version.ts';
import type { Desired } from '../planner/desired.ts';
import type { SlotRotation } from '../planner/plan-rotation.ts';
import { planUp, type UpOptions } from '../planner/plan-up.ts';
import type { Ports } from '../ports/ports.ts';
import { keepCopy } from './backups/copy-instance.ts';
import { refuseRecovering } from './backups/recovering.ts';
import { awaitWorkers } from './await-workers.ts';
import { inspectCertificate } from './certificate.ts';
import { requireDocker } from './check-docker.ts';
import { desire } from './desire.ts';
import { findLost, requireServing } from './look-again.ts';
import { observe, observeWithoutDocker } from './observe.ts';
import { refuseOtherMajor } from './postgres/major.ts';
import { requireBackupDirectory } from './require-backup-directory.ts';
import { requireKnownVolume } from './require-known-volume.ts';
import { requireSoundFiles } from './require-sound-files.ts';
import { needsOtherSlot } from '../planner/slot-switch.ts';
import { otherSlot, readRelease } from './serving-slot.ts';
import { catalogInEffect } from './in-effect.ts';
import { measure, replacesServices, type Change, type Measured } from './measured.ts';
import { instancePaths } from './paths.ts';
import { refuseHalfway } from './staged-secret.ts';
import { runPlan, type Consent } from './run-plan.ts';
import { readConfigText, type ConfigRequest } from './resolve-config.ts';

export type ApplyRequest = ConfigRequest & {
  readonly command: string;
  readonly options: UpOptions;
  readonly consent: Consent;
  /** Looks at what is wanted before anything is planned; throws what must stop it. */
  readonly inspect?: (desired: Desired) => Promise<void>;
  /** Names of checks whose verdict does not count. */
  readonly skipChecks?: readonly string[];
  /** Services are replaced in the slot they are in, whether or not there is room for two. */
  readonly inPlace?: boolean;
  /** What the plan does for another release; looked at once the checks have passed. */
  readonly release?: (desired: Desired) => Promise<ReleaseChange>;
};

export type ApplyResult = {
  readonly plan: Plan;
  readonly executed: boolean;
  readonly warnings: readonly string[];
  readonly catalog: Catalog;
  /** Where services that serve were replaced. */
  readonly measured?: Measured;
};

/** The main path of install, up and render: desire → observe → plan → confirm → execute. */
export async function apply(request: ApplyRequest, ports: Ports): Promise<ApplyResult> {
  const { options, consent, command, directory } = request;
  const desired = await inItsSlot(request, await desire(request, ports), ports);
  await request.inspect?.(desired);
  const release = await request.release?.(desired);
  const doubts = inspectCertificate(desired, {
    ...(options.renderOnly ? {} : { clock: ports.clock }),
    skip: request.skipChecks ?? [],
    doubts: request.inspect === undefined,
  });
  if (!options.renderOnly) await refuseRecovering(directory, ports.files);
  if (!options.renderOnly && !options.rotation) await refuseHalfway(directory, ports.files);
  if (!options.renderOnly && !release)
    await refuseOtherRelease(desired, options.rotation !== undefined, ports);
  if (!options.renderOnly) {
    await requireDocker(ports);
    await awaitWorkers(directory, ports);
    await requireKnownVolume(desired, ports);
    await requireBackupDirectory(desired, ports, request.skipChecks);
    await refuseOtherMajor(desired, ports);
  }
  const look = () =>
    options.renderOnly ? observeWithoutDocker(desired, ports) : observe(desired, ports);
  for (const note of desired.catalog.notes) ports.reporter.note(note);
  const said = new Set<string>();
  const warn = (warnings: readonly string[]): void => {
    for (const warning of warnings.filter((one) => !said.has(one))) {
      said.add(warning);
      ports.reporter.warning(warning);
    }
  };
  // Before anything can be refused: what is said of the configuration holds all the same.
  warn([...doubts, ...desired.bundle.warnings]);
  let warnings: readonly string[] = [];
  const { project } = desired.catalog.context.config;
  let standing: readonly ObservedContainer[] = [];
  const replan = async (): Promise<Plan> => {
    await refuseEdited(desired, ports);
    const observed = await look();
    standing = observed.containers.filter(
      ({ service, state, health }) =>
        state === 'running' && health !== 'unhealthy' && !observed.stopping?.includes(service),
    );
    const found = planUp(desired, observed, {
      ...options,
      ...(release ? { release } : {}),
      skipChecks: request.skipChecks ?? [],
    });
    warn(found.warnings);
    if (!options.renderOnly) await requireSoundFiles(desired, found, observed.containers, ports);
    warnings = [...doubts, ...found.warnings];
    return found.plan;
  };
  let measured: Measured | undefined;
  const around = async (found: Plan, work: () => Promise<void>): Promise<void> => {
    if (!replacesServices(found)) return work();
    measured = await measure(
      work,
      await nameChange(release ?? options.rotation, desired, ports),
      await before(),
      ports,
    );
  };
  const before = async () => ({ directory, ...(await catalogInEffect(directory, ports.files)) });
  const { plan, executed } = await runPlan(
    {
      command,
      directory,
      project,
      desired,
      plan: await replan(),
      replan,
      consent,
      confirm: !options.renderOnly,
      ...(options.renderOnly ? {} : { around, findLost: () => findLost(standing, project, ports) }),
    },
    ports,
  );
  if (executed && !options.renderOnly && plan.steps.length > 0) {
    await requireServing(desired.catalog, ports);
    await keepCopy(desired.catalog, ports);
    noteKey(plan, directory, ports);
  }
  return {
    plan,
    executed,
    warnings,
    catalog: desired.catalog,
    ...(measured ? { measured } : {}),
  };
}

/** Once, when it is made: a key that is only on the server whose loss it is for is of no use. */
function noteKey({ steps }: Plan, directory: string, { reporter }: Ports): void {
  const isMade = steps.some(
    ({ action }) => action.kind === 'CreateSecrets' && action.names.includes('backup-key'),
  );
  if (isMade)
    reporter.note(
      `Backups are encrypted with ${directory}/secrets/backup-key. Keep two copies of it outside this server, today: without it no backup opens. How: docs/operations/disaster-recovery.md, "The key"`,
    );
}

/** What somebody saved while the plan was on the screen is not written over. Throws FW-STATE-CHANGED. */
async function refuseEdited({ directory, configOnDisk }: Desired, { files }: Ports): Promise<void> {
  if ((await readConfigText(directory, files)) === configOnDisk) return;
  throw new FactswayError(
    'FW-STATE-CHANGED',
    'factsway.yaml was changed while the plan was being read; nothing was done.',
    'Run the command again and read the new plan.',
  );
}

/**
 * Another release needs what only `upgrade` does: a look at what lies between, a restore point, a way back from its
 * migrations. Throws FW-UPGRADE-WANTED.
 */
export async function refuseOtherRelease(
  { catalog, directory }: Desired,
  rotates: boolean,
  { files }: Ports,
): Promise<void> {
  const { version } = catalog.context.config.release;
  const serving = (await readRelease(instancePaths(directory), files))?.version;
  if (serving === undefined || serving === version) return;
  const isUp = compareVersions(version, serving) > 0;
  throw new FactswayError(
    'FW-UPGRADE-WANTED',
    `${serving} serves, and factsway.yaml asks for ${version}. Nothing was changed.`,
    rotates
      ? `Set release.version back to "${serving}" in factsway.yaml and run the command again; another release comes after it.`
      : `Bring it, or go on with a run that was cut off: factsway-install ${isUp ? `upgrade --to ${version}` : 'rollback'}   or stay: factsway-install up --set release.version=${serving}`,
  );
}

/** What it is called in the monitoring; a change of the configuration stays with its release, or came with another. */
async function nameChange(
  cause: ReleaseChange | SlotRotation | undefined,
  { catalog, directory }: Desired,
  { files }: Ports,
): Promise<Change> {
  if (cause && 'kind' in cause) return { kind: cause.kind, from: cause.from, to: cause.to };
  const to = catalog.context.config.release.version;
  const serving = await readRelease(instancePaths(directory), files);
  return { kind: cause ? 'rotation' : 'change', from: serving?.version ?? to, to };
}

/** The same for the other slot, where services that serve would be replaced: they go on until the new ones take over. */
async function inItsSlot(request: ApplyRequest, desired: Desired, ports: Ports): Promise<Desired> {
  if (request.options.renderOnly || request.inPlace) return desired;
  // Where nothing serves yet nothing is looked at: what is wrong with the rest is for preflight to say.
  if (!(await readRelease(instancePaths(request.directory), ports.files))) return desired;
  await requireDocker(ports);
  await awaitWorkers(request.directory, ports);
  const observed = await observe(desired, ports);
  if (!request.options.rotation && !needsOtherSlot(desired, observed)) return desired;
  return desire({ ...request, slot: otherSlot(desired.catalog.context.activeSlot) }, ports);
}
