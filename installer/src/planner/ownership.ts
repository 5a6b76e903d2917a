import { SECRETS } from '../catalog/secrets.ts';
import { LOCK_FILE } from '../model/image-lock.ts';
import { TLS_PLACES } from '../model/tls-places.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';

export type TreeEntry = { readonly path: string; readonly kind: 'file' | 'directory' };

/** Where everything is the installer's, whatever it is called. */
const OUR_DIRECTORIES = ['state', 'releases', TLS_PLACES.chains, TLS_PLACES.keys];
/** Files a person edits, and that belong to the instance all the same. */
const THEIRS_TO_EDIT = ['factsway.yaml', OVERRIDE_FILE, LOCK_FILE];

/** What a killed run left half written; the next run removes it before it does anything else. */
export const HALF_WRITTEN = /\.factsway-(new|\d+)$/;

const isBelow = (path: string, directory: string): boolean => path.startsWith(`${directory}/`);

/** What belongs to the instance: what was rendered, the files a person edits, secrets by name, state and releases. */
export function isOurs(path: string, rendered: ReadonlySet<string>): boolean {
  return (
    rendered.has(path) ||
    THEIRS_TO_EDIT.includes(path) ||
    OUR_DIRECTORIES.some((directory) => path === directory || isBelow(path, directory)) ||
    Object.keys(SECRETS).some((name) => path === `secrets/${name}`) ||
    HALF_WRITTEN.test(path)
  );
}

/**
 * Directories below config/ with no file in them, as a component leaves them that the configuration no longer has.
 * They are not taken away at once: its container, until it is gone or put back, has them mounted.
 */
export function emptyLeftovers(entries: readonly TreeEntry[]): string[] {
  const files = entries.filter(({ kind }) => kind === 'file');
  return entries
    .filter(({ path, kind }) => kind === 'directory' && isBelow(path, 'config'))
    .map(({ path }) => path)
    .filter((path) => !files.some((file) => isBelow(file.path, path)));
}

/** What others keep in the instance directory. A directory with nothing of ours in it stands for all below it. */
export function deriveNotOurs(
  entries: readonly TreeEntry[],
  rendered: ReadonlySet<string>,
): string[] {
  const ours = [...entries.map(({ path }) => path), ...rendered].filter((path) =>
    isOurs(path, rendered),
  );
  const empty = new Set(emptyLeftovers(entries));
  const isTheirs = ({ path, kind }: TreeEntry): boolean =>
    path !== 'secrets' &&
    !empty.has(path) &&
    !isOurs(path, rendered) &&
    !(kind === 'directory' && ours.some((one) => isBelow(one, path)));
  const theirs = entries.filter(isTheirs);
  const whole = theirs.filter(({ kind }) => kind === 'directory').map(({ path }) => path);
  return theirs
    .filter(({ path }) => !whole.some((directory) => isBelow(path, directory)))
    .map(({ path, kind }) => (kind === 'directory' ? `${path}/` : path))
    .sort();
}
