import type { Observed } from '../model/observed.ts';
import { PlanBuilder, type Plan } from '../model/plan.ts';
import { dataVolume } from '../catalog/data-volume.ts';
import { planServing, planStopped, servicesToStop } from './behind-the-page.ts';
import type { Desired } from './desired.ts';

/** A volume, and the major version of PostgreSQL that made it. */
export type MajorVolume = { readonly generation: number; readonly postgres: number };

export type UpgradeWish = {
  readonly from: MajorVolume;
  readonly to: MajorVolume;
  /** Label of a full backup that a drill has proven, where an earlier run made one and was cut off behind the page. */
  readonly restorePoint?: string;
  /** PostgreSQL was to run from the new volume already when an earlier run was cut off. */
  readonly switched?: true;
};

export type ReturnWish = {
  readonly from: MajorVolume;
  readonly to: MajorVolume;
  /** What is lost to the services. */
  readonly loses: string;
  /** Whether PostgreSQL answers, and what was written last can still be carried into the backups. */
  readonly flushes: boolean;
  readonly switched?: true;
};

/**
 * Another major version of PostgreSQL (spec 05): restore point and drill while the services serve; then they stop, the
 * database is copied into a volume of its own and compared, and PostgreSQL moves there. Until it does nothing of what
 * was there is touched, and the former volume is left as it is. `desired` is of the new version in the new volume.
 */
export function planPostgresUpgrade(wish: UpgradeWish, desired: Desired, observed: Observed): Plan {
  const { from, to, switched } = wish;
  const builder = new PlanBuilder();
  const services = servicesToStop(desired, observed);
  const proven = switched ? undefined : planRestorePoint(builder, wish);
  const stopped = planStopped(
    builder,
    services,
    {
      page: 'nobody is served while the database is copied',
      stop: 'nobody may write while the database is copied',
    },
    [proven],
  );
  const moved = switched ? stopped : planCopy(builder, wish, desired, stopped);
  planMoved(builder, desired, { observed, services, moved, to });
  return builder.build(`Upgrade PostgreSQL ${from.postgres} → ${to.postgres}`);
}

/** Back to the volume of the former version, which nobody has written to since. */
export function planPostgresReturn(
  { from, to, loses, flushes, switched }: ReturnWish,
  desired: Desired,
  observed: Observed,
): Plan {
  const builder = new PlanBuilder();
  const services = servicesToStop(desired, observed);
  const stopped = planStopped(builder, services, {
    page: 'nobody is served while PostgreSQL changes',
    stop: 'nobody may write while PostgreSQL changes',
  });
  const flushed =
    flushes && !switched
      ? builder.add({
          action: { kind: 'FlushLog' },
          cause: 'what was written since is to be in the backups at least',
          dependsOn: [stopped],
          undo: { kind: 'AdoptDatabase', again: true },
        })
      : stopped;
  const moved = switched
    ? stopped
    : builder.add({
        action: {
          kind: 'UsePostgres',
          version: to.postgres,
          generation: to.generation,
          from,
          back: true,
        },
        cause: `the database of PostgreSQL ${to.postgres} is as it was when it was left`,
        dependsOn: [flushed],
        destroys: `${loses} (it stays in volume ${dataVolume(from.generation)} and in the backups)`,
        undo: { kind: 'ForgetMove', generation: to.generation },
      });
  planMoved(builder, desired, { observed, services, moved, to });
  return builder.build(`Go back to PostgreSQL ${to.postgres} from ${from.postgres}`);
}

/** A backup that could not be restored from is no way back. */
function planRestorePoint(
  builder: PlanBuilder,
  { from, to, restorePoint }: UpgradeWish,
): number | undefined {
  const recorded = builder.add({
    action: { kind: 'RecordPostgres', version: from.postgres },
    cause: `volume ${dataVolume(from.generation)} is of PostgreSQL ${from.postgres}, whatever factsway.yaml says`,
  });
  if (restorePoint !== undefined) return recorded;
  const backup = builder.add({
    action: {
      kind: 'CreateBackup',
      type: 'full',
      reason: `before PostgreSQL ${to.postgres}`,
    },
    cause: 'it is the restore point',
    dependsOn: [recorded],
  });
  return builder.add({
    action: { kind: 'DrillBackup' },
    cause: 'a restore point counts once it was restored from',
    dependsOn: [backup],
  });
}

function planCopy(
  builder: PlanBuilder,
  { from, to }: UpgradeWish,
  { catalog }: Desired,
  stopped: number,
): number {
  const flushed = builder.add({
    action: { kind: 'FlushLog', everywhere: true },
    cause: 'afterwards no place takes the log of the former version any more',
    dependsOn: [stopped],
    // Where a place took the new one already, it has to take the former one again.
    undo: { kind: 'AdoptDatabase', again: true },
  });
  const keeper = catalog.workloads.find(({ id }) => id === 'backup');
  const copied = builder.add({
    action: {
      kind: 'CopyDatabase',
      image: keeper?.image ?? '',
      user: keeper?.user ?? '',
      volume: dataVolume(to.generation),
    },
    cause: `PostgreSQL ${to.postgres} starts on nothing that ${from.postgres} made`,
    dependsOn: [flushed],
  });
  return builder.add({
    action: {
      kind: 'UsePostgres',
      version: to.postgres,
      generation: to.generation,
      from,
    },
    cause: `rows, definitions, roles and rights of the copy are those of volume ${dataVolume(from.generation)}, which stays`,
    dependsOn: [copied],
    undo: { kind: 'ForgetMove', generation: to.generation },
  });
}

type Moved = {
  readonly observed: Observed;
  readonly services: readonly string[];
  readonly moved: number;
  readonly to: MajorVolume;
};

/** On record before anybody is served: a failure up to there leads back, and nobody has written anything. */
function planMoved(
  builder: PlanBuilder,
  desired: Desired,
  { observed, services, moved, to }: Moved,
): void {
  const up = planServing(builder, desired, { observed, stopped: services }, moved);
  const adopted = builder.add({
    action: { kind: 'AdoptDatabase' },
    cause: `the backups go on with PostgreSQL ${to.postgres}`,
    dependsOn: [moved, ...up],
  });
  const finished = builder.add({
    action: { kind: 'FinishMove', version: to.postgres },
    cause: 'everything runs from it',
    dependsOn: [adopted],
  });
  const opened = builder.add({
    action: { kind: 'HideMaintenancePage' },
    cause: 'the services serve again',
    dependsOn: [finished],
  });
  builder.add({
    action: { kind: 'CreateBackup', type: 'full', reason: `first of PostgreSQL ${to.postgres}` },
    cause: `no backup of before can be restored by PostgreSQL ${to.postgres}`,
    dependsOn: [opened],
    optional: true,
  });
}
