import { MiB } from '../../model/units.ts';
import type { Health, Reasoned, Workload } from '../../model/workload.ts';

type Optional =
  | 'kind'
  | 'environment'
  | 'secrets'
  | 'volumes'
  | 'hostMounts'
  | 'tmpfs'
  | 'ports'
  | 'listens'
  | 'dependsOn'
  | 'readOnly'
  | 'capabilities'
  | 'exceptions'
  | 'pids'
  | 'stopGraceSeconds';

/** A scratch /tmp: the only place an ordinary container may write to. */
export const SCRATCH = { mount: '/tmp', sizeBytes: 64 * MiB } as const;

/**
 * A workload with every hardening rule of spec 02 switched on; an entry names only what it adds or
 * gives up, and for what it gives up it has to write the reason in `exceptions`.
 */
export function hardened(
  entry: Omit<Workload, Optional> & Partial<Pick<Workload, Optional>>,
): Workload {
  return {
    kind: 'service',
    environment: {},
    secrets: [],
    volumes: [],
    hostMounts: [],
    tmpfs: [SCRATCH],
    ports: [],
    listens: [],
    dependsOn: [],
    readOnly: true,
    capabilities: [],
    exceptions: [],
    pids: 256,
    stopGraceSeconds: 15,
    ...entry,
  };
}

/** Health by one HTTP GET inside the container; wget is in the official images (busybox) and in ours. */
export function httpHealth(port: number, path: string, startPeriodSeconds = 30): Health {
  return {
    argv: ['wget', '-q', '-T', '4', '-O', '/dev/null', `http://127.0.0.1:${port}${path}`],
    intervalSeconds: 15,
    timeoutSeconds: 5,
    retries: 3,
    startPeriodSeconds,
  };
}

export const reason = <T>(value: T, because: string): Reasoned<T> => ({ value, because });
