import { passwordSecret } from '../catalog/database-access.ts';
import { FactswayError } from '../model/errors.ts';
import type { Secret } from '../model/secret.ts';
import type { SecretName } from '../model/workload.ts';
import type { Files } from '../ports/files.ts';
import { instancePaths } from './paths.ts';
import { readSecret } from './read-secret.ts';

/** The value a secret is to have, where a run that made it was cut off. */
export function stagedSecret(
  directory: string,
  name: SecretName,
  files: Files,
): Promise<Secret | undefined> {
  return readSecret(`${instancePaths(directory).nextSecrets}/${name}`, files);
}

/**
 * Which of the two passwords a slot is let in with is known to the rotation alone: whatever starts services in one has
 * to wait until it is finished. Throws FW-SECRET-HALFWAY.
 */
export async function refuseHalfway(directory: string, files: Files): Promise<void> {
  const name = passwordSecret('app');
  if (!(await stagedSecret(directory, name, files))) return;
  throw new FactswayError(
    'FW-SECRET-HALFWAY',
    `The rotation of ${name} was cut off; the services of the two slots log in with different passwords until it is finished.`,
    `Finish it, which takes no value you would have to know: factsway-install secrets rotate ${name}`,
  );
}
