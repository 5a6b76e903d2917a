import { isStateful } from './volumes.ts';
import type { Health, Workload } from '../../installer/src/model/workload.ts';

/** What takes traffic and what lives, of a service (docs/platform-contract.md). */
const SERVICE_PATHS = { ready: '/health/ready', live: '/health/live' } as const;

/**
 * Health of Compose in the three probes of Kubernetes. Start period P, interval I and retries R become a startup probe
 * every I seconds that may fail ⌈P/I⌉ + R times: so long, and no shorter, Compose leaves a container alone.
 */
export function probes(workload: Workload): object {
  const { health, listens, group, kind } = workload;
  // What ends by itself is asked nothing.
  if (!health || kind === 'one-shot') return {};
  const [first] = listens;
  const isService = group === 'app';
  const timing = {
    periodSeconds: health.intervalSeconds,
    timeoutSeconds: health.timeoutSeconds,
  };
  const failureThreshold = health.retries;
  const exec = { exec: { command: [...health.argv] } };
  const get = (path: string) => ({ httpGet: { path, port: first?.name, scheme: 'HTTP' } });
  return {
    startupProbe: {
      ...exec,
      ...timing,
      failureThreshold: replays(workload) ? recoveryFailures(health) : startFailures(health),
    },
    readinessProbe: {
      ...(isService ? get(SERVICE_PATHS.ready) : exec),
      // A pod that ends says so at once; nobody is sent to it for the rest of a long interval.
      periodSeconds: isService ? 5 : health.intervalSeconds,
      timeoutSeconds: health.timeoutSeconds,
      failureThreshold: isService ? 2 : failureThreshold,
    },
    // Made anew only when the process itself no longer answers: a database that is away is mended by nobody's restart.
    livenessProbe: {
      ...(isService ? get(SERVICE_PATHS.live) : { tcpSocket: { port: first?.name } }),
      ...timing,
      failureThreshold,
    },
  };
}

/** The mirror of desktop updates is not asked to write anything: it begins where it ended. */
const replays = (workload: Workload): boolean =>
  isStateful(workload) && workload.component !== 'updates';

/** Seconds in which what keeps data may replay what it wrote before a power cut: killed meanwhile, it begins anew. */
const RECOVERY_SECONDS = 3600;
const recoveryFailures = (health: Health): number =>
  startFailures({ ...health, startPeriodSeconds: RECOVERY_SECONDS });

export const startFailures = ({
  startPeriodSeconds,
  intervalSeconds,
  retries,
}: Pick<Health, 'startPeriodSeconds' | 'intervalSeconds' | 'retries'>): number =>
  Math.ceil(startPeriodSeconds / intervalSeconds) + retries;
