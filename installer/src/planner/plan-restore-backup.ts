import type { RestoreOutlook } from '../model/backup.ts';
import type { Observed } from '../model/observed.ts';
import { PlanBuilder, type Plan } from '../model/plan.ts';
import { formatSeconds } from '../model/units.ts';
import { dataVolume } from '../catalog/data-volume.ts';
import { planServing, planStopped, servicesToStop } from './behind-the-page.ts';
import type { Desired } from './desired.ts';

export type RestoreWish = {
  /** `latest`, a moment in RFC 3339, or the label of a backup. */
  readonly target: string;
  /** Absent where an earlier run has restored it already, and was cut off before the services served from it. */
  readonly outlook?: RestoreOutlook;
  /** Which volume the database is in now. */
  readonly generation: number;
  /** Which one it goes into. */
  readonly next: number;
  /** Whether PostgreSQL answers, and what was written last can still be carried into the backups. */
  readonly flushes: boolean;
};

/**
 * The services stop, the database of then is made in a volume of its own, PostgreSQL moves there, and the services start
 * again. `desired` is of the volume the database moves to. Until PostgreSQL moves nothing of what was there is touched,
 * and the former volume is left as it is.
 */
export function planRestoreBackup(
  { target, outlook, generation, next, flushes }: RestoreWish,
  desired: Desired,
  observed: Observed,
): Plan {
  const builder = new PlanBuilder();
  const services = servicesToStop(desired, observed);
  const stopped = planStopped(builder, services, {
    page: 'nobody is served while the database goes back',
    stop: 'nobody may write while the database goes back',
  });
  const moved = outlook
    ? planVolume(builder, { target, outlook, generation, next, flushes }, stopped)
    : stopped;
  const up = planServing(builder, desired, { observed, stopped: services }, moved);
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
  { target, outlook, generation, next, flushes }: RestoreWish & { outlook: RestoreOutlook },
  stopped: number,
): number {
  const { label, place, lastDrill, wouldLoseSeconds, arrived } = outlook;
  // A place that did not take the log a moment ago is no reason to stop in the middle: its loss was agreed to.
  const flushed =
    flushes && arrived
      ? builder.add({
          action: { kind: 'FlushLog', place },
          cause: 'what was written last is to be in the backups as well',
          dependsOn: [stopped],
        })
      : stopped;
  const took =
    lastDrill === null ? '' : `; the last drill took ${formatSeconds(lastDrill.rtoSeconds)}`;
  const loses =
    wouldLoseSeconds !== null && wouldLoseSeconds > 0
      ? `what was written in the ${formatSeconds(wouldLoseSeconds)} after it (it stays in volume ${dataVolume(generation)}${arrived ? ' and in the backups' : ''})`
      : undefined;
  const restored = builder.add({
    action: { kind: 'RestoreVolume', target, place, volume: dataVolume(next) },
    cause: `the database is to be as it was then, from backup ${label}${took}`,
    dependsOn: [flushed],
  });
  return builder.add({
    action: { kind: 'UseDataVolume', generation: next },
    cause: 'the restored database was looked through and is sound',
    dependsOn: [restored],
    ...(loses === undefined ? {} : { destroys: loses }),
    undo: { kind: 'UseDataVolume', generation },
  });
}

export const describeTarget = (target: string): string =>
  target === 'latest' ? 'to its newest state' : `as of ${target}`;
