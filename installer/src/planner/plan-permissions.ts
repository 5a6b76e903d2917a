import { CONFIG_DIRECTORY_MODE, type Bundle } from '../model/bundle.ts';
import type { ObservedInstance } from '../model/observed.ts';
import type { FileChange } from '../model/plan.ts';
import { deviates, wantedOfSecret, wantedOfSecrets } from '../model/secret-access.ts';

const SECRETS = 'secrets';

/** What the users of the containers read, by path: the files below config/ and the directories that hold them. */
export function wantedModes(bundle: Bundle): Map<string, number> {
  const modes = new Map<string, number>();
  for (const { path, mode, ownership } of bundle.files) {
    const directories = ownership === 'rendered' ? directoriesOf(path) : [];
    if (directories.length === 0) continue;
    for (const directory of directories) modes.set(directory, CONFIG_DIRECTORY_MODE);
    modes.set(path, mode);
  }
  return modes;
}

/**
 * Of these the ones that lack a bit: the work of a hardened umask, of a backup, of a `chmod -R`. Bits beyond are left
 * alone: there are file systems on which every file has all of them, whatever one sets.
 */
export function planPermissions(bundle: Bundle, { modes = {} }: ObservedInstance): string[] {
  return [...wantedModes(bundle)].flatMap(([path, wanted]) => {
    const found = modes[path];
    return found === undefined || (found & wanted) === wanted ? [] : [path];
  });
}

/**
 * Secrets that the users of the containers cannot read or that others can, and the directory around them. Here a bit
 * too many counts as well: it is what keeps a secret one.
 */
export function planSecretAccess(
  { secrets }: Bundle,
  { secretAccess }: ObservedInstance,
): FileChange[] {
  if (!secretAccess) return [];
  const { asRoot, directory, files } = secretAccess;
  const paths = [
    ...(directory && deviates(directory, wantedOfSecrets(asRoot)) ? [SECRETS] : []),
    ...secrets.flatMap((secret) => {
      const found = files[secret.name];
      return found && deviates(found, wantedOfSecret(secret, asRoot))
        ? [`${SECRETS}/${secret.name}`]
        : [];
    }),
  ];
  return paths.map((path) => ({ path, change: 'permissions' }));
}

export const isSecretAccess = ({ path, change }: FileChange): boolean =>
  change === 'permissions' && path.split('/')[0] === SECRETS;

/** `config/edge/Caddyfile` → `config`, `config/edge`; nothing for a file that lies elsewhere. */
function directoriesOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  if (parts[0] !== 'config') return [];
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
