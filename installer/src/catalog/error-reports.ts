import type { InstanceConfig } from '../model/config.ts';
import { MiB } from '../model/units.ts';
import type { Reasoned, Workload } from '../model/workload.ts';
import { reason } from './components/hardened.ts';
import type { Target } from './context.ts';
import type { ServiceEntry } from './services/service.ts';

/** The images of the services have this directory, which a new volume takes owner and mode from. */
const QUEUE_MOUNT = '/var/lib/factsway/error-reports';
/** A queue is at most 20 MiB (services/shared-utils, monitoring/sentry.ts). */
const QUEUE_BYTES = 24 * MiB;

/** What tells a service where its errors go; nothing where they go nowhere. */
export function errorReportVariables(
  config: InstanceConfig,
  entry: ServiceEntry,
): Record<string, string | Reasoned<string>> {
  const { dsn, environment, sampleRate } = config.monitoring.sentry;
  if (dsn === undefined) return {};
  return {
    SENTRY_DSN: dsn,
    ...(environment === undefined ? {} : { SENTRY_ENVIRONMENT: environment }),
    SENTRY_TRACES_SAMPLE_RATE: String(sampleRate),
    SENTRY_QUEUE_DIR: reason(
      `${QUEUE_MOUNT}/${entry.name}`,
      'reports that cannot be delivered wait there, also for the next start',
    ),
  };
}

/** Where reports wait: in a volume that outlives containers; in a cluster in the memory of the pod, which outlives them too. */
export function errorReportQueue(
  config: InstanceConfig,
  target: Target,
): Pick<Workload, 'volumes' | 'tmpfs'> {
  if (config.monitoring.sentry.dsn === undefined) return { volumes: [], tmpfs: [] };
  return target === 'kubernetes'
    ? { volumes: [], tmpfs: [{ mount: QUEUE_MOUNT, sizeBytes: QUEUE_BYTES }] }
    : { volumes: [{ name: 'error-reports', mount: QUEUE_MOUNT }], tmpfs: [] };
}
