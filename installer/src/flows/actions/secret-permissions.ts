import type { ActionOf } from '../../model/plan.ts';
import {
  deviates,
  wantedOfSecret,
  wantedOfSecrets,
  type WantedAccess,
} from '../../model/secret-access.ts';
import type { Files } from '../../ports/files.ts';
import { requireDesired, type ActionContext } from './action-context.ts';
import { alignKeyPermissions } from './certificate-actions.ts';

/** The mode last: until the file has its owner, no further bit is of use to anybody. */
async function setAccess(path: string, wanted: WantedAccess, files: Files): Promise<void> {
  const found = await files.stat(path);
  if (found && deviates(found, { ...wanted, mode: found.mode }))
    await files.setOwner(path, wanted.uid ?? found.uid, wanted.gid ?? found.gid);
  await files.setMode(path, wanted.mode);
}

/** Writes each missing secret once. A file that is there is never written again, whatever is in it. */
export async function createSecrets(
  action: ActionOf<'CreateSecrets'>,
  context: ActionContext,
): Promise<void> {
  const { files, random } = context.ports;
  await files.makeDirectory(context.paths.secrets, 0o700);
  for (const name of action.names) {
    await files.createExclusive(context.paths.secret(name), `${random.secret(24)}\n`, 0o600);
  }
  await alignSecretPermissions(context);
}

/** Owner and mode of every secret, also of those a person put there. Cheap, so it runs whenever files or containers are made. */
export async function alignSecretPermissions(context: ActionContext): Promise<void> {
  const { files, host } = context.ports;
  const asRoot = host.isRoot();
  await setAccess(context.paths.secrets, wantedOfSecrets(asRoot), files);
  for (const secret of requireDesired(context).bundle.secrets)
    await setAccess(context.paths.secret(secret.name), wantedOfSecret(secret, asRoot), files);
  await alignKeyPermissions(context);
}
