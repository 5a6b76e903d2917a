import { LABELS } from '../../model/labels.ts';
import { mebibytes } from '../../model/units.ts';
import { plain, type Health, type PublishedPort, type Workload } from '../../model/workload.ts';

/** The long form: with the short one Docker makes a directory that is missing, on the disk that is not mounted. */
export type BindMount = {
  type: 'bind';
  source: string;
  target: string;
  read_only?: true;
  bind: { create_host_path: false };
};

/** A service of a Compose file as an object: what the rendered text must parse back to. */
export type ComposeService = {
  image: string;
  pull_policy?: 'never';
  user: string;
  entrypoint?: string[];
  command?: string[];
  /** Not `unless-stopped`: Docker takes a signal that has a configuration read again, and its own end, for a stop. */
  init?: true;
  restart: 'always' | 'no';
  read_only: boolean;
  cap_drop: ['ALL'];
  cap_add?: string[];
  security_opt: ['no-new-privileges:true'];
  environment?: Record<string, string>;
  secrets?: string[];
  volumes?: (string | BindMount)[];
  tmpfs?: string[];
  networks: Record<string, { aliases: string[] } | null>;
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: {
    test: string[];
    interval: string;
    timeout: string;
    retries: number;
    start_period: string;
    start_interval: string;
  };
  mem_limit: string;
  memswap_limit: string;
  cpus: number;
  pids_limit: number;
  shm_size?: string;
  stop_grace_period: string;
  stop_signal?: string;
  logging: { driver: string; options: Record<string, string> };
  labels: Record<string, string>;
};

const CONDITIONS = {
  healthy: 'service_healthy',
  completed: 'service_completed_successfully',
} as const;
const LOGGING = { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } };

/**
 * A workload as a Compose service (Compose specification). `spec` is the fingerprint computed over the
 * rest, so it is the last thing to be put in.
 */
export function lowerWorkload(workload: Workload, spec: string): ComposeService {
  const environment = Object.fromEntries(
    Object.entries(workload.environment).map(([key, value]) => [key, plain(value)]),
  );
  const megabytes = `${mebibytes(workload.memory.value)}m`;
  return {
    image: workload.image,
    ...(workload.localImage ? { pull_policy: 'never' as const } : {}),
    user: workload.user,
    ...(workload.entrypoint ? { entrypoint: [...workload.entrypoint] } : {}),
    ...(workload.command.length > 0 ? { command: [...workload.command] } : {}),
    ...(workload.init ? { init: true as const } : {}),
    restart: workload.kind === 'one-shot' ? 'no' : 'always',
    read_only: workload.readOnly,
    cap_drop: ['ALL'],
    ...(workload.capabilities.length > 0 ? { cap_add: [...workload.capabilities] } : {}),
    security_opt: ['no-new-privileges:true'],
    ...(Object.keys(environment).length > 0 ? { environment } : {}),
    ...(workload.secrets.length > 0 ? { secrets: [...workload.secrets] } : {}),
    ...optionalList('volumes', lowerMounts(workload)),
    ...optionalList(
      'tmpfs',
      workload.tmpfs.map(({ mount, sizeBytes, mode }) =>
        [
          `${mount}:size=${sizeBytes}`,
          `mode=${mode ?? '1777'}`,
          ...ownership(workload.user),
          'nosuid,nodev,noexec',
        ].join(','),
      ),
    ),
    networks: Object.fromEntries(
      workload.networks.map(({ name, aliases }) => [
        name,
        aliases ? { aliases: [...aliases] } : null,
      ]),
    ),
    ...optionalList('ports', workload.ports.map(lowerPort)),
    ...(workload.dependsOn.length > 0
      ? {
          depends_on: Object.fromEntries(
            workload.dependsOn.map(({ id, condition }) => [
              id,
              { condition: CONDITIONS[condition] },
            ]),
          ),
        }
      : {}),
    ...(workload.health ? { healthcheck: lowerHealth(workload.health) } : {}),
    mem_limit: megabytes,
    // The same as the memory limit: a container that swaps is slower than one that is restarted.
    memswap_limit: megabytes,
    cpus: workload.cpus.value,
    pids_limit: workload.pids,
    ...(workload.shmBytes === undefined ? {} : { shm_size: `${mebibytes(workload.shmBytes)}m` }),
    stop_grace_period: `${workload.stopGraceSeconds}s`,
    ...(workload.stopSignal === undefined ? {} : { stop_signal: workload.stopSignal }),
    logging: LOGGING,
    labels: {
      [LABELS.component]: workload.component,
      ...(workload.slot === undefined ? {} : { [LABELS.slot]: workload.slot }),
      [LABELS.spec]: spec,
    },
  };
}

function optionalList<K extends string, T>(key: K, items: T[]): Partial<Record<K, T[]>> {
  return items.length > 0 ? ({ [key]: items } as Record<K, T[]>) : {};
}

function lowerMounts(workload: Workload): (string | BindMount)[] {
  const configs = [...(workload.config ? [workload.config] : []), ...(workload.extraConfig ?? [])];
  return [
    ...workload.volumes.map(
      ({ name, mount, readOnly }) => `${name}:${mount}${readOnly ? ':ro' : ''}`,
    ),
    // Whole directories: a bind-mounted single file would keep showing its old inode after our rename.
    ...configs.map(({ directory, mount }) => `./config/${directory}:${mount}:ro`),
    ...[...(workload.secretDirectories ?? []), ...(workload.stateDirectories ?? [])].map(
      ({ directory, mount }) => `./${directory}:${mount}:ro`,
    ),
    ...workload.hostMounts.map(({ host, mount, writable, mustExist }) =>
      writable || mustExist
        ? {
            type: 'bind' as const,
            source: host,
            target: mount,
            ...(writable ? {} : { read_only: true as const }),
            bind: { create_host_path: false as const },
          }
        : `${host}:${mount}:ro`,
    ),
  ];
}

function lowerPort({ bind, host, container }: PublishedPort): string {
  const address = bind.includes(':') ? `[${bind}]` : bind;
  return `${address}:${host}:${container}/tcp`;
}

function lowerHealth(health: Health): NonNullable<ComposeService['healthcheck']> {
  return {
    test: ['CMD', ...health.argv],
    interval: `${health.intervalSeconds}s`,
    timeout: `${health.timeoutSeconds}s`,
    retries: health.retries,
    start_period: `${health.startPeriodSeconds}s`,
    // Asked every second until the first success: a start is over when it is over, not at the next interval.
    start_interval: '1s',
  };
}

/**
 * runc up to 1.1.5 gives a tmpfs the mode of its mount point when a container starts again: 0755 of root where the
 * image has no such directory. Who owns it may write all the same.
 */
function ownership(user: string): string[] {
  const [uid, gid] = user.split(':');
  return [`uid=${uid}`, `gid=${gid}`];
}
