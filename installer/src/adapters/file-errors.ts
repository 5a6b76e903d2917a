import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FactswayError } from '../model/errors.ts';
import { shellWord } from '../model/shell.ts';

const NOT_THERE = new Set(['ENOENT', 'ENOTDIR']);
const FULL = new Set(['ENOSPC', 'EDQUOT']);
const REASONS: Readonly<Record<string, string>> = {
  EROFS: 'the file system is mounted read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its symbolic links lead in a circle',
  EISDIR: 'it is a directory',
  ENAMETOOLONG: 'a name in it is too long',
};
/** Where another user would fare no better. */
const WRONG_THING = new Set(['ELOOP', 'EISDIR', 'ENAMETOOLONG']);

export const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);

/** Whether the operating system refused, as opposed to an error in our own code. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'code' in error;

/**
 * What `work` finds, undefined where nothing is there. Throws FW-FILE-UNREADABLE when the file system
 * does not let us look, or when something else is in its place; a link that leads nowhere is nothing to
 * whom `followed` counts alone.
 */
export async function reading<T>(
  path: string,
  work: () => Promise<T>,
  links: 'followed' | 'looked at' = 'looked at',
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (NOT_THERE.has(codeOf(error))) {
      const instead = links === 'followed' ? undefined : await foundInstead(path, error);
      if (instead === undefined) return undefined;
      throw wrongThing(path, instead);
    }
    if (WRONG_THING.has(codeOf(error))) throw wrongThing(path, reasonOf(error));
    throw new FactswayError(
      'FW-FILE-UNREADABLE',
      `${path} cannot be read: ${reasonOf(error)}.`,
      `See who may read it: ls -ld ${shellWord(path)}   then run the command as that user, e.g. with sudo.`,
    );
  }
}

/** Taken for nothing at all, it would be written over, or stop a run half way. */
async function foundInstead(path: string, error: unknown): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return undefined;
  if (found.isSymbolicLink()) return 'it is a link that leads nowhere';
  // Where there was nothing a moment ago, another step has made it since: there was nothing when we looked.
  return codeOf(error) === 'ENOTDIR' ? 'it is not a directory' : undefined;
}

/** Something of another kind than what belongs there; `reason` says which. */
export const wrongThing = (path: string, reason: string): FactswayError =>
  new FactswayError(
    'FW-FILE-UNREADABLE',
    `${path} cannot be read: ${reason}.`,
    `Look at it: ls -ld ${shellWord(path)}   move it away or name another; nothing was changed.`,
  );

/** Whatever refuses a write comes from the world and not from us. Throws FW-DISK-FULL or FW-DIR-NOT-WRITABLE. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const taken = codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTDIR';
    const nearest = await nearestFrom(taken ? path : dirname(path));
    throw FULL.has(codeOf(error))
      ? diskFull(path, nearest.path, codeOf(error))
      : notWritable(path, nearest, error);
  }
}

function diskFull(path: string, directory: string, code: string): FactswayError {
  const [what, look] =
    code === 'EDQUOT'
      ? ['the quota of this user is used up', 'quota -s']
      : [`the disk of ${directory} is full`, `df -h ${shellWord(directory)}`];
  return new FactswayError(
    'FW-DISK-FULL',
    `${path} could not be written: ${what} (${code}).`,
    `See the space: ${look}   make some, then run the command again; it continues from what is there.`,
  );
}

function notWritable(path: string, nearest: Nearest, error: unknown): FactswayError {
  const where = shellWord(nearest.path);
  const elsewhere = 'or choose another directory: --dir DIR';
  if (!nearest.isDirectory)
    return new FactswayError(
      'FW-DIR-NOT-WRITABLE',
      `${path} cannot be written: ${nearest.path} is not a directory (${codeOf(error)}).`,
      `Look at it: ls -ld ${where}   move it away, ${elsewhere}`,
    );
  const look =
    codeOf(error) === 'EROFS'
      ? `See how it is mounted: findmnt -T ${where}   make it writable,`
      : `See who may write there: ls -ld ${where}   run the command as that user,`;
  return new FactswayError(
    'FW-DIR-NOT-WRITABLE',
    `${path} cannot be written: ${reasonOf(error)}.`,
    `${look} ${elsewhere}`,
  );
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return `${REASONS[code] ?? 'the file system refuses it'} (${code})`;
}

type Nearest = { readonly path: string; readonly isDirectory: boolean };

/** What a person can look at: the path, or the nearest thing above it that exists. */
async function nearestFrom(path: string): Promise<Nearest> {
  for (let above = path; ; above = dirname(above)) {
    const found = await lstat(above).catch(() => undefined);
    if (found || above === dirname(above))
      return { path: above, isDirectory: found?.isFile() !== true };
  }
}
