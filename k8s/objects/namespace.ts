import type { Workload } from '../../installer/src/model/workload.ts';
import { SURGE, type Environment } from '../environment.ts';
import { labels, roleOf } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { millicores, quantity } from '../pods/resources.ts';
import { hostOf } from '../pods/beside.ts';
import { isStateful } from '../pods/volumes.ts';
import { ASKER, scheduledTasks } from './backups.ts';
import { certificateFrom } from './entry.ts';
import { PROXY_REPLICAS, scales } from './workloads.ts';

/** What a debugging container or a Job by hand may take beside the platform. */
const SPARE_PODS = 5;
const LEVEL = 'restricted';

/** The room of an environment, with its rules and its limits. */
export function namespace(environment: Environment): Manifest[] {
  const { workloads } = environment.catalog;
  return [theNamespace(environment), quota(environment), limitRange(), ...workloads.map(account)];
}

function theNamespace({ namespace: name }: Environment): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        ...labels('namespace', 'namespace'),
        // Pod Security Standards: the API server refuses a pod that breaks them.
        'pod-security.kubernetes.io/enforce': LEVEL,
        'pod-security.kubernetes.io/enforce-version': 'latest',
        'pod-security.kubernetes.io/audit': LEVEL,
        'pod-security.kubernetes.io/warn': LEVEL,
      },
    },
  };
}

/** How many pods of a workload there may be at a time, while it is being replaced included. */
function mostPods(workload: Workload, { config }: Environment): number {
  // One that comes, and one that takes its time to end: it counts until it is gone.
  if (scales(workload)) return config.kubernetes.maxReplicas + 2 * SURGE;
  if (isStateful(workload) || workload.kind === 'one-shot') return 1;
  return (workload.component === 'edge' ? PROXY_REPLICAS : 1) + 2 * SURGE;
}

function quota(environment: Environment): Manifest {
  const { workloads } = environment.catalog;
  const tasks = scheduledTasks(environment).length;
  const sum = (of: (sized: Pick<Workload, 'memory' | 'cpus'>) => number): number =>
    workloads.reduce(
      (total, one) => total + of(one) * mostPods(one, environment),
      tasks * of(ASKER),
    );
  const guests = workloads.filter((one) => hostOf(one) !== undefined).length;
  const pods = sum(() => 1) - guests + SPARE_PODS;
  const cpu = millicores(sum(({ cpus }) => cpus.value) + SPARE_PODS);
  const memory = quantity(sum(({ memory: { value } }) => value) + SPARE_PODS * DEFAULT_MEMORY);
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'factsway', labels: labels('namespace', 'foundation') },
    spec: {
      hard: {
        pods: String(pods),
        'requests.cpu': cpu,
        'requests.memory': memory,
        'limits.cpu': cpu,
        'limits.memory': memory,
        'services.loadbalancers': '0',
        // The Service of cert-manager's answer to an authority is one, for a minute.
        'services.nodeports': certificateFrom(environment) === 'cert-manager' ? '4' : '0',
      },
    },
  };
}

const DEFAULT_MEMORY = 256 * 1024 * 1024;

/** For containers somebody starts by hand; ours all say what they need. */
function limitRange(): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'factsway', labels: labels('namespace', 'foundation') },
    spec: {
      limits: [
        {
          type: 'Container',
          default: { cpu: '500m', memory: quantity(DEFAULT_MEMORY), 'ephemeral-storage': '256Mi' },
          defaultRequest: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
        },
      ],
    },
  };
}

/** An identity of its own for each component, with nothing it may do. */
function account(workload: Workload): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: workload.component,
      labels: labels(workload.component, 'foundation', { role: roleOf(workload) }),
    },
    automountServiceAccountToken: false,
  };
}
