import {
  chmod,
  chown,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Files, FileStatus, TreeEntry, WriteOptions } from '../ports/files.ts';
import { formatSize, MiB } from '../model/units.ts';
import { codeOf, reading, writing, wrongThing } from './file-errors.ts';

/** Nothing that we read as a whole comes near; Node.js has a limit of its own and less to say about it. */
const LARGEST = 256 * MiB;
/** The journal: no secret is in it, and support may be somebody else than who installed. */
const APPENDED = 0o644;
/** What the shell opened for us, as `<(…)` does. Any other pipe keeps its reader waiting, for ever if nobody writes. */
const INHERITED = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/;

/** Durable means: the directory entry is on disk too. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * The directory and those above it; what was made is added to `made`, the topmost first. Not `mkdir` with `recursive`:
 * on a file system that makes no directories, such as /proc, Node.js then goes round for ever. A mode given to
 * mkdir(2) is cut by the umask, and the users of the containers are none that a hardened one lets in.
 */
async function makeDirectories(path: string, mode = 0o755, made: string[] = []): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (error) {
    if (await isDirectory(path)) return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectories(dirname(path), mode, made);
    try {
      await mkdir(path, mode);
    } catch (second) {
      // Another step may have made it in the meantime.
      if (await isDirectory(path)) return;
      throw second;
    }
  }
  made.push(path);
  await chmod(path, mode);
}

/** Work in a directory that is made for it; what was made for nothing is taken away again. */
async function inDirectory<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const made: string[] = [];
  try {
    await makeDirectories(directory, undefined, made);
    return await work();
  } catch (error) {
    for (const one of made.reverse()) await rmdir(one).catch(() => undefined);
    throw error;
  }
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function writeSynced(
  path: string,
  content: string | Uint8Array,
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

/** Writes a file beside its place and has `put` bring it there; nothing stays beside it, however that ends. */
async function besides<T>(
  beside: string,
  content: string | Uint8Array,
  mode: number,
  put: () => Promise<T>,
): Promise<T> {
  try {
    await writeSynced(beside, content, 'w', mode);
    return await put();
  } finally {
    // The reason why it failed is what a person needs; that the rest could not be removed is not.
    await rm(beside, { force: true }).catch(() => undefined);
  }
}

async function linkUnlessThere(beside: string, path: string): Promise<boolean> {
  try {
    await link(beside, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What `write` and `createExclusive` (which adds its pid) call a file before it has its name. */
const HALF_WRITTEN = /\.factsway-(?:new|(\d+))$/;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function isLeftover(name: string): boolean {
  const found = HALF_WRITTEN.exec(name);
  return found !== null && (found[1] === undefined || !isAlive(Number(found[1])));
}

async function readWhole(path: string): Promise<Buffer> {
  const found = await stat(path);
  if (!found.isFile() && !found.isDirectory() && !INHERITED.test(path))
    throw wrongThing(path, 'it is a pipe, a device or a socket');
  if (found.size > LARGEST) throw wrongThing(path, `it is larger than ${formatSize(LARGEST)}`);
  return readFile(path);
}

export class NodeFiles implements Files {
  async readText(path: string): Promise<string | undefined> {
    return (await reading(path, () => readWhole(path), 'followed'))?.toString('utf8');
  }

  readBytes(path: string): Promise<Uint8Array | undefined> {
    return reading(path, () => readWhole(path));
  }

  async *readLines(path: string): AsyncGenerator<string> {
    const handle = await reading(path, () => open(path, 'r'));
    if (!handle) return;
    try {
      yield* handle.readLines();
    } finally {
      await handle.close().catch(() => undefined);
    }
  }

  async exists(path: string): Promise<boolean> {
    return (await reading(path, () => stat(path))) !== undefined;
  }

  async list(directory: string): Promise<string[]> {
    return ((await reading(directory, () => readdir(directory))) ?? []).sort();
  }

  async walk(directory: string): Promise<readonly TreeEntry[]> {
    const entries = await reading(directory, () =>
      readdir(directory, { withFileTypes: true, recursive: true }),
    );
    return (entries ?? [])
      .map((entry): TreeEntry => ({
        path: relative(directory, join(entry.parentPath, entry.name)),
        kind: entry.isDirectory() ? 'directory' : 'file',
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async leftovers(directory: string, deep: boolean): Promise<string[]> {
    const entries = await reading(directory, () =>
      readdir(directory, { withFileTypes: true, recursive: deep }),
    );
    return (entries ?? [])
      .filter((entry) => entry.isFile() && isLeftover(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
  }

  write(
    path: string,
    content: string | Uint8Array,
    { mode, uid, gid }: WriteOptions,
  ): Promise<void> {
    const directory = dirname(path);
    const write = async () => {
      const beside = `${path}.factsway-new`;
      await besides(beside, content, mode, async () => {
        if (uid !== undefined && gid !== undefined) await chown(beside, uid, gid);
        await rename(beside, path);
      });
      await syncDirectory(directory);
    };
    return writing(path, () => inDirectory(directory, write));
  }

  createExclusive(path: string, content: string, mode: number): Promise<boolean> {
    const directory = dirname(path);
    const create = async () => {
      // Complete before it has its name: nobody ever meets it empty, however we end.
      const beside = `${path}.factsway-${process.pid}`;
      const isOurs = await besides(beside, content, mode, () => linkUnlessThere(beside, path));
      if (isOurs) await syncDirectory(directory);
      return isOurs;
    };
    return writing(directory, () => inDirectory(directory, create));
  }

  append(path: string, line: string): Promise<void> {
    return writing(path, async () => {
      await makeDirectories(dirname(path));
      const handle = await open(path, 'a', APPENDED);
      try {
        if ((await handle.stat()).size === 0) await handle.chmod(APPENDED);
        await handle.appendFile(line);
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  remove(path: string): Promise<void> {
    return writing(path, () => rm(path, { force: true }));
  }

  removeDirectory(path: string): Promise<boolean> {
    return writing(path, async () => {
      try {
        await rmdir(path);
        return true;
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return true;
        // A place where something is mounted cannot go either, nor can a link.
        if (['ENOTEMPTY', 'EEXIST', 'EBUSY', 'ENOTDIR'].includes(codeOf(error))) return false;
        throw error;
      }
    });
  }

  rename(from: string, to: string): Promise<boolean> {
    return writing(to, async () => {
      try {
        await rename(from, to);
        return true;
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return false;
        throw error;
      }
    });
  }

  makeDirectory(path: string, mode: number): Promise<void> {
    return writing(path, () => makeDirectories(path, mode));
  }

  setMode(path: string, mode: number): Promise<void> {
    return writing(path, () => chmod(path, mode));
  }

  setOwner(path: string, uid: number, gid: number): Promise<void> {
    return writing(path, () => chown(path, uid, gid));
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    const found = await reading(path, () => stat(path), 'followed');
    if (!found) return undefined;
    const { mode, uid, gid, size, ino: inode } = found;
    return { mode: mode & 0o7777, uid, gid, size, inode };
  }
}
