import type { Observed } from '../model/observed.ts';
import type { PlanBuilder } from '../model/plan.ts';
import { ROLES, SLOT_ROLES } from '../catalog/roles.ts';
import type { Desired } from './desired.ts';
import { planUp } from './plan-up.ts';

/** Whoever logs in with a password. */
const ROLE_NAMES = [ROLES.superuser, ROLES.owner, ROLES.monitor, ...SLOT_ROLES];

/** The services that run; all that are there where an earlier run was cut off behind the page, and stopped them. */
export function servicesToStop({ catalog }: Desired, { containers, instance }: Observed): string[] {
  const services = catalog.workloads
    .filter(({ group, kind }) => group === 'app' && kind === 'service')
    .map(({ id }) => id);
  const among = (wanted: (state: string) => boolean): string[] =>
    services.filter((id) =>
      containers.some(({ service, state }) => service === id && wanted(state)),
    );
  const running = among((state) => state === 'running');
  return running.length === 0 && instance.closed ? among(() => true) : running;
}

/** Nobody is served and nobody writes from here on; returns the step after which that is so. */
export function planStopped(
  builder: PlanBuilder,
  services: readonly string[],
  causes: { readonly page: string; readonly stop: string },
  after: readonly (number | undefined)[] = [],
): number {
  const closed = builder.add({
    action: { kind: 'ShowMaintenancePage' },
    cause: causes.page,
    dependsOn: after,
    undo: { kind: 'HideMaintenancePage' },
  });
  if (services.length === 0) return closed;
  return builder.add({
    action: { kind: 'StopComponents', group: 'app', services },
    cause: causes.stop,
    dependsOn: [closed],
    undo: { kind: 'StartComponents', group: 'app', services, configHashes: {} },
  });
}

/** What `up` does once the database has moved, with the passwords of today before anybody logs in. */
export function planServing(
  builder: PlanBuilder,
  desired: Desired,
  { observed, stopped }: { readonly observed: Observed; readonly stopped: readonly string[] },
  moved: number,
): number[] {
  const after = planUp(desired, withoutServices(observed, stopped), {
    title: '',
    overwrite: false,
    renderOnly: false,
  });
  return builder.append(after.plan, [moved], ({ action }, dependsOn) =>
    action.kind === 'RunMigrations'
      ? builder.add({
          action: { kind: 'OpenRoles', roles: ROLE_NAMES },
          cause: 'passwords may have been rotated since then',
          dependsOn,
        })
      : undefined,
  );
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
