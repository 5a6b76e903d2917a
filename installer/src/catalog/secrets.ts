import type { SecretFile } from '../model/bundle.ts';
import type { InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import { shellWord } from '../model/shell.ts';
import type { SecretName } from '../model/workload.ts';
import { DATABASE_ROLES, externalPostgres, passwordSecret } from './database-access.ts';

/** Every secret the platform can have; who reads it is derived from the workloads that mount it. */
export const SECRETS: Readonly<
  Record<SecretName, { readonly purpose: string; readonly unlocks?: string; readonly given?: true }>
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
    purpose:
      'PostgreSQL roles factsway_app_a and factsway_app_b: the eight services of a slot, rows only',
    unlocks: 'postgres-data',
  },
  'postgres-monitor-password': {
    purpose: 'PostgreSQL role factsway_monitor: statistics only',
    unlocks: 'postgres-data',
  },
  'grafana-admin-password': { purpose: 'Grafana user admin' },
  'pagerduty-routing-key': {
    purpose: 'PagerDuty: integration key of a service there (Events API v2)',
    given: true,
  },
  'slack-webhook-url': { purpose: 'Slack: address of an incoming webhook', given: true },
  'teams-webhook-url': {
    purpose: 'Microsoft Teams: address of a workflow that posts to a channel',
    given: true,
  },
  'alert-webhook-url': { purpose: 'address of your program that takes alerts', given: true },
  'smtp-password': { purpose: 'password of monitoring.receivers.email.user', given: true },
  'traces-headers': {
    purpose: 'headers that traces are exported with, each as name=value on a line',
    given: true,
  },
  'backup-key': {
    purpose: 'key of every backup: without it none of them opens. Keep a copy outside this server',
    unlocks: 'backup-repository',
  },
  'backup-s3-access-key-id': { purpose: 'S3: id of the access key for backups', given: true },
  'backup-s3-secret-access-key': {
    purpose: 'S3: secret of the access key for backups',
    given: true,
  },
  'dead-mans-switch-url': {
    purpose: 'address of the service that expects a sign of life',
    given: true,
  },
};

/** What a person should know of a secret; those of a PostgreSQL of the customer's are the customer's to give. */
export function describeSecret(
  name: SecretName,
  config: InstanceConfig,
): { readonly purpose: string; readonly unlocks?: string; readonly given?: true } {
  const external = externalPostgres(config);
  const role = DATABASE_ROLES.find((one) => passwordSecret(one) === name);
  if (!external || role === undefined) return SECRETS[name];
  const user = external.users[role];
  return {
    purpose: `PostgreSQL role ${user} at ${external.host}: put there by you`,
    given: true,
  };
}

/** A secret that is not ours to make is not there. */
export function neededSecret(directory: string, missing: readonly SecretFile[]): FactswayError {
  const [first] = missing;
  const path = (name: string): string => shellWord(`${directory}/secrets/${name}`);
  return new FactswayError(
    'FW-SECRET-NEEDED',
    `${missing.map(({ name }) => `secrets/${name}`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing or empty, and only you can know what belongs there.`,
    `Write each into its file, then run the command again: install -d -m 700 ${shellWord(`${directory}/secrets`)} && install -m 600 /dev/stdin ${path(first?.name ?? '')}   (type it, Enter, Ctrl-D)`,
    missing.map(({ name, purpose }) => `${directory}/secrets/${name}: ${purpose}`),
  );
}

export const isSecretName = (name: string): name is SecretName => Object.hasOwn(SECRETS, name);
