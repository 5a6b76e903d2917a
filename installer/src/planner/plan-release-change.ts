import { PlanBuilder, type Action, type Plan, type Step } from '../model/plan.ts';
import type { ReleaseChange } from '../model/release-change.ts';
import type { Workload } from '../model/workload.ts';

type After = readonly (number | undefined)[];

/** First of all: what is done on purpose wakes nobody. It ends with the run, whichever way that ends. */
export function planSilence(
  builder: PlanBuilder,
  { silence, kind }: ReleaseChange,
): number | undefined {
  return (
    silence &&
    builder.add({
      action: { kind: 'OpenMaintenance', ...silence },
      cause: `the ${kind} is done on purpose`,
      // Somebody may be woken for nothing; that is no reason to leave the release of before in place.
      optional: true,
      undo: { kind: 'EndMaintenance', port: silence.port },
    })
  );
}

/** When all is well: what was kept in case it would not be, and the silence, end. None of it is worth going back for. */
export function planAfter(
  builder: PlanBuilder,
  { silence, to, kind, replaced, outdated }: ReleaseChange,
  dependsOn: After,
): void {
  const optional = true;
  const upgraded = kind === 'upgrade';
  if (upgraded && replaced.length > 0)
    builder.add({
      action: { kind: 'RemoveReplacedDatabases', names: replaced },
      cause: `${to} serves, and nobody went back to them`,
      dependsOn,
      destroys: `the databases that earlier restores set aside: ${replaced.join(', ')}`,
      optional,
    });
  const { images = [], points = [] } = outdated ?? {};
  if (upgraded && images.length > 0)
    builder.add({
      action: { kind: 'RemoveImages', references: images },
      cause: 'no more former releases are kept (upgrade.keepReleases)',
      dependsOn,
      optional,
    });
  if (upgraded && points.length > 0)
    builder.add({
      action: { kind: 'RemoveRestorePoints', ids: points },
      cause: 'they are of former releases that are not kept (upgrade.keepReleases)',
      dependsOn,
      destroys: `the way back to ${points.length === 1 ? 'restore point' : 'restore points'} ${points.join(', ')}`,
      optional,
    });
  if (silence)
    builder.add({
      action: { kind: 'EndMaintenance', port: silence.port },
      cause: `${to} serves`,
      dependsOn,
      optional,
    });
}

/** With nothing else to do: what an earlier run left silent is heard again. */
export function planSilenceLeft(title: string, release: ReleaseChange | undefined): Plan {
  const builder = new PlanBuilder();
  if (release?.silence && release.silent)
    builder.add({
      action: { kind: 'EndMaintenance', port: release.silence.port },
      cause: 'an earlier run was cut off before it did',
      optional: true,
    });
  return builder.build(title);
}

/** Without anything between them silence and its end are nothing to do. */
export const isSilenceAlone = (steps: readonly Step[]): boolean =>
  steps.every(({ action: { kind } }) => kind === 'OpenMaintenance' || kind === 'EndMaintenance');

/** The door is closed and what serves ends: nobody writes while the database changes. Returns the last step. */
export function planClosing(
  builder: PlanBuilder,
  {
    serving,
    irreversible,
  }: { readonly serving: readonly string[]; readonly irreversible?: string },
  group: string,
  dependsOn: After,
): number {
  const closed = builder.add({
    action: { kind: 'ShowMaintenancePage' },
    // Whoever puts the files back takes it away, once the services of before are back.
    cause: 'the services that serve end before the new ones start',
    dependsOn,
    ...(irreversible === undefined ? {} : { irreversible }),
  });
  if (serving.length === 0) return closed;
  return builder.add({
    // They are back with the files they ran from, when those are put back.
    action: { kind: 'StopComponents', group, services: serving },
    cause: 'nobody writes to the database while it changes',
    dependsOn: [closed],
  });
}

export function planOpening(builder: PlanBuilder, { to }: ReleaseChange, dependsOn: After): number {
  return builder.add({
    action: { kind: 'HideMaintenancePage' },
    cause: `the services of ${to} are healthy`,
    dependsOn,
    undo: { kind: 'ShowMaintenancePage' },
  });
}

/** Spec 05: one before every deployment. While everything serves still, however long it takes. */
export function planBackupBefore(
  builder: PlanBuilder,
  { kind, backup, to }: ReleaseChange,
  dependsOn: After,
): number | undefined {
  if (!backup) return undefined;
  const reason = `before the ${kind} to ${to}`;
  return builder.add({
    action: { kind: 'CreateBackup', type: 'incr', reason, enough: 'one place' },
    cause: 'whatever a release does to the data, all of it from before is in a backup',
    dependsOn,
  });
}

/** What is done to the database before its migrations run. Returns the last step. */
export function planRestorePoint(
  builder: PlanBuilder,
  { restorePoint, restore }: ReleaseChange,
  dependsOn: After,
): number | undefined {
  const made =
    restorePoint &&
    builder.add({
      action: { kind: 'CreateRestorePoint', ...restorePoint },
      cause:
        restore === undefined
          ? 'the database can go back to before its migrations'
          : 'what is there now is kept as well',
      dependsOn,
    });
  if (restore === undefined) return made;
  return builder.add({
    action: { kind: 'RestoreDatabase', id: restore },
    cause: 'the release that is gone back to cannot work on the schema of now',
    dependsOn: [made, ...dependsOn],
    destroys: `what was written after restore point ${restore} (kept aside until the next upgrade)`,
    ...(restorePoint ? { undo: { kind: 'RestoreDatabase', id: restorePoint.id } } : {}),
  });
}

/**
 * The way back from the migrations of an upgrade. Where nobody can have written since the restore point, that one; else
 * their own down parts, which keep what was written since. Absent for a way that leads nowhere.
 */
export function undoOfMigrations(
  { kind, strategy, restorePoint, oneWay, to }: ReleaseChange,
  migrations: Workload,
): Action | undefined {
  if (kind === 'rollback') return undefined;
  if (!oneWay) return { kind: 'RevertMigrations', service: migrations.id, version: to };
  return strategy === 'recreate' && restorePoint
    ? { kind: 'RestoreDatabase', id: restorePoint.id }
    : undefined;
}
