import { join } from 'node:path';
import { neededAlertSecrets } from '../../catalog/alert-secrets.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { alertSecretState, type AlertSecretState } from '../../model/alert-secret.ts';
import type { Files } from '../../ports/files.ts';
import type { AlertSecretFacts } from '../facts-preflight.ts';

export type AlertSecretsView = {
  /** Absolute. */
  readonly directory: string;
  readonly catalog: Catalog;
  readonly ports: { readonly files: Files };
};

/** What the secret files of the receivers that are switched on look like. No value leaves this function. */
export async function collectAlertSecrets({
  directory,
  catalog,
  ports,
}: AlertSecretsView): Promise<AlertSecretFacts> {
  const stateOf = async (name: string): Promise<AlertSecretState> => {
    try {
      return alertSecretState(await ports.files.readText(join(directory, 'secrets', name)));
    } catch {
      return { state: 'unreadable' };
    }
  };
  return {
    secrets: await Promise.all(
      neededAlertSecrets(catalog.context.config).map(async (secret) => ({
        ...secret,
        found: await stateOf(secret.name),
      })),
    ),
  };
}
