import { configProblems } from '../checks/collectors/config-problems.ts';
import { FactswayError } from '../model/errors.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { UpPlan } from '../planner/plan-up.ts';
import type { Desired } from '../planner/desired.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * A program that is reloaded, replaced or started meets what somebody edited by hand, and nobody's undo mends that: it
 * is asked before anything begins. Throws FW-COMPONENT-FILES. One that does not run cannot be asked.
 */
export async function requireSoundFiles(
  { catalog }: Desired,
  { plan, kept }: UpPlan,
  containers: readonly ObservedContainer[],
  { docker }: Pick<Ports, 'docker'>,
): Promise<void> {
  const touched = new Set(
    plan.steps.flatMap(({ action }) =>
      action.kind === 'ReloadConfig'
        ? [action.service]
        : action.kind === 'CreateContainers' || action.kind === 'StartComponents'
          ? action.services
          : [],
    ),
  );
  const details: string[] = [];
  for (const workload of catalog.workloads) {
    const { config, id } = workload;
    const container = containers.find(({ service }) => service === id);
    if (!config?.check || !touched.has(id) || container?.state !== 'running') continue;
    if (!kept.some((path) => path.startsWith(`config/${config.directory}/`))) continue;
    const problems = configProblems(workload, await docker.exec(container.id, config.check));
    details.push(...problems.map((problem) => `${id}: ${problem}`));
  }
  if (details.length === 0) return;
  throw new FactswayError(
    'FW-COMPONENT-FILES',
    'A file that was edited by hand would be refused, and this would have it read. Nothing was changed.',
    'See what was edited: factsway-install diff; put back what was rendered, with a copy of yours in state/edited: factsway-install up --overwrite-edited',
    details,
  );
}
