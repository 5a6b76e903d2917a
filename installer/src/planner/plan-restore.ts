import type { ObservedContainer } from '../model/observed.ts';
import { PlanBuilder, type Plan } from '../model/plan.ts';
import type { Slot, Workload } from '../model/workload.ts';

export type RestoreView = {
  readonly point: { readonly id: string; readonly createdAt: string };
  /** The release that serves, and where. */
  readonly version: string;
  readonly slot: Slot;
  /** What the serving slot is made of. */
  readonly workloads: readonly Workload[];
  readonly containers: readonly ObservedContainer[];
};

/**
 * The services of the slot that serves stop, the database goes back, and they start again; in between the schema is
 * brought to their release, where the point is of one before. A run that was killed leaves them stopped: the plan
 * made then starts them all the same.
 */
export function planRestore({ point, version, slot, workloads, containers }: RestoreView): Plan {
  const builder = new PlanBuilder();
  const app = workloads.filter(({ group }) => group === 'app');
  const services = app.filter(({ kind }) => kind === 'service').map(({ id }) => id);
  const running = services.filter((id) =>
    containers.some(({ service, state }) => service === id && state === 'running'),
  );
  const start = { kind: 'StartComponents', group: 'app', configHashes: {} } as const;
  const stopped =
    running.length === 0
      ? undefined
      : builder.add({
          action: { kind: 'StopComponents', group: 'app', services: running },
          cause: 'nobody may write while the database goes back',
          undo: { ...start, services: running },
        });
  const when = point.createdAt.slice(0, 19).replace('T', ' ');
  const restored = builder.add({
    action: { kind: 'RestoreDatabase', id: point.id },
    cause: 'the database is to be as it was then',
    dependsOn: [stopped],
    destroys: `what was written after ${when} UTC (set aside as a database of its own until the next upgrade)`,
  });
  const migrations = app.find(({ kind }) => kind === 'one-shot');
  const migrated =
    migrations &&
    builder.add({
      action: { kind: 'RunMigrations', service: migrations.id, slot, version },
      cause: `the point may be older than release ${version}, which serves`,
      dependsOn: [restored],
      irreversible: `The database is as of ${when} UTC.`,
    });
  builder.add({
    action: { ...start, services },
    cause: 'they serve again, from the database of then',
    dependsOn: [restored, migrated],
    irreversible: `The database is as of ${when} UTC.`,
  });
  return builder.build(`Put the database back to ${point.id}`);
}
