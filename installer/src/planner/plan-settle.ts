import { isHalfMade, type Observed } from '../model/observed.ts';
import type { PlanBuilder } from '../model/plan.ts';
import type { Desired } from './desired.ts';

/** What a killed process ends with (128 + SIGKILL): whatever it was, it did not succeed. */
const CUT_OFF = 137;

export type Settled = {
  /** As it is once the steps are done. */
  readonly left: Observed;
  /** The last of them; undefined where there is none. */
  readonly step: number | undefined;
};

/**
 * Containers apart from those that Compose, cut off while it replaced one, left under a name of its own. One the
 * engine is removing is gone already.
 */
export function withoutHalfMade(
  observed: Observed,
  { catalog }: Desired,
): { readonly whole: Observed; readonly halfMade: readonly string[] } {
  const { project } = catalog.context.config;
  const there = observed.containers.filter(({ state }) => state !== 'removing');
  const halfMade = there.filter((container) => isHalfMade(container, project));
  const containers = there.filter((container) => !halfMade.includes(container));
  // Compose makes the new one first, then stops the old: that one may be on its way out.
  const replaced = containers
    .filter(({ state }) => state === 'running')
    .map(({ service }) => service)
    .filter((service) => halfMade.some((one) => one.service === service));
  const stopping = [...new Set([...(observed.stopping ?? []), ...replaced])];
  return {
    whole: { ...observed, containers, ...(stopping.length > 0 ? { stopping } : {}) },
    halfMade: halfMade.map(({ name }) => name).sort(),
  };
}

/**
 * Brings to its end what a run was doing to containers when it was cut off. One that was told to stop serves for a
 * while, healthy to look at, and is gone in a minute: it is stopped, and with that it is known what runs.
 */
export function planSettle(
  builder: PlanBuilder,
  observed: Observed,
  halfMade: readonly string[],
  dependsOn: readonly (number | undefined)[],
): Settled {
  const { stopping = [] } = observed;
  let step: number | undefined;
  if (stopping.length > 0) {
    step = builder.add({
      action: { kind: 'StopComponents', group: 'half stopped', services: stopping },
      cause: 'a run that was cut off was stopping them',
      dependsOn,
    });
  }
  if (halfMade.length > 0) {
    step = builder.add({
      action: { kind: 'RemoveHalfMade', containers: halfMade },
      cause: 'a run that was cut off was replacing containers by them',
      dependsOn: [...dependsOn, step],
    });
  }
  const containers = observed.containers.map((container) =>
    stopping.includes(container.service) && container.state === 'running'
      ? { ...container, state: 'exited' as const, health: 'none' as const, exitCode: CUT_OFF }
      : container,
  );
  return { left: { ...observed, containers }, step };
}
