import type { SecretName } from '../model/workload.ts';

/** Every secret the platform can have; who reads it is derived from the workloads that mount it. */
export const SECRETS: Readonly<
  Record<SecretName, { readonly purpose: string; readonly unlocks?: string }>
> = {
  'postgres-superuser-password': {
    purpose: 'PostgreSQL role postgres: maintenance',
    unlocks: 'postgres-data',
  },
  'postgres-owner-password': {
    purpose: 'PostgreSQL role factsway_owner: migrations only',
    unlocks: 'postgres-data',
  },
  'postgres-app-password': {
    purpose: 'PostgreSQL role factsway_app: the eight services, rows only',
    unlocks: 'postgres-data',
  },
  'postgres-monitor-password': {
    purpose: 'PostgreSQL role factsway_monitor: statistics only',
    unlocks: 'postgres-data',
  },
  'grafana-admin-password': { purpose: 'Grafana user admin' },
};
