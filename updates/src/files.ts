import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  MANIFEST_NAMES,
  parseInstallerName,
  type Served,
} from '../../installer/src/model/updates/protocol.ts';

/** What a request is about: only what the protocol knows by name is ever looked for on disk. */
export function servedName(name: string): Served | undefined {
  if (MANIFEST_NAMES.includes(name)) return 'manifest';
  return parseInstallerName(name) === undefined ? undefined : 'installer';
}

export type OpenFile = {
  readonly handle: FileHandle;
  readonly size: number;
  /** Strong: a file is replaced whole, by rename, and never changed in place. */
  readonly etag: string;
  readonly modified: Date;
};

/** Not there, or nothing that a client could have meant. */
const ABSENT: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'];

/**
 * A file of the mirror; undefined where there is none of this name. A link is none: what lies elsewhere was not copied
 * here by us. Every other failure is thrown, and is the server's.
 */
export async function openFile(directory: string, name: string): Promise<OpenFile | undefined> {
  let handle: FileHandle;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    handle = await open(join(directory, name), flags);
  } catch (error) {
    if (ABSENT.includes((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
  try {
    const status = await handle.stat();
    if (status.isFile()) {
      const { size, mtimeMs, ino, mtime } = status;
      const etag = `"${[size, Math.round(mtimeMs), ino].map((part) => part.toString(16)).join('-')}"`;
      return { handle, size, etag, modified: mtime };
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}
