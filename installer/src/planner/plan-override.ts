import {
  isImageRebuilt,
  isMadeIn,
  type Observed,
  type ObservedContainer,
} from '../model/observed.ts';
import type { PlanBuilder } from '../model/plan.ts';
import type { Workload } from '../model/workload.ts';
import { OVERRIDE_FILE, OVERRIDE_FILES } from '../render/compose/render-compose.ts';
import { sha256 } from '../render/digest.ts';
import type { Desired } from './desired.ts';

type Seen = Pick<Observed, 'instance' | 'override'>;

export type OverrideView = {
  readonly digest: string;
  /** Another text than the one the containers are on record to be made with. */
  readonly changed: boolean;
  /** Whether Compose told what it makes of it; if not, every container may be concerned. */
  readonly certain: boolean;
  /** Whether Compose would make this container again because of it. */
  readonly concerns: (container: ObservedContainer | undefined) => boolean;
};

export function viewOverride({ bundle }: Desired, { instance, override }: Seen): OverrideView {
  const seed = bundle.files.find(({ path }) => path === OVERRIDE_FILE)?.content ?? '';
  const digest = instance.digests[OVERRIDE_FILE] ?? sha256(seed);
  const changed = instance.appliedConfig[OVERRIDE_FILE] !== digest;
  const services = override?.services;
  return {
    digest,
    changed,
    certain: services !== undefined,
    concerns: (container) =>
      changed &&
      container !== undefined &&
      (services === undefined || services[container.service]?.hash !== container.configHash),
  };
}

/**
 * Whether a person has said of containers what their fingerprint does not tell: then those kept from before may have
 * been made without it, and Compose, which compares all of it, is asked to look at each.
 */
export function isAltered({ bundle }: Desired, { instance }: Pick<Observed, 'instance'>): boolean {
  const seed = bundle.files.find(({ path }) => path === OVERRIDE_FILE)?.content ?? '';
  const override = instance.digests[OVERRIDE_FILE];
  const isOwn = override !== undefined && override !== sha256(seed);
  return isOwn || Object.keys(instance.edits ?? {}).some((path) => path.startsWith('compose.'));
}

/**
 * Compose makes with a container what it depends on, where it hashes that differently by now, as another version of
 * Compose may. What it would make must be in the plan, or nobody would start it again.
 */
export function madeAlong(
  { catalog }: Desired,
  observed: Pick<Observed, 'override' | 'containers' | 'images'>,
  toCreate: readonly Workload[],
): Workload[] {
  const services = observed.override?.services;
  if (services === undefined) return [];
  const made = new Map(observed.containers.map(({ service, configHash }) => [service, configHash]));
  const drifted = catalog.workloads.filter(({ id }) => {
    const hash = services[id]?.hash;
    return hash !== undefined && made.has(id) && made.get(id) !== hash;
  });
  // Which of ours a service of the override depends on, only Compose knows.
  if (viewAdded(observed).some(({ state }) => state === 'missing' || state === 'changed'))
    return drifted;
  const needed = new Set<string>();
  const need = (id: string): void => {
    if (needed.has(id)) return;
    needed.add(id);
    const { dependsOn = [] } = catalog.workloads.find((workload) => workload.id === id) ?? {};
    for (const dependency of dependsOn) need(dependency.id);
  };
  for (const { id } of toCreate) need(id);
  return drifted.filter(({ id }) => needed.has(id));
}

/** What has to be said where a container was made with a text that no undo of ours can take back. */
export const OVERRIDE_STAYS = `${OVERRIDE_FILE} is yours and was not put back: take your last change out of it and run factsway-install up.`;

/** A service that only the override has. */
type AddedService = {
  readonly service: string;
  readonly state: 'missing' | 'changed' | 'stopped' | 'up';
};

export function viewAdded({
  override,
  containers,
  images,
}: Pick<Observed, 'override' | 'containers' | 'images'>) {
  return (override?.added ?? []).map((service): AddedService => {
    const container = containers.find((one) => one.service === service);
    const hash = override?.services?.[service]?.hash;
    if (!container) return { service, state: 'missing' };
    const isChanged = hash !== undefined && hash !== container.configHash;
    if (isChanged || isImageRebuilt(container, images)) return { service, state: 'changed' };
    return { service, state: isUp(container) ? 'up' : 'stopped' };
  });
}

/** One that has done its work is not started again, or no run would ever have nothing to do. */
const isUp = ({ state, exitCode }: ObservedContainer): boolean =>
  state === 'exited' ? exitCode === 0 : state !== 'created' && state !== 'dead';

/** Containers the override had added and no longer has. Those made with a file of somebody else are not ours. */
export function findLeftAdded(
  { directory, catalog }: Desired,
  { override, containers }: Pick<Observed, 'override' | 'containers'>,
): ObservedContainer[] {
  // Where Compose cannot read its files, nothing tells what they no longer have.
  if (override && override.services === undefined) return [];
  const added = override?.added ?? [];
  return containers.filter(
    (container) =>
      container.spec === '' &&
      isMadeIn(container, directory) &&
      OVERRIDE_FILES.includes(container.composeFiles?.at(-1)?.split('/').at(-1) ?? '') &&
      !added.includes(container.service) &&
      !catalog.workloads.some(({ id }: Workload) => id === container.service),
  );
}

/** Services of the override begin when the platform runs, and go when the override no longer has them. */
export function planAdded(
  builder: PlanBuilder,
  desired: Desired,
  observed: Observed,
  dependsOn: readonly (number | undefined)[],
): number[] {
  const left = findLeftAdded(desired, observed).map(({ service }) => service);
  const added = viewAdded(observed).filter(({ state }) => state !== 'up');
  const named = (...states: AddedService['state'][]): string[] =>
    added.filter(({ state }) => states.includes(state)).map(({ service }) => service);
  const fresh = named('missing');
  return [
    ...(left.length === 0
      ? []
      : [
          builder.add({
            action: { kind: 'RemoveContainers', services: left },
            cause: `${OVERRIDE_FILE} no longer has them`,
            dependsOn,
          }),
        ]),
    ...(added.length === 0
      ? []
      : [
          builder.add({
            action: {
              kind: 'StartAdded',
              create: named('missing', 'changed'),
              services: added.map(({ service }) => service),
            },
            cause:
              fresh.length === added.length
                ? `${OVERRIDE_FILE} adds them`
                : named('stopped').length === added.length
                  ? 'not running'
                  : 'they are new, changed or not running',
            dependsOn,
            ...(fresh.length > 0 ? { undo: { kind: 'RemoveContainers', services: fresh } } : {}),
            ...(named('changed').length > 0 ? { irreversible: OVERRIDE_STAYS } : {}),
          }),
        ]),
  ];
}
