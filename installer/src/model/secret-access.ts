import type { SecretFile } from './bundle.ts';

/** Permission bits and owner of a file. */
export type Access = { readonly mode: number; readonly uid: number; readonly gid: number };
/** What they should be; an owner is absent where we may not give anything away. */
export type WantedAccess = Pick<Access, 'mode'> & Partial<Access>;

/** Only who installs looks in: the engine mounts the files themselves. */
export const wantedOfSecrets = (asRoot: boolean): WantedAccess => ({
  mode: 0o700,
  ...(asRoot ? { uid: 0 } : {}),
});

/** The first reader owns a secret, a second one reads through the group. */
export function wantedOfSecret(
  { readers: [owner, second] }: Pick<SecretFile, 'readers'>,
  asRoot: boolean,
): WantedAccess {
  // Not root: nothing can be given away, so the file is readable and its directory (0700) guards it.
  if (!asRoot || owner === undefined) return { mode: 0o444 };
  return { mode: second === undefined ? 0o400 : 0o440, uid: owner, gid: second ?? owner };
}

export const deviates = (found: Access, wanted: WantedAccess): boolean =>
  found.mode !== wanted.mode ||
  (wanted.uid !== undefined && found.uid !== wanted.uid) ||
  (wanted.gid !== undefined && found.gid !== wanted.gid);

/** Of the users of containers those whom the file is closed to; without a capability root has to ask as well. */
export const closedTo = (
  { mode, uid, gid }: Access,
  { readers }: Pick<SecretFile, 'readers'>,
): number[] =>
  readers.filter((user) => {
    const bit = user === uid ? 0o400 : user === gid ? 0o040 : 0o004;
    return (mode & bit) === 0;
  });
