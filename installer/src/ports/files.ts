export type WriteOptions = { readonly mode: number; readonly uid?: number; readonly gid?: number };

export type FileStatus = {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Another number is another file, although it may have the same name and hold the same. */
  readonly inode: number;
};

/** A link counts as a file, whatever it leads to. */
export type TreeEntry = { readonly path: string; readonly kind: 'file' | 'directory' };

/**
 * The file system, with the one way of writing we allow: beside, fsync, rename. What refuses a write throws
 * FW-DISK-FULL or FW-DIR-NOT-WRITABLE, what refuses to be read FW-FILE-UNREADABLE.
 */
export type Files = {
  readText(path: string): Promise<string | undefined>;
  /** For what a person wrote: it need not be in UTF-8. */
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** The lines of a file of any size, without their ends and one at a time; none where there is no file. */
  readLines(path: string): AsyncIterable<string>;
  exists(path: string): Promise<boolean>;
  /** Names in a directory, empty where it does not exist. */
  list(directory: string): Promise<string[]>;
  /** Everything below a directory, by path relative to it, sorted; links are not followed. */
  walk(directory: string): Promise<readonly TreeEntry[]>;
  /** Atomic and durable; makes missing parent directories. */
  write(path: string, content: string | Uint8Array, options: WriteOptions): Promise<void>;
  /** Creates the file only if it is not there; false when it was. Durable. */
  createExclusive(path: string, content: string, mode: number): Promise<boolean>;
  append(path: string, line: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes it if it is empty; false when it was not. One that is gone is as good as removed. */
  removeDirectory(path: string): Promise<boolean>;
  /** Atomic; false when there was nothing to rename. */
  rename(from: string, to: string): Promise<boolean>;
  /**
   * Half-written files that runs which are gone left in a directory, with `deep` also in those below it:
   * absolute paths.
   */
  leftovers(directory: string, deep: boolean): Promise<string[]>;
  makeDirectory(path: string, mode: number): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  setOwner(path: string, uid: number, gid: number): Promise<void>;
  /** Permission bits and owner, undefined where the path does not exist. */
  stat(path: string): Promise<FileStatus | undefined>;
};
