import {
  appendFile,
  chmod,
  chown,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { FactswayError } from '../model/errors.ts';
import type { Files, WriteOptions } from '../ports/files.ts';

/** A directory where a file should be holds no text either. */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);
const NOT_ALLOWED = new Set(['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'ENOSPC', 'EDQUOT']);

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);

async function optional<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (NOT_THERE.has(codeOf(error))) return undefined;
    throw error;
  }
}

/** Turns what the file system refuses into an error that says where and what to do. */
async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (!NOT_ALLOWED.has(code)) throw error;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new FactswayError(
      'FW-DIR-NOT-WRITABLE',
      `${path} cannot be written (${code}).`,
      full
        ? 'Free some space (df -h), then run the command again; it continues where it stopped.'
        : 'Run the command as a user who may write there, or choose another directory: --dir DIR',
    );
  }
}

/** Durable means: the directory entry is on disk too. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeSynced(
  path: string,
  content: string,
  flags: string,
  mode: number,
): Promise<void> {
  const handle = await open(path, flags, mode);
  try {
    await handle.writeFile(content, 'utf8');
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export class NodeFiles implements Files {
  readText(path: string): Promise<string | undefined> {
    return optional(readFile(path, 'utf8'));
  }

  async exists(path: string): Promise<boolean> {
    return (await optional(stat(path))) !== undefined;
  }

  async list(directory: string): Promise<string[]> {
    return ((await optional(readdir(directory))) ?? []).sort();
  }

  write(path: string, content: string, { mode, uid, gid }: WriteOptions): Promise<void> {
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      const beside = `${path}.factsway-new`;
      await writeSynced(beside, content, 'w', mode);
      if (uid !== undefined && gid !== undefined) await chown(beside, uid, gid);
      await rename(beside, path);
      await syncDirectory(dirname(path));
    });
  }

  createExclusive(path: string, content: string, mode: number): Promise<boolean> {
    return writing(dirname(path), async () => {
      await mkdir(dirname(path), { recursive: true });
      // Complete before it has its name: nobody ever meets it empty, however we end.
      const beside = `${path}.factsway-${process.pid}`;
      await writeSynced(beside, content, 'w', mode);
      try {
        await link(beside, path);
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false;
        throw error;
      } finally {
        await rm(beside, { force: true });
      }
      await syncDirectory(dirname(path));
      return true;
    });
  }

  append(path: string, line: string): Promise<void> {
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, line, { flush: true });
    });
  }

  remove(path: string): Promise<void> {
    return writing(path, () => rm(path, { force: true }));
  }

  rename(from: string, to: string): Promise<void> {
    return rename(from, to);
  }

  async makeDirectory(path: string, mode: number): Promise<void> {
    await writing(path, async () => {
      await mkdir(path, { recursive: true, mode });
    });
  }

  setMode(path: string, mode: number): Promise<void> {
    return writing(path, () => chmod(path, mode));
  }

  setOwner(path: string, uid: number, gid: number): Promise<void> {
    return writing(path, () => chown(path, uid, gid));
  }

  async stat(
    path: string,
  ): Promise<{ mode: number; uid: number; gid: number; size: number } | undefined> {
    const found = await optional(stat(path));
    return found && { mode: found.mode & 0o7777, uid: found.uid, gid: found.gid, size: found.size };
  }
}
