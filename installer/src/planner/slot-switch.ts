import type { Observed, ObservedContainer } from '../model/observed.ts';
import { isImageRebuilt } from '../model/observed.ts';
import type { ActionOf, FileChange, PlanBuilder } from '../model/plan.ts';
import type { SecretName, Slot, Workload } from '../model/workload.ts';
import { specOf } from '../render/compose/render-compose.ts';
import type { Desired } from './desired.ts';
import { viewOverride } from './plan-override.ts';
import { appliedHash } from './container-steps.ts';

/** What asks the services of a slot: as long as its files are not written, it goes on asking those of the former one. */
export const LEADING: readonly string[] = ['prometheus'];

export const leads = ({ path }: FileChange): boolean =>
  LEADING.some((directory) => path.startsWith(`config/${directory}/`));

/** A switch under way: from where services serve now to where they are wanted. */
export type Switch = {
  readonly from: Slot;
  readonly to: Slot;
  /** Version on record of what serves. */
  readonly version: string;
  /** Services in the former slot, running or not. */
  readonly leaving: readonly string[];
};

const inSlot = (slot: Slot, { containers }: Pick<Observed, 'containers'>): ObservedContainer[] =>
  containers.filter((container) => container.slot === slot);

/** Undefined where the services stay in the slot they are in, and where nothing serves that could go on meanwhile. */
export function findSwitch({ catalog }: Desired, observed: Observed): Switch | undefined {
  const { release } = observed.instance;
  const to = catalog.context.activeSlot;
  if (!release || release.slot === to) return undefined;
  const oneShots = catalog.workloads
    .filter(({ kind }) => kind === 'one-shot')
    .map(({ component }) => `${component}-${release.slot}`);
  const leaving = inSlot(release.slot, observed)
    .map(({ service }) => service)
    .filter((service) => !oneShots.includes(service));
  return { from: release.slot, to, version: release.version, leaving };
}

/**
 * Whether what is wanted replaces services that serve: then they are made in the other slot, and these go on until the
 * proxy leads there. `desired` is for the slot that serves.
 */
export function needsOtherSlot(desired: Desired, observed: Observed): boolean {
  const { catalog, bundle } = desired;
  const { activeSlot, sizing } = catalog.context;
  if (!sizing.twoSlots.value || observed.instance.release?.slot !== activeSlot) return false;
  const serving = inSlot(activeSlot, observed).filter(({ state }) => state === 'running');
  if (serving.length === 0) return false;
  const override = viewOverride(desired, observed);
  const wanted = new Map(catalog.workloads.map((workload) => [workload.id, workload]));
  return serving.some((container) => {
    const workload = wanted.get(container.service);
    if (!workload) return true;
    // Mounts that lead nowhere are mended where they are: what runs so does not run well.
    if (container.mountsBy !== undefined) return false;
    return (
      container.spec !== specOf(workload, bundle.configHashes) ||
      isImageRebuilt(container, observed.images) ||
      (override.certain && override.concerns(container))
    );
  });
}

type Ready = {
  readonly services: readonly Workload[];
  /** Where a service listens, and a route of it. */
  readonly asked: (component: string) => { readonly port: number; readonly route: string };
  /** What leads to the new slot, still to be written. */
  readonly changes: readonly FileChange[];
  /** What reads them, where it runs: it goes back to what it had. */
  readonly standing: Pick<ActionOf<'RestoreBundle'>, 'services' | 'specs' | 'reloads'>;
  readonly references: readonly string[];
  /** To a release that served before: it keeps its own record of what there was before it. */
  readonly returning: boolean;
  /** A secret that the new slot has another value of. */
  readonly rotates?: SecretName;
  /** All of the slot, where it runs already and nobody would miss it: it ends when it cannot be proven. */
  readonly idle?: readonly string[];
  /** What stays when this run fails, because an earlier one that was cut off had written it. */
  readonly irreversible?: string;
  /** Whether the page of an earlier run is still shown: behind it no route could be seen to answer. */
  readonly closed: boolean;
  /** Whether there is a slot to lead requests back to. */
  readonly comesBack: boolean;
  readonly dependsOn: readonly (number | undefined)[];
};

/**
 * The steps from a slot that runs to the one that serves: it is proven, the proxy is led there, which slot serves is
 * noted, and only then the former one ends. Returns every step that was added.
 */
export function planSwitch(
  builder: PlanBuilder,
  { catalog, bundle }: Desired,
  { from, to, version, leaving }: Switch,
  ready: Ready,
): number[] {
  const { changes, standing, references, returning, rotates, dependsOn } = ready;
  const wanted = catalog.context.config.release.version;
  const proven = planProof(builder, { catalog }, ready, dependsOn);
  const led = planTraffic(builder, { from, to }, `slot ${to} is proven`, [proven], ready.comesBack);
  const switched = ready.closed
    ? builder.add({
        action: { kind: 'HideMaintenancePage' },
        cause: 'an earlier run was cut off before it did',
        dependsOn: [led],
        undo: { kind: 'ShowMaintenancePage' },
      })
    : led;
  const written =
    changes.length === 0
      ? undefined
      : builder.add({
          action: { kind: 'WriteBundle', changes, leads: true },
          cause: `requests go to slot ${to}`,
          dependsOn: [switched],
          undo: { kind: 'RestoreBundle', changes, ...standing, oneShots: [], leads: true },
        });
  const reloads = catalog.workloads.flatMap((workload) => {
    const [applied] = appliedHash(workload, bundle.configHashes);
    if (!LEADING.includes(workload.id) || !workload.config || !applied) return [];
    const [id, configHash] = applied;
    return [
      builder.add({
        action: { kind: 'ReloadConfig', service: id, reload: workload.config.reload, configHash },
        cause: `requests go to slot ${to}`,
        dependsOn: [switched, written],
      }),
    ];
  });
  const verified = builder.add({
    action: { kind: 'VerifyTraffic', slot: to, version: wanted },
    cause: `slot ${from} is there to go back to until this is seen`,
    dependsOn: [switched],
  });
  const recorded = builder.add({
    action: {
      kind: 'RecordRelease',
      version: wanted,
      slot: to,
      references,
      ...(returning || version === wanted ? {} : { previous: version }),
    },
    cause: `release ${wanted} serves from slot ${to}`,
    dependsOn: [verified, ...reloads],
    undo: { kind: 'RestoreServing', version, slot: from },
  });
  const retired =
    leaving.length === 0
      ? undefined
      : builder.add({
          action: { kind: 'RetireSlot', slot: from, services: leaving },
          cause: 'nothing leads there any more; its containers stay for a way back',
          dependsOn: [recorded],
          undo: {
            kind: 'StartComponents',
            group: `slot ${from}`,
            services: leaving,
            configHashes: {},
            ...(rotates === undefined ? {} : { formerSecret: rotates }),
          },
        });
  return [proven, led, switched, written, ...reloads, verified, recorded, retired].filter(
    (step) => step !== undefined,
  );
}

/** Services answer, all of one version, before anything is led to them. */
export function planProof(
  builder: PlanBuilder,
  { catalog }: Pick<Desired, 'catalog'>,
  {
    services,
    asked,
    idle,
    irreversible,
  }: Pick<Ready, 'services' | 'asked' | 'idle' | 'irreversible'>,
  dependsOn: readonly (number | undefined)[],
): number {
  const { activeSlot: slot, config } = catalog.context;
  return builder.add({
    action: {
      kind: 'ProveSlot',
      slot,
      version: config.release.version,
      services: services.map(({ id, component }) => ({ id, ...asked(component) })),
    },
    cause: 'nothing is led to services that do not take requests',
    dependsOn,
    ...(idle ? { undo: { kind: 'RetireSlot', slot, services: idle } } : {}),
    ...(irreversible === undefined ? {} : { irreversible }),
  });
}

function planTraffic(
  builder: PlanBuilder,
  { from, to }: Pick<Switch, 'from' | 'to'>,
  cause: string,
  dependsOn: readonly (number | undefined)[],
  comesBack = true,
): number {
  return builder.add({
    action: { kind: 'SwitchTraffic', from, to },
    cause,
    dependsOn,
    ...(comesBack ? { undo: { kind: 'SwitchTraffic', from: to, to: from } } : {}),
  });
}

/** A run was cut off after it had led requests to the other slot and before that was on record: they come back. */
export function planTurnBack(
  builder: PlanBuilder,
  { catalog }: Desired,
  { instance }: Observed,
  dependsOn: readonly (number | undefined)[],
): number | undefined {
  const to = catalog.context.activeSlot;
  const from = instance.leadsTo ?? to;
  if (from === to) return undefined;
  return planTraffic(builder, { from, to }, `requests go to slot ${from}`, dependsOn);
}

/** Services of the slot that nothing leads to: a run was cut off before it had ended them, or before it led anything there. */
export function planLeftRunning(
  builder: PlanBuilder,
  { catalog }: Desired,
  observed: Observed,
  dependsOn: readonly (number | undefined)[],
): number | undefined {
  const { activeSlot } = catalog.context;
  const left = observed.containers.filter(
    ({ slot, state }) =>
      slot !== undefined && slot !== activeSlot && (state === 'running' || state === 'restarting'),
  );
  const [first] = left;
  if (!first) return undefined;
  return builder.add({
    action: {
      kind: 'RetireSlot',
      slot: first.slot === 'a' ? 'a' : 'b',
      services: left.map(({ service }) => service),
    },
    cause: 'nothing leads there',
    dependsOn,
  });
}
