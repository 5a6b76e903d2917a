import { join } from 'node:path';
import type { Files } from '../ports/files.ts';
import type { InstancePaths } from './paths.ts';

/** Where everything below is ours; in the instance directory itself the customer keeps files too. */
const OURS = ['config', 'secrets', 'state', 'releases'];

/** What runs that were killed left half written. Unless the lock is held it may also be what another run is writing. */
export async function findLeftovers(
  { directory }: InstancePaths,
  files: Files,
): Promise<readonly string[]> {
  const found = await Promise.all([
    files.leftovers(directory, false),
    ...OURS.map((name) => files.leftovers(join(directory, name), true)),
  ]);
  return found.flat();
}

/** Only under the lock. */
export async function removeLeftovers(paths: InstancePaths, files: Files): Promise<void> {
  for (const path of await findLeftovers(paths, files)) await files.remove(path);
}
