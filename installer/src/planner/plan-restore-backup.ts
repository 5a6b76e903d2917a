import type { RestoreOutlook } from '../model/backup.ts';
import type { Observed } from '../model/observed.ts';
import { PlanBuilder, type Plan } from '../model/plan.ts';
import { formatSeconds } from '../model/units.ts';
import { dataVolume } from '../catalog/data-volume.ts';
import { ROLES, SLOT_ROLES } from '../catalog/roles.ts';
import type { Desired } from './desired.ts';
import { planUp } from './plan-up.ts';

/** Whoever logs in with a password. */
const ROLE_NAMES = [ROLES.superuser, ROLES.owner, ROLES.monitor, ...SLOT_ROLES];

export type RestoreWish = {
  /** `latest`, a moment in RFC 3339, or the label of a backup. */
  readonly target: string;
  /** Absent where an earlier run has restored it already, and was cut off before the services served from it. */
  readonly outlook?: RestoreOutlook;
  /** Which volume the database is in now. */
  readonly generation: number;
  /** Whether PostgreSQL answers, and what was written last can still be carried into the backups. */
  readonly flushes: boolean;
};

/**
 * The services stop, the database of then is made in a volume of its own, PostgreSQL moves there, and the services start
 * again. `desired` is of the volume the database moves to. Until PostgreSQL moves nothing of what was there is touched,
 * and the former volume is left as it is.
 */
export function planRestoreBackup(
  { target, outlook, generation, flushes }: RestoreWish,
  desired: Desired,
  observed: Observed,
): Plan {
  const builder = new PlanBuilder();
  const app = desired.catalog.workloads.filter(({ group }) => group === 'app');
  const running = app
    .filter(({ kind }) => kind === 'service')
    .map(({ id }) => id)
    .filter((id) =>
      observed.containers.some(({ service, state }) => service === id && state === 'running'),
    );
  const closed = builder.add({
    action: { kind: 'ShowMaintenancePage' },
    cause: 'nobody is served while the database goes back',
    undo: { kind: 'HideMaintenancePage' },
  });
  const stopped =
    running.length === 0
      ? closed
      : builder.add({
          action: { kind: 'StopComponents', group: 'app', services: running },
          cause: 'nobody may write while the database goes back',
          dependsOn: [closed],
          undo: { kind: 'StartComponents', group: 'app', services: running, configHashes: {} },
        });
  const moved = outlook
    ? planVolume(builder, { target, outlook, generation, flushes }, stopped)
    : stopped;
  const after = planUp(desired, withoutServices(observed, running), {
    title: '',
    overwrite: false,
    renderOnly: false,
  });
  const up = builder.append(after.plan, [moved], ({ action }, dependsOn) =>
    action.kind === 'RunMigrations'
      ? builder.add({
          action: { kind: 'OpenRoles', roles: ROLE_NAMES },
          cause: 'passwords may have been rotated since then',
          dependsOn,
        })
      : undefined,
  );
  const opened = builder.add({
    action: { kind: 'HideMaintenancePage' },
    cause: 'the services serve again',
    dependsOn: [moved, ...up],
  });
  builder.add({
    action: { kind: 'FinishRestore' },
    cause: 'the services serve from what was restored',
    dependsOn: [opened],
  });
  return builder.build(`Restore the database ${describeTarget(target)}`);
}

function planVolume(
  builder: PlanBuilder,
  { target, outlook, generation, flushes }: RestoreWish & { outlook: RestoreOutlook },
  stopped: number,
): number {
  const flushed = flushes
    ? builder.add({
        action: { kind: 'FlushLog' },
        cause: 'what was written last is to be in the backups as well',
        dependsOn: [stopped],
      })
    : stopped;
  const { label, place, lastDrill, wouldLoseSeconds } = outlook;
  const took =
    lastDrill === null ? '' : `; the last drill took ${formatSeconds(lastDrill.rtoSeconds)}`;
  const loses =
    wouldLoseSeconds !== null && wouldLoseSeconds > 0
      ? `what was written in the ${formatSeconds(wouldLoseSeconds)} after it (it stays in volume ${dataVolume(generation)} and in the backups)`
      : undefined;
  const restored = builder.add({
    action: { kind: 'RestoreVolume', target, place, volume: dataVolume(generation + 1) },
    cause: `the database is to be as it was then, from backup ${label}${took}`,
    dependsOn: [flushed],
  });
  return builder.add({
    action: { kind: 'UseDataVolume', generation: generation + 1 },
    cause: 'the restored database was looked through and is sound',
    dependsOn: [restored],
    ...(loses === undefined ? {} : { destroys: loses }),
    undo: { kind: 'UseDataVolume', generation },
  });
}

/** As it is once they have stopped: what starts them again is what starts them after every stop. */
function withoutServices(observed: Observed, stopped: readonly string[]): Observed {
  return {
    ...observed,
    containers: observed.containers.map((container) =>
      stopped.includes(container.service)
        ? { ...container, state: 'exited' as const, health: 'none' as const }
        : container,
    ),
    instance: withoutClosed(observed.instance),
  };
}

/** The page is this plan's own to take away. */
function withoutClosed({ closed: _, ...instance }: Observed['instance']): Observed['instance'] {
  return instance;
}

export const describeTarget = (target: string): string =>
  target === 'latest' ? 'to its newest state' : `as of ${target}`;
