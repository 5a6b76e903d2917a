import type { Workload } from '../../installer/src/model/workload.ts';
import type { Environment } from '../environment.ts';
import { labels, roleOf, selector, stageOf } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { scales } from './workloads.ts';

/** Share of the processor time asked for, above which a pod is added. Asked for is a tenth of the limit. */
const CPU_TARGET = 300;

/** Autoscaler and disruption budget of what runs more than once. */
export function availability(workload: Workload, { config }: Environment): Manifest[] {
  const { component } = workload;
  if (!scales(workload) && component !== 'edge') return [];
  const own = {
    name: component,
    labels: labels(component, stageOf(workload), { role: roleOf(workload) }),
  };
  const budget: Manifest = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: own,
    spec: {
      // One at a time: a node can always be emptied, and never of all of them.
      maxUnavailable: 1,
      selector: { matchLabels: selector(component) },
      // A pod that is broken anyway must not keep a node from being emptied.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
  return scales(workload) ? [budget, autoscaler(own, component, config.kubernetes)] : [budget];
}

function autoscaler(
  metadata: Manifest['metadata'],
  component: string,
  { replicas, maxReplicas }: Environment['config']['kubernetes'],
): Manifest {
  const utilization = (name: string, averageUtilization: number) => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: component },
      minReplicas: replicas,
      maxReplicas,
      // Not memory: what Node has asked for once it keeps, and pods would only ever become more.
      metrics: [utilization('cpu', CPU_TARGET)],
      behavior: {
        // Documents come in waves: what was added stays for the next one.
        scaleDown: {
          stabilizationWindowSeconds: 600,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }],
        },
      },
    },
  };
}
