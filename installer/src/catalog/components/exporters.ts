import { METRICS_DIRECTORY } from '../../model/monitoring.ts';
import type { Workload } from '../../model/workload.ts';
import type { CatalogContext } from '../context.ts';
import {
  databaseAddress,
  databaseAuthority,
  databaseNetwork,
  dataSource,
} from '../database-access.ts';
import type { ResolvedImage } from '../images.ts';
import { hardened, httpHealth } from './hardened.ts';

export const EXPORTER_PORTS = { node: 9100, postgres: 9187, blackbox: 9115 } as const;

/**
 * Collectors that would describe the container's own network instead of the host's, and those that find nothing in it
 * and say so in the log at every scrape.
 */
const NOT_FROM_A_CONTAINER = [
  'arp',
  'netclass',
  'netdev',
  'netstat',
  'sockstat',
  'softnet',
  'systemd',
  'udp_queues',
];

/** Where it finds what the installer tells, such as how the last upgrade went. */
const TEXT_FILES = '/var/lib/factsway-metrics';

export function nodeExporter({ sizing }: CatalogContext, image: ResolvedImage): Workload {
  return hardened({
    component: 'node-exporter',
    id: 'node-exporter',
    group: 'monitoring',
    purpose: 'metrics of this host: disks, memory, CPU; and how upgrades went',
    image: image.reference,
    user: image.user,
    listens: [{ name: 'metrics', port: EXPORTER_PORTS.node }],
    entrypoint: ['node_exporter'],
    command: [
      '--path.rootfs=/host',
      '--path.procfs=/host/proc',
      '--path.sysfs=/host/sys',
      '--collector.filesystem.mount-points-exclude=^/(dev|proc|run|sys|var/lib/docker/.+|var/lib/containerd/.+)($|/)',
      `--collector.textfile.directory=${TEXT_FILES}`,
      ...NOT_FROM_A_CONTAINER.map((name) => `--no-collector.${name}`),
    ],
    stateDirectories: [{ directory: METRICS_DIRECTORY, mount: TEXT_FILES }],
    hostMounts: [{ host: '/', mount: '/host' }],
    networks: [{ name: 'monitoring' }],
    health: httpHealth(EXPORTER_PORTS.node, '/'),
    exceptions: [
      {
        rule: 'no sensitive host directories',
        reason: 'reads sizes of file systems; the mount is read-only and the user is nobody',
      },
    ],
    memory: sizing.fixed.exporter,
    cpus: sizing.fixedCpus,
    pids: 64,
  });
}

export function postgresExporter(
  { config, sizing }: CatalogContext,
  image: ResolvedImage,
): Workload {
  return hardened({
    component: 'postgres-exporter',
    id: 'postgres-exporter',
    group: 'monitoring',
    purpose: 'metrics of PostgreSQL, read by a role that sees statistics and no rows',
    image: image.reference,
    user: image.user,
    listens: [{ name: 'metrics', port: EXPORTER_PORTS.postgres }],
    entrypoint: ['postgres_exporter'],
    command: [`--web.listen-address=:${EXPORTER_PORTS.postgres}`],
    environment: {
      DATA_SOURCE_URI: dataSource(config),
      DATA_SOURCE_USER: databaseAddress(config).users.monitor,
      DATA_SOURCE_PASS_FILE: '/run/secrets/postgres-monitor-password',
    },
    secrets: ['postgres-monitor-password'],
    ...databaseAuthority(config),
    networks: [{ name: databaseNetwork(config) }, { name: 'monitoring' }],
    health: httpHealth(EXPORTER_PORTS.postgres, '/'),
    memory: sizing.fixed.exporter,
    cpus: sizing.fixedCpus,
    pids: 64,
  });
}

export function blackboxExporter({ sizing }: CatalogContext, image: ResolvedImage): Workload {
  return hardened({
    component: 'blackbox-exporter',
    id: 'blackbox-exporter',
    group: 'monitoring',
    purpose: 'asks the edge and every service from outside, as a user would',
    image: image.reference,
    user: image.user,
    listens: [{ name: 'metrics', port: EXPORTER_PORTS.blackbox }],
    entrypoint: ['blackbox_exporter'],
    command: ['--config.file=/etc/blackbox_exporter/blackbox.yml'],
    config: {
      directory: 'blackbox',
      mount: '/etc/blackbox_exporter',
      reload: { how: 'signal', signal: 'SIGHUP' },
    },
    networks: [{ name: 'monitoring' }, { name: 'edge' }, { name: 'app-a' }, { name: 'app-b' }],
    health: httpHealth(EXPORTER_PORTS.blackbox, '/-/healthy'),
    memory: sizing.fixed.exporter,
    cpus: sizing.fixedCpus,
    pids: 64,
  });
}
