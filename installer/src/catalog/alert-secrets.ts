import type { InstanceConfig } from '../model/config.ts';
import type { SecretName } from '../model/workload.ts';
import { DEAD_MANS_SWITCH, drillable, type ReceiverId } from './alert-routing.ts';

/** What a secret of a receiver is, and so what it has to look like. */
export type AlertSecretKind = 'address' | 'routing key' | 'password';

export type AlertSecret = {
  readonly name: SecretName;
  readonly kind: AlertSecretKind;
};

/** By whom it is needed; the e-mail server asks for one only where somebody logs in. */
const SECRET_OF: Readonly<Record<ReceiverId, AlertSecret>> = {
  pagerduty: { name: 'pagerduty-routing-key', kind: 'routing key' },
  slack: { name: 'slack-webhook-url', kind: 'address' },
  teams: { name: 'teams-webhook-url', kind: 'address' },
  webhook: { name: 'alert-webhook-url', kind: 'address' },
  email: { name: 'smtp-password', kind: 'password' },
  [DEAD_MANS_SWITCH]: { name: 'dead-mans-switch-url', kind: 'address' },
};

/** The secret files of whoever is switched on, with whose each is. */
export function neededAlertSecrets(
  config: InstanceConfig,
): (AlertSecret & { readonly receiver: ReceiverId })[] {
  const { user } = config.monitoring.receivers.email;
  return drillable(config)
    .filter((receiver) => receiver !== 'email' || user !== undefined)
    .map((receiver) => ({ ...SECRET_OF[receiver], receiver }));
}

export const alertSecrets = (config: InstanceConfig): SecretName[] =>
  neededAlertSecrets(config).map(({ name }) => name);

/** Where Alertmanager finds the secret of a receiver. */
export const secretPath = (receiver: ReceiverId): string =>
  `/run/secrets/${SECRET_OF[receiver].name}`;
