import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FactswayError } from '../../model/errors.ts';
import { codeOf, writing } from '../file-errors.ts';

/** Of a process, so that another one with its number is not taken for it (proc(5), stat: starttime); undefined: gone. */
async function startOf(pid: string): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/** `12-3456`: number and start of a process. */
async function isAlive(owner: string): Promise<boolean> {
  const [pid = '', start] = owner.split('-');
  return /^\d+$/.test(pid) && (await startOf(pid)) === start;
}

/**
 * Runs `work` as the only one that holds `lock`, a link whose target says who does: it is made at once with what it
 * says. One whose owner is gone is taken over. All who may hold it are on one host, or in one container. Throws FW-LOCKED,
 * and what refuses a write.
 */
export async function withFillLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  const own = `${process.pid}-${(await startOf(String(process.pid))) ?? ''}`;
  await writing(dirname(lock), () => mkdir(dirname(lock), { recursive: true, mode: 0o755 }));
  while (!(await isMade(lock, own))) {
    const owner = await ownerOf(lock);
    if (owner === undefined) continue;
    if (await isAlive(owner))
      throw new FactswayError(
        'FW-LOCKED',
        `The mirror is being filled already, by process ${owner.split('-')[0] ?? ''}. Nothing was changed.`,
        'Wait until that run has ended, then run the same command again.',
      );
    await takeAway(lock, owner);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Of file systems without links, as that of a stick may be: there it is a file. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

const isMade = (lock: string, owner: string): Promise<boolean> =>
  writing(lock, async () => {
    try {
      await symlink(owner, lock).catch((error: unknown) => {
        if (!NO_LINKS.has(codeOf(error))) throw error;
        return writeFile(lock, owner, { flag: 'wx' });
      });
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  });

/** Undefined where there is no lock. */
async function ownerOf(lock: string): Promise<string | undefined> {
  try {
    return await readlink(lock).catch((error: unknown) => {
      if (codeOf(error) !== 'EINVAL') throw error;
      return readFile(lock, 'utf8');
    });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Somebody else may have done the same in between: a lock that is not of the dead one is put back. */
async function takeAway(lock: string, dead: string): Promise<void> {
  const aside = `${lock}-${randomUUID()}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const taken = await ownerOf(aside);
  if (taken !== undefined && taken !== dead) await isMade(lock, taken);
  await rm(aside, { force: true });
}
