import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Action, ActionOf, PlanBuilder } from '../model/plan.ts';
import type { Slot, Workload } from '../model/workload.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import type { Desired } from './desired.ts';
import { OVERRIDE_STAYS, type OverrideView } from './plan-override.ts';
import { releaseImages } from './refusals.ts';

export function planPulls(
  builder: PlanBuilder,
  { catalog }: Desired,
  { images }: Pick<Observed, 'images'>,
): number[] {
  const { version } = catalog.context.config.release;
  const missing = [...new Set(catalog.workloads.map(({ image }) => image))].filter(
    (reference) => images[reference] === undefined,
  );
  const pulls = missing.map((reference) =>
    builder.add({ action: { kind: 'PullImage', reference }, cause: 'it is not on this host' }),
  );
  const releases = releaseImages(catalog.workloads).filter((reference) =>
    missing.includes(reference),
  );
  if (releases.length === 0) return pulls;
  return [
    builder.add({
      action: { kind: 'CheckImageVersions', references: releases, version },
      cause: 'all services of a release are of one version',
      dependsOn: pulls,
    }),
  ];
}

/** What creating containers meets on the engine. */
export type Existing = {
  readonly existing: ReadonlyMap<string, ObservedContainer>;
  readonly networks: readonly string[];
  readonly override: OverrideView;
  /** Whether what we render of it is another than it was made from. */
  readonly isStale: (workload: Workload) => boolean;
  /** Whether the image it was made from is no longer the one of that name. */
  readonly isRebuilt: (workload: Workload) => boolean;
  /** Whether it is from when its slot last served, and a person has edited what it would be made from. */
  readonly isLeft: (workload: Workload) => boolean;
};

/** The name of the image leads to the new one alone: no undo of ours finds the way back. */
const IMAGES_STAY =
  'Containers were made from images that were rebuilt, and those of before have no name any more: rebuild them as they have to be and run factsway-install up.';

export function planCreate(
  builder: PlanBuilder,
  toCreate: readonly Workload[],
  engine: Existing,
  dependsOn: readonly (number | undefined)[],
): number | undefined {
  if (toCreate.length === 0) return undefined;
  const { existing, networks, override, isRebuilt } = engine;
  const services = toCreate.map(({ id }) => id);
  const fresh = services.filter((id) => !existing.has(id));
  const needed = new Set(toCreate.flatMap((workload) => workload.networks.map(({ name }) => name)));
  const newNetworks = [...needed].filter((name) => !networks.includes(name));
  const concerned = toCreate.some(({ id }) => override.concerns(existing.get(id)));
  const remaining = [
    ...(concerned ? [OVERRIDE_STAYS] : []),
    ...(toCreate.some(isRebuilt) ? [IMAGES_STAY] : []),
  ];
  const anew = services.filter((id) => existing.get(id)?.mountsBy !== undefined);
  return builder.add({
    action: { kind: 'CreateContainers', services, ...(anew.length > 0 ? { anew } : {}) },
    cause: causeOfCreate(toCreate, engine),
    dependsOn,
    ...(fresh.length > 0
      ? { undo: { kind: 'RemoveContainers', services: fresh, networks: newNetworks } }
      : {}),
    ...(remaining.length > 0 ? { irreversible: remaining.join(' ') } : {}),
  });
}

function causeOfCreate(
  toCreate: readonly Workload[],
  { existing, override, isStale, isRebuilt, isLeft }: Existing,
): string {
  const there = toCreate.filter(({ id }) => existing.has(id));
  if (there.length === 0) return 'they do not exist';
  const isConcerned = ({ id }: Workload): boolean => override.concerns(existing.get(id));
  if (there.some(isConcerned) && !override.certain)
    return `${OVERRIDE_FILE} changed, and Compose sees which of them it concerns`;
  if (there.some(isLeft))
    return 'they are from before, and Compose sees what you have edited since';
  if (toCreate.every(({ id }) => existing.get(id)?.mountsBy !== undefined))
    return 'their files are mounted by a path that is not that of the directory';
  const changed = [
    ...(there.some(isStale) ? ['their definition'] : []),
    ...(there.some(isRebuilt) ? ['their image'] : []),
    ...(there.some(isConcerned) ? [OVERRIDE_FILE] : []),
  ];
  if (changed.length === 1 && changed[0] === 'their image') return 'their image was rebuilt';
  if (changed.length > 0) return `${changed.join(' or ')} changed`;
  return there.length < toCreate.length
    ? 'their definition changed'
    : 'Compose makes them anew with what depends on them';
}

/** A component the configuration no longer has. A slot's containers are kept for a rollback, the customer's own are not ours. */
export function isObsolete(
  { service, spec, slot }: ObservedContainer,
  workloads: readonly Workload[],
): boolean {
  return spec !== '' && slot === undefined && !workloads.some(({ id }) => id === service);
}

export function planObsolete(
  builder: PlanBuilder,
  containers: readonly ObservedContainer[],
  workloads: readonly Workload[],
  dependsOn: readonly (number | undefined)[],
): number | undefined {
  const services = containers
    .filter((container) => isObsolete(container, workloads))
    .map(({ service }) => service);
  if (services.length === 0) return undefined;
  return builder.add({
    action: { kind: 'RemoveContainers', services },
    cause: 'the configuration no longer has them',
    dependsOn,
  });
}

export type Starting = {
  readonly hashes: Readonly<Record<string, string>>;
  readonly existing: ReadonlyMap<string, ObservedContainer>;
  readonly dependsOn: readonly (number | undefined)[];
  /** A slot that is started beside another one that serves; `whole`: all of it, where an undo may end what ran before. */
  readonly beside?: { readonly slot: Slot; readonly whole?: readonly string[] } | undefined;
};

export function planStart(
  builder: PlanBuilder,
  group: string,
  starting: readonly Workload[],
  { hashes, existing, dependsOn, beside }: Starting,
): number {
  // What nothing ever led to must not come back with the server either.
  const stop = (members: readonly string[]): Action =>
    beside === undefined
      ? { kind: 'StopComponents', group, services: members }
      : { kind: 'RetireSlot', slot: beside.slot, services: members };
  const services = starting.map(({ id }) => id);
  const wereRunning = services.filter((id) => existing.get(id)?.state === 'running');
  const stopAgain = beside?.whole ?? services.filter((id) => !wereRunning.includes(id));
  const cause =
    wereRunning.length === 0
      ? 'not running'
      : wereRunning.length < services.length
        ? 'not all of it is running'
        : 'its containers are replaced or not healthy';
  return builder.add({
    action: {
      kind: 'StartComponents',
      group,
      services,
      ...(beside === undefined ? {} : { beside: true }),
      configHashes: Object.fromEntries(
        starting.flatMap((workload) => appliedHash(workload, hashes)),
      ),
    },
    cause,
    dependsOn,
    ...(stopAgain.length > 0 ? { undo: stop(stopAgain) } : {}),
  });
}

/** What a component that can reload its configuration should have taken up: its id and the hash, or nothing. */
export function appliedHash(
  workload: Workload,
  hashes: Readonly<Record<string, string>>,
): [string, string][] {
  if (!workload.config || workload.config.reload.how === 'recreate') return [];
  return [[workload.id, hashes[workload.config.directory] ?? '']];
}

export function planReloads(
  builder: PlanBuilder,
  { catalog, bundle }: Desired,
  observed: Observed,
  needsStart: (workload: Workload) => boolean,
  written: number | undefined,
): number[] {
  return catalog.workloads.flatMap((workload) => {
    const [applied] = appliedHash(workload, bundle.configHashes);
    if (!applied || !workload.config || needsStart(workload)) return [];
    const [id, configHash] = applied;
    if (observed.instance.appliedConfig[id] === configHash) return [];
    return [
      builder.add({
        action: { kind: 'ReloadConfig', service: id, reload: workload.config.reload, configHash },
        cause:
          observed.instance.appliedConfig[id] === undefined
            ? `an earlier run was cut off before it recorded that config/${workload.config.directory} was taken up`
            : `config/${workload.config.directory} changed`,
        dependsOn: [written],
      }),
    ];
  });
}

export function isServing(container: ObservedContainer | undefined, workload: Workload): boolean {
  if (container?.state !== 'running') return false;
  return workload.health === undefined || container.health === 'healthy';
}

export function hasSucceeded(container: ObservedContainer | undefined): boolean {
  return container?.state === 'exited' && container.exitCode === 0;
}

/** To what they had taken up before, for components that run. */
export function formerReloads(
  { catalog }: Desired,
  { instance }: Observed,
  running: readonly string[],
): ActionOf<'ReloadConfig'>[] {
  return catalog.workloads.flatMap((workload): ActionOf<'ReloadConfig'>[] => {
    const configHash = instance.appliedConfig[workload.id];
    if (!workload.config || configHash === undefined || !running.includes(workload.id)) return [];
    return [
      { kind: 'ReloadConfig', service: workload.id, reload: workload.config.reload, configHash },
    ];
  });
}
