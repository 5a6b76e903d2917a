import { EDGE_ROOT_CERTIFICATE } from '../catalog/components/edge.ts';
import type { Workload } from '../model/workload.ts';
import { isImageRebuilt, type Observed } from '../model/observed.ts';
import { PlanBuilder, type ActionOf, type FileChange, type Plan } from '../model/plan.ts';
import { FactswayError } from '../model/errors.ts';
import { OVERRIDE_FILE, specOf } from '../render/compose/render-compose.ts';
import {
  hasSucceeded,
  isServing,
  planCreate,
  planObsolete,
  planPulls,
  planReloads,
  planStart,
} from './container-steps.ts';
import type { Desired } from './desired.ts';
import { planCertificate } from './plan-certificate.ts';
import { staleLock } from './plan-image-lock.ts';
import { planFiles } from './plan-files.ts';
import { isSecretAccess, planSecretAccess } from './plan-permissions.ts';
import { madeAlong, planAdded, viewOverride } from './plan-override.ts';
import { planRecordNetworks, planRemake, withoutContainers } from './plan-networks.ts';
import { planSettle, withoutHalfMade } from './plan-settle.ts';
import { refuseOvercommitment } from './refuse-overcommitment.ts';
import {
  refuseEmptySecrets,
  refuseNeededSecrets,
  refuseOtherProject,
  refuseWhatCannotWork,
  releaseImages,
} from './refusals.ts';

export type UpOptions = {
  readonly title: string;
  /** Replace files that were edited by hand. */
  readonly overwrite: boolean;
  /** Write the bundle only; nothing is created or started, Docker is not asked. */
  readonly renderOnly: boolean;
  /** Names of checks whose verdict does not count. */
  readonly skipChecks?: readonly string[];
};

export type UpPlan = {
  readonly plan: Plan;
  readonly warnings: readonly string[];
  /** Paths of files that were edited by hand and are left as they are. */
  readonly kept: readonly string[];
};

/**
 * From what is to what should be. Idempotent: with nothing to do the plan is empty.
 * Throws a coded error for everything that must be settled first (spec 00 "Bad input", spec 01 invariants).
 */
export function planUp(desired: Desired, found: Observed, options: UpOptions): UpPlan {
  const { whole: observed, halfMade } = withoutHalfMade(found, desired);
  refuseEmptySecrets(desired, observed);
  refuseNeededSecrets(desired, observed);
  if (desired.catalog.unlocked.length > 0) throw staleLock(desired.catalog.unlocked);
  const files = planFiles(desired.bundle, observed.instance, options.overwrite);
  if (files.conflicts.length > 0) throw conflictError(files.conflicts, observed);
  // Compose files of another name would hide what runs from whoever looks at it in that directory.
  if (options.renderOnly) refuseOtherProject(desired, observed);
  else refuseWhatCannotWork(desired, observed);

  const builder = new PlanBuilder();
  const written = planInstanceDirectory(builder, desired, observed, files.changes, options);
  if (!options.renderOnly) {
    const pulls = planPulls(builder, desired, observed);
    const remade = planRemake(builder, desired, observed, { written, pulls });
    const { left, step } =
      remade === undefined
        ? planSettle(builder, observed, halfMade, [written])
        : { left: withoutContainers(observed), step: remade };
    const recorded = planRecordNetworks(builder, desired, observed, [written, step]);
    planContainers(builder, desired, left, { written: recorded ?? step ?? written, pulls });
  }
  const warnings = [
    ...desired.bundle.warnings,
    ...files.kept.map((path) => `${path} was edited by hand and is left as it is.`),
  ];
  const plan = builder.build(options.title);
  refuseOvercommitment(desired, observed, plan, options.skipChecks ?? []);
  return { plan, warnings, kept: files.kept };
}

function conflictError(paths: readonly string[], { instance }: Observed): FactswayError {
  if (Object.keys(instance.manifest.files).length === 0) {
    return new FactswayError(
      'FW-DIR-FOREIGN',
      `The directory already holds files this installer did not write: ${paths.join(', ')}.`,
      'Choose an empty directory: --dir DIR',
    );
  }
  return new FactswayError(
    'FW-DRIFT',
    `Edited by hand since it was rendered, and about to change: ${paths.join(', ')}.`,
    'Move your change to factsway.yaml or compose.override.yaml, or replace the file and keep a copy of yours: --overwrite-edited',
  );
}

function causeOf(changes: readonly FileChange[]): string {
  const texts = changes.filter(({ change }) => change !== 'permissions').length;
  const secrets = changes
    .filter(isSecretAccess)
    .map(({ path }) => (path.includes('/') ? path : `${path}/`));
  const unreadable = changes.length - texts - secrets.length;
  return [
    ...(texts === 0
      ? []
      : [`the configuration renders ${texts === 1 ? 'one file' : `${texts} files`} differently`]),
    ...(unreadable === 0 ? [] : [`the containers cannot read ${unreadable} as they are`]),
    ...(secrets.length === 0 ? [] : [`owner or mode of ${secrets.join(', ')} is not right`]),
  ].join(', and ');
}

/** Secrets first, files second: a container never meets a bundle whose secrets do not exist. */
function planInstanceDirectory(
  builder: PlanBuilder,
  desired: Desired,
  observed: Observed,
  fileChanges: ReturnType<typeof planFiles>['changes'],
  options: UpOptions,
): number | undefined {
  const missing = desired.bundle.secrets
    .map(({ name }) => name)
    .filter((name) => !observed.instance.secrets.includes(name));
  let last: number | undefined;
  if (missing.length > 0) {
    last = builder.add({
      action: { kind: 'CreateSecrets', names: missing },
      cause: 'the instance has no such secret yet',
    });
  }
  last = planCertificate(builder, desired, observed, last) ?? last;
  const fresh = Object.keys(observed.instance.manifest.files).length === 0;
  // Where secrets are made, or a first bundle is written, all of them get theirs with that.
  const access =
    fresh || missing.length > 0 ? [] : planSecretAccess(desired.bundle, observed.instance);
  const changes = [
    ...(desired.configUnchanged
      ? []
      : [{ path: 'factsway.yaml', change: fresh ? ('create' as const) : ('update' as const) }]),
    ...fileChanges,
    ...access,
  ];
  if (changes.length === 0) return last;
  const before = options.renderOnly ? [] : observed.containers;
  const services = before.filter(({ state }) => state === 'running').map(({ service }) => service);
  const specs = Object.fromEntries(before.map(({ service, spec }) => [service, spec]));
  const kindOf = (service: string) =>
    desired.catalog.workloads.find(({ id }) => id === service)?.kind;
  const oneShots = before
    .filter((container) => kindOf(container.service) === 'one-shot' && hasSucceeded(container))
    .map(({ service }) => service);
  const reloads = desired.catalog.workloads.flatMap((workload): ActionOf<'ReloadConfig'>[] => {
    const configHash = observed.instance.appliedConfig[workload.id];
    if (!workload.config || configHash === undefined || !services.includes(workload.id)) return [];
    return [
      { kind: 'ReloadConfig', service: workload.id, reload: workload.config.reload, configHash },
    ];
  });
  return builder.add({
    action: { kind: 'WriteBundle', changes },
    cause: fresh ? 'the instance directory is new' : causeOf(changes),
    dependsOn: [last],
    // Of a first rendering there is nothing to go back to; the files stay and show what was meant.
    ...(fresh
      ? {
          stays:
            'The instance directory with its secrets, and data volumes where they were made, stay for the next attempt.',
        }
      : { undo: { kind: 'RestoreBundle', changes, services, specs, oneShots, reloads } }),
  });
}

function planContainers(
  builder: PlanBuilder,
  desired: Desired,
  observed: Observed,
  { written, pulls }: { readonly written: number | undefined; readonly pulls: readonly number[] },
): void {
  const { catalog, bundle } = desired;
  const { workloads, context } = catalog;
  const { config, activeSlot } = context;
  const existing = new Map(observed.containers.map((container) => [container.service, container]));
  const override = viewOverride(desired, observed);
  const isStale = (workload: Workload): boolean => {
    const { spec, mountsBy } = existing.get(workload.id) ?? {};
    return mountsBy !== undefined || spec !== specOf(workload, bundle.configHashes);
  };
  const isConcerned = ({ id }: Workload): boolean => override.concerns(existing.get(id));
  const isRebuilt = ({ id }: Workload): boolean => {
    const container = existing.get(id);
    return container !== undefined && isImageRebuilt(container, observed.images);
  };
  const changed = workloads.filter((one) => isStale(one) || isRebuilt(one) || isConcerned(one));
  const along = madeAlong(desired, observed, changed);
  const toCreate = workloads.filter((one) => changed.includes(one) || along.includes(one));
  // From here until the end nobody can say which override the containers were made with.
  const forgotten = toCreate.some(isConcerned)
    ? builder.add({
        action: { kind: 'RecordOverride', digest: '' },
        cause: `${OVERRIDE_FILE} changed`,
        dependsOn: [written],
      })
    : undefined;
  const creating = { existing, networks: observed.networks, override, isStale, isRebuilt };
  // Services that serve are replaced only once the migrations have succeeded.
  const late = toCreate.filter(
    ({ id, slot, kind }) => slot !== undefined && kind === 'service' && existing.has(id),
  );
  const early = toCreate.filter((workload) => !late.includes(workload));
  const created = planCreate(builder, early, creating, [written, forgotten, ...pulls]);
  // What exists already reads its files when it starts.
  const ready = created ?? written;
  const obsolete = planObsolete(builder, observed.containers, workloads, [written]);
  const touched = new Set(toCreate);
  const needsStart = (workload: Workload): boolean =>
    touched.has(workload) || !isServing(existing.get(workload.id), workload);
  const start = (
    group: string,
    members: readonly Workload[],
    dependsOn: readonly (number | undefined)[],
  ): number | undefined => {
    const starting = members.filter(needsStart);
    return starting.length === 0
      ? undefined
      : planStart(builder, group, starting, bundle.configHashes, existing, dependsOn);
  };
  const long = workloads.filter(({ kind }) => kind === 'service');
  const database = start(
    'database',
    long.filter(({ component }) => component === 'postgres'),
    [ready],
  );
  const monitoring = start(
    'monitoring',
    long.filter(({ group }) => group === 'monitoring'),
    [ready],
  );
  const edge = start(
    'edge',
    long.filter(({ component }) => component === 'edge'),
    [ready],
  );

  const app = workloads.filter(({ slot }) => slot === activeSlot);
  const migrations = app.find(({ kind }) => kind === 'one-shot');
  const services = app.filter(({ kind }) => kind === 'service');
  const migrationsDone =
    migrations !== undefined &&
    !touched.has(migrations) &&
    hasSucceeded(existing.get(migrations.id));
  let migrated: number | undefined;
  if (migrations && (!migrationsDone || services.some(needsStart))) {
    migrated = builder.add({
      action: {
        kind: 'RunMigrations',
        service: migrations.id,
        slot: activeSlot,
        version: config.release.version,
      },
      cause: migrationsDone
        ? 'services are about to start on this schema'
        : `the schema is not proven to be that of ${config.release.version}`,
      dependsOn: [ready, database],
    });
  }
  const replaced = planCreate(builder, late, creating, [written, created, migrated]);
  const slot = start(`slot ${activeSlot}`, services, [ready, migrated, replaced]);

  const saved =
    config.edge.tls.mode === 'internal' && !certificateIsCurrent(observed)
      ? builder.add({
          action: { kind: 'SaveRootCertificate', service: 'edge', path: EDGE_ROOT_CERTIFICATE },
          cause: 'browsers of the firm need it',
          dependsOn: [edge],
        })
      : undefined;
  const reloads = planReloads(builder, desired, observed, needsStart, written);
  const platform = [
    created,
    obsolete,
    database,
    monitoring,
    edge,
    migrated,
    replaced,
    slot,
    saved,
    ...reloads,
  ];
  const all = [...platform, ...planAdded(builder, desired, observed, [written, ...platform])];
  if (override.changed) {
    builder.add({
      action: { kind: 'RecordOverride', digest: override.digest },
      cause: `${OVERRIDE_FILE} is taken into account`,
      dependsOn: all,
    });
  }
  if (
    observed.instance.release?.version !== config.release.version ||
    observed.instance.release.slot !== activeSlot ||
    app.some(isRebuilt)
  ) {
    builder.add({
      action: {
        kind: 'RecordRelease',
        version: config.release.version,
        slot: activeSlot,
        references: releaseImages(workloads),
      },
      cause: `release ${config.release.version} serves`,
      dependsOn: all,
    });
  }
}

/** A new certificate volume means a new authority, whatever was saved of the old one. */
function certificateIsCurrent({ instance, volumes }: Observed): boolean {
  return instance.rootCertificate && volumes.includes('edge-data');
}
