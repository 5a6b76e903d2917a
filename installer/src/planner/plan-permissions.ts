import { CONFIG_DIRECTORY_MODE, type Bundle } from '../model/bundle.ts';
import type { ObservedInstance } from '../model/observed.ts';

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

/** `config/edge/Caddyfile` → `config`, `config/edge`; nothing for a file that lies elsewhere. */
function directoriesOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  if (parts[0] !== 'config') return [];
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
