import type { Manifest } from '../manifest.ts';
import { at, record, word } from '../json.ts';
import { autoscalerOf, containersOf, ENDING, isOf, podOf, quantity, type Pod } from './read.ts';

/** What a namespace must be given at most, under the keys of a ResourceQuota. */
export type Demand = Readonly<Record<string, number>>;
const COUNTED = ['requests', 'limits'].flatMap((side) =>
  ['cpu', 'memory', 'ephemeral-storage'].map((resource) => [side, resource] as const),
);

/**
 * What the scheduler counts for one pod: containers and sidecars together, or the largest preparing container while
 * the sidecars run, whichever is more (Kubernetes, "Sidecar Containers", resource sharing).
 */
function needOf(pod: Pod, side: string, resource: string): number {
  let running = 0;
  let preparing = 0;
  for (const [container, role] of containersOf(pod)) {
    const amount = quantity(record(at(container, `resources.${side}`))[resource]) || 0;
    if (role === 'init') preparing = Math.max(preparing, running + amount);
    else running += amount;
  }
  return Math.max(running, preparing);
}

/** Most pods of an object at once: all its autoscaler may start, and the surge of a rollout. */
function mostPods(manifest: Manifest, tree: readonly Manifest[]): number {
  const tasks = isOf(manifest, 'CronJob') ? 'spec.jobTemplate.spec' : 'spec';
  if (isOf(manifest, ...ENDING)) return Number(at(manifest, `${tasks}.parallelism`) ?? 1);
  const scaler = autoscalerOf(manifest, tree);
  const most = Number(
    (scaler ? at(scaler, 'spec.maxReplicas') : at(manifest, 'spec.replicas')) ?? 1,
  );
  if (manifest.kind !== 'Deployment' || at(manifest, 'spec.strategy.type') === 'Recreate')
    return most;
  const surge = word(at(manifest, 'spec.strategy.rollingUpdate.maxSurge')) || '25%';
  const extra = surge.endsWith('%')
    ? Math.ceil((most * Number.parseInt(surge, 10)) / 100)
    : Number(surge);
  return most + extra;
}

/** The sum of it over what starts pods, in cores, bytes and pods. */
export function demandOf(manifests: readonly Manifest[], tree: readonly Manifest[]): Demand {
  const total: Record<string, number> = { pods: 0 };
  for (const manifest of manifests) {
    const pod = podOf(manifest);
    if (pod === undefined) continue;
    const pods = mostPods(manifest, tree);
    total['pods'] = (total['pods'] ?? 0) + pods;
    for (const [side, resource] of COUNTED) {
      const key = `${side}.${resource}`;
      total[key] = (total[key] ?? 0) + pods * needOf(pod, side, resource);
    }
  }
  return total;
}
