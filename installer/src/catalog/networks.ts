import type { NetworkName, VolumeName, Workload } from '../model/workload.ts';
import { isDataVolume } from './data-volume.ts';

export type NetworkEntry = {
  readonly name: NetworkName;
  readonly internal: boolean;
  readonly purpose: string;
};

/**
 * Both slots have their network from the start, so that switching slots never recreates the proxy or
 * Prometheus, which are attached to both.
 */
export const NETWORKS: readonly NetworkEntry[] = [
  {
    name: 'edge',
    internal: false,
    purpose: 'where published ports arrive: the proxy, and the exporter that probes it',
  },
  {
    name: 'app-a',
    internal: false,
    purpose: 'services of slot a, reached by the proxy and by Prometheus',
  },
  { name: 'app-b', internal: false, purpose: 'services of slot b; empty until an upgrade uses it' },
  { name: 'data', internal: true, purpose: 'PostgreSQL and those who speak to it; no route out' },
  {
    name: 'monitoring',
    internal: true,
    purpose: 'Prometheus, exporters and dashboards among themselves; no route out',
  },
  {
    name: 'egress',
    internal: false,
    purpose: 'Prometheus and Alertmanager: loopback ports and outgoing notifications',
  },
];

/** Instead of `data` where PostgreSQL is a server of the customer's. */
const DATABASE: NetworkEntry = {
  name: 'database',
  internal: false,
  purpose: "the way out to the customer's PostgreSQL for migrations and statistics",
};

/** The networks somebody is on, in the order they are rendered. */
export function usedNetworks(workloads: readonly Workload[]): NetworkEntry[] {
  const used = new Set(workloads.flatMap(({ networks }) => networks.map(({ name }) => name)));
  return NETWORKS.flatMap((entry) => (entry.name === 'data' ? [entry, DATABASE] : [entry])).filter(
    ({ name }) => used.has(name),
  );
}

/** The volumes somebody mounts, in the order they are rendered. */
export function usedVolumes(workloads: readonly Workload[]): { name: string; purpose: string }[] {
  const used = new Set(workloads.flatMap(({ volumes }) => volumes.map(({ name }) => name)));
  const known = VOLUMES.map(({ name }) => name);
  const numbered = [...used].filter((name) => !known.includes(name));
  return [...known.filter((name) => used.has(name)), ...numbered].map((name) => ({
    name,
    purpose: describeVolume(name) ?? name,
  }));
}

/** Volumes whose name has a number: those the database was in, is in, and will be in after a restore. */
export const describeVolume = (name: string): string | undefined =>
  VOLUMES.find((volume) => volume.name === name)?.purpose ??
  (isDataVolume(name) ? 'the database, or room for a restore of it' : undefined);

export const VOLUMES: readonly { readonly name: VolumeName; readonly purpose: string }[] = [
  { name: 'postgres-data', purpose: 'the database' },
  { name: 'postgres-restore-points', purpose: 'restore points of the database' },
  { name: 'postgres-log', purpose: 'log of the database on its way to the backups' },
  { name: 'backup-repository', purpose: 'backups on this server' },
  { name: 'backup-state', purpose: 'history of backups and reports of drills' },
  { name: 'edge-data', purpose: 'certificates and the private certificate authority' },
  { name: 'prometheus-data', purpose: 'metrics' },
  { name: 'alertmanager-data', purpose: 'silences and the notification log' },
  { name: 'grafana-data', purpose: 'users and preferences of Grafana' },
  { name: 'updates-data', purpose: 'updates of the desktop app' },
  {
    name: 'error-reports',
    purpose: 'error reports of the services that could not be delivered yet',
  },
];
