import { EDGE_ROOT_CERTIFICATE } from '../catalog/components/edge.ts';
import type { ReleaseChange } from '../model/release-change.ts';
import type { SecretName, Slot, Workload } from '../model/workload.ts';
import { isImageRebuilt, type Observed } from '../model/observed.ts';
import type { PlanBuilder } from '../model/plan.ts';
import { type FileChange } from '../model/plan.ts';
import { OVERRIDE_FILE, specOf } from '../render/compose/render-compose.ts';
import {
  formerReloads,
  hasSucceeded,
  isServing,
  planCreate,
  planObsolete,
  planReloads,
  planStart,
} from './container-steps.ts';
import type { Desired } from './desired.ts';
import {
  planAfter,
  planClosing,
  planOpening,
  planBackupBefore,
  planRestorePoint,
  undoOfMigrations,
} from './plan-release-change.ts';
import { isAltered, madeAlong, planAdded, viewOverride } from './plan-override.ts';
import {
  LEADING,
  planLeftRunning,
  planProof,
  planSwitch,
  planTurnBack,
  type Switch,
} from './slot-switch.ts';
import { releaseImages } from './refusals.ts';

export type Before = {
  readonly written: number | undefined;
  readonly pulls: readonly number[];
  /** Where services are to serve from another slot than they do. */
  readonly change?: Switch;
  /** Files that lead there, still to be written. */
  readonly leading: readonly FileChange[];
  /** Where another release takes over, and the step that keeps alerts silent meanwhile. */
  readonly release?: ReleaseChange;
  readonly silenced?: number | undefined;
  /** A secret that the other slot gets another value of. */
  readonly rotates?: SecretName;
  /** What stays when this run fails, because an earlier one that was cut off had written it. */
  readonly goesOn?: string;
};

/** Returns every step that has to be done before the platform serves as it should. */
export function planContainers(
  builder: PlanBuilder,
  desired: Desired,
  observed: Observed,
  { written, pulls, change, leading, release, silenced, rotates, goesOn }: Before,
): number[] {
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
  const isLeft =
    change !== undefined && isAltered(desired, observed)
      ? ({ id, slot }: Workload): boolean => slot === activeSlot && existing.has(id)
      : () => false;
  const changed = workloads.filter(
    (one) => isStale(one) || isRebuilt(one) || isConcerned(one) || isLeft(one),
  );
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
  const creating = { existing, networks: observed.networks, override, isStale, isRebuilt, isLeft };
  // Services that serve are replaced only once the migrations have succeeded.
  const late = toCreate.filter(
    ({ id, slot, kind }) =>
      slot !== undefined && kind === 'service' && existing.get(id)?.state === 'running',
  );
  const early = toCreate.filter((workload) => !late.includes(workload));
  const created = planCreate(builder, early, creating, [written, forgotten, ...pulls]);
  // What exists already reads its files when it starts.
  const ready = created ?? written;
  const obsolete = planObsolete(builder, observed.containers, workloads, [written]);
  const touched = new Set(toCreate);
  const needsStart = (workload: Workload): boolean =>
    touched.has(workload) || !isServing(existing.get(workload.id), workload);
  const needsAny = workloads.some(
    (one) => one.slot === activeSlot && one.kind === 'service' && needsStart(one),
  );
  const isClosing =
    release?.strategy === 'recreate' &&
    (needsAny ||
      release.restore !== undefined ||
      observed.instance.release?.version !== config.release.version);
  const standing = standingOf(change, observed);
  const start = (
    group: string,
    members: readonly Workload[],
    dependsOn: readonly (number | undefined)[],
    beside?: Slot,
  ): number | undefined => {
    const starting = members.filter((one) => needsStart(one) || (one.slot && isClosing));
    if (starting.length === 0) return undefined;
    const hashes = bundle.configHashes;
    const retired = beside && {
      slot: beside,
      ...(standing === 'gone' ? {} : { whole: members.map(({ id }) => id) }),
    };
    return planStart(builder, group, starting, { hashes, existing, dependsOn, beside: retired });
  };
  const long = workloads.filter(({ kind }) => kind === 'service');
  const database = start(
    'database',
    long.filter(({ component }) => component === 'postgres'),
    [ready],
  );
  const backups = start(
    'backups',
    long.filter(({ component }) => component === 'backup'),
    [ready],
  );
  const mirror = start(
    'desktop updates',
    long.filter(({ component }) => component === 'updates'),
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

  // What an earlier run led away is led back first: then this one is like any other, and can be undone.
  const turned =
    change && standing === 'led away'
      ? builder.add({
          action: { kind: 'SwitchTraffic', from: change.to, to: change.from },
          cause: `an earlier run was cut off: slot ${change.from} serves until slot ${change.to} is proven`,
          dependsOn: [edge],
        })
      : undefined;

  // What asks the slot is told of it when requests go there, and not before.
  const isLed = ({ id }: Workload): boolean => change !== undefined && LEADING.includes(id);
  const reloads = planReloads(
    builder,
    desired,
    observed,
    (workload) => needsStart(workload) || isLed(workload),
    written,
  );

  const app = workloads.filter(({ slot }) => slot === activeSlot);
  const migrations = app.find(({ kind }) => kind === 'one-shot');
  const services = app.filter(({ kind }) => kind === 'service');
  const migrationsDone =
    migrations !== undefined &&
    !touched.has(migrations) &&
    hasSucceeded(existing.get(migrations.id));
  const running = (id: string): boolean => existing.get(id)?.state === 'running';
  const serving = services.map(({ id }) => id).filter(running);
  const edgeReady = [edge, ...reloads];
  const remains = goesOn === undefined ? {} : { irreversible: goesOn };
  const backedUp = release && planBackupBefore(builder, release, [ready, database, backups]);
  const closed =
    release && isClosing
      ? planClosing(builder, { ...remains, serving }, `slot ${activeSlot}`, [
          ready,
          database,
          silenced,
          backedUp,
          ...edgeReady,
        ])
      : undefined;
  const point =
    release && planRestorePoint(builder, release, [ready, database, silenced, backedUp, closed]);
  let migrated: number | undefined;
  if (migrations && (!migrationsDone || services.some(needsStart))) {
    // Behind the page of an earlier run nothing of before is left that could serve on what was.
    const undo =
      release && !(isClosing && goesOn !== undefined)
        ? undoOfMigrations(release, migrations)
        : undefined;
    migrated = builder.add({
      action: {
        kind: 'RunMigrations',
        service: migrations.id,
        slot: activeSlot,
        version: config.release.version,
        ...(release?.allowContract ? { allowContract: true } : {}),
        ...(undo?.kind === 'RevertMigrations' ? { reversible: true } : {}),
      },
      cause: migrationsDone
        ? 'services are about to start on this schema'
        : `the schema is not proven to be that of ${config.release.version}`,
      dependsOn: [ready, database, backedUp, closed, point, turned],
      ...(undo ? { undo } : {}),
      ...remains,
    });
  }
  const replaced = planCreate(builder, late, creating, [written, created, migrated, turned]);
  const slot = start(
    `slot ${activeSlot}`,
    services,
    [ready, migrated, replaced, turned],
    change && activeSlot,
  );

  const saved =
    config.edge.tls.mode === 'internal' && !certificateIsCurrent(observed)
      ? builder.add({
          action: { kind: 'SaveRootCertificate', service: 'edge', path: EDGE_ROOT_CERTIFICATE },
          cause: 'browsers of the firm need it',
          dependsOn: [edge],
        })
      : undefined;
  const platform = [
    turned,
    created,
    obsolete,
    database,
    backups,
    mirror,
    monitoring,
    edge,
    migrated,
    replaced,
    slot,
    saved,
    ...reloads,
  ];
  const led = LEADING.filter(running);
  const asked = (component: string): { port: number; route: string } => {
    const entry = catalog.services.find(({ name }) => name === component);
    return { port: entry?.port ?? 0, route: entry?.routes[0] ?? '/' };
  };
  const opened =
    release && isClosing
      ? planOpening(builder, release, [
          planProof(builder, desired, { services, asked, ...remains }, platform),
        ])
      : undefined;
  const back = change ? undefined : planTurnBack(builder, desired, observed, platform);
  const switched = change
    ? planSwitch(builder, desired, change, {
        services,
        asked,
        changes: leading,
        ...(slot === undefined && standing !== 'gone'
          ? { idle: services.map(({ id }) => id) }
          : {}),
        ...remains,
        closed: observed.instance.closed === true,
        comesBack: standing !== 'gone',
        standing: {
          services: led,
          specs: Object.fromEntries(led.map((id) => [id, existing.get(id)?.spec ?? ''])),
          reloads: formerReloads(desired, observed, led),
        },
        references: releaseImages(workloads),
        returning: release?.kind === 'rollback',
        ...(rotates === undefined ? {} : { rotates }),
        dependsOn: platform,
      })
    : [back, planLeftRunning(builder, desired, observed, [...platform, back])];
  const shown =
    observed.instance.closed && !isClosing && !change
      ? builder.add({
          action: { kind: 'HideMaintenancePage' },
          cause: 'an earlier run was cut off before it did',
          dependsOn: platform,
        })
      : undefined;
  const all = [
    ...platform,
    opened,
    ...switched,
    shown,
    ...planAdded(builder, desired, observed, [written, ...platform, ...switched]),
  ];
  if (override.changed) {
    builder.add({
      action: { kind: 'RecordOverride', digest: override.digest },
      cause: `${OVERRIDE_FILE} is taken into account`,
      dependsOn: all,
    });
  }
  if (
    !change &&
    (observed.instance.release?.version !== config.release.version ||
      observed.instance.release.slot !== activeSlot ||
      app.some(isRebuilt))
  ) {
    all.push(
      builder.add({
        action: {
          kind: 'RecordRelease',
          version: config.release.version,
          slot: activeSlot,
          references: releaseImages(workloads),
          ...(release?.kind === 'upgrade' ? { previous: release.from } : {}),
        },
        cause: `release ${config.release.version} serves`,
        dependsOn: all,
      }),
    );
  }
  // What is opened first is ended last, also where there is little between.
  if (release) planAfter(builder, release, [...all, silenced]);
  return all.filter((step) => step !== undefined);
}

/**
 * What requests meet while another slot is made ready: services that stand, services that stand and that an earlier run
 * led requests away from, or nothing any more.
 */
function standingOf(
  change: Switch | undefined,
  { instance, containers }: Observed,
): 'there' | 'led away' | 'gone' {
  if (!change || instance.leadsTo !== change.to) return 'there';
  const leaving = containers.filter(({ service }) => change.leaving.includes(service));
  const stand =
    leaving.length > 0 &&
    leaving.every(({ state, health }) => state === 'running' && health !== 'unhealthy');
  return stand ? 'led away' : 'gone';
}

/** A new certificate volume means a new authority, whatever was saved of the old one. */
function certificateIsCurrent({ instance, volumes }: Observed): boolean {
  return instance.rootCertificate && volumes.includes('edge-data');
}
