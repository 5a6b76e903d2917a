import { mebibytes } from '../../installer/src/model/units.ts';
import type { Workload } from '../../installer/src/model/workload.ts';

/** Bytes as Kubernetes writes them, in whole MiB. */
export const quantity = (bytes: number): string => `${mebibytes(bytes)}Mi`;
export const millicores = (cores: number): string => `${Math.round(cores * 1000)}m`;

/** What a pod may leave on the disk of its node: logs, mostly, of which Compose keeps 50 MB. */
const EPHEMERAL = { request: '64Mi', limit: '256Mi' } as const;
/** Share of the limit that is set aside: services of a firm wait most of the time. */
const CPU_SHARE = 0.1;

type Sized = Pick<Workload, 'memory' | 'cpus'>;

/**
 * Limits of Compose. Memory is asked for whole, because what a node has promised twice it takes back by killing;
 * processor time is not.
 */
export function resources({ memory, cpus }: Sized): object {
  return {
    requests: {
      cpu: millicores(cpus.value * CPU_SHARE),
      memory: quantity(memory.value),
      'ephemeral-storage': EPHEMERAL.request,
    },
    limits: {
      cpu: millicores(cpus.value),
      memory: quantity(memory.value),
      'ephemeral-storage': EPHEMERAL.limit,
    },
  };
}
