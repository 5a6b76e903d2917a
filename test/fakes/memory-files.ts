import { dirname } from 'node:path';
import type {
  Files,
  FileStatus,
  TreeEntry,
  WriteOptions,
} from '../../installer/src/ports/files.ts';

export type MemoryEntry = {
  readonly content: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly inode: number;
};

/** The process was killed: nothing it does afterwards has an effect. */
export class Crash extends Error {}

/**
 * A file system in memory with the promises of the port: a write is there whole or not at all, an
 * exclusive creation happens once, a rename moves one file once. It can be killed before its nth change.
 */
export class MemoryFiles implements Files {
  readonly tree = new Map<string, MemoryEntry>();
  readonly directories = new Map<string, number>();
  /** Of files that are not in UTF-8. */
  readonly encodings = new Map<string, BufferEncoding>();
  /** Every change, in order: `write /x/y`. */
  readonly changes: string[] = [];
  #killBefore = Number.POSITIVE_INFINITY;
  #dead = false;
  #inodes = 0;
  readonly #failures: { readonly change: string; readonly error: Error; times: number }[] = [];

  constructor(contents: Readonly<Record<string, string>> = {}) {
    for (const [path, content] of Object.entries(contents)) this.put(path, content);
  }

  /** A file somebody else made; no change of ours. */
  put(path: string, content: string, mode = 0o644): void {
    this.tree.set(path, { content, mode, uid: 0, gid: 0, inode: ++this.#inodes });
  }

  /** Dies when the (nth, from zero) change from now is about to happen. */
  killBefore(nth: number): void {
    this.#killBefore = this.changes.length + nth;
  }

  /** Whether the kill has happened; work that was killed may end in another error than the Crash itself. */
  get killed(): boolean {
    return this.#dead;
  }

  /** The next process finds what the killed one left. */
  revive(): void {
    this.#dead = false;
    this.#killBefore = Number.POSITIVE_INFINITY;
  }

  /** Makes one change (`write /x/y`) fail, as a full disk would: for good, or the next `times`. */
  failOn(change: string, error: Error, times = Number.POSITIVE_INFINITY): void {
    this.#failures.push({ change, error, times });
  }

  text(path: string): string | undefined {
    return this.tree.get(path)?.content;
  }

  /** Contents by path of everything below a directory, for comparing. */
  below(directory: string): Record<string, string> {
    return Object.fromEntries(
      [...this.tree]
        .filter(([path]) => path.startsWith(`${directory}/`))
        .map(([path, { content }]) => [path, content] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  async readText(path: string): Promise<string | undefined> {
    this.#live();
    return this.tree.get(path)?.content;
  }

  async readBytes(path: string): Promise<Uint8Array | undefined> {
    const text = await this.readText(path);
    return text === undefined ? undefined : Buffer.from(text, this.encodings.get(path) ?? 'utf8');
  }

  async *readLines(path: string): AsyncGenerator<string> {
    const text = (await this.readText(path)) ?? '';
    if (text !== '') yield* text.replace(/\n$/, '').split('\n');
  }

  async exists(path: string): Promise<boolean> {
    this.#live();
    return this.tree.has(path) || this.directories.has(path);
  }

  async list(directory: string): Promise<string[]> {
    this.#live();
    const names = [...this.tree.keys()]
      .filter((path) => path.startsWith(`${directory}/`))
      .map((path) => path.slice(directory.length + 1).split('/')[0] ?? '');
    return [...new Set(names)].sort();
  }

  async walk(directory: string): Promise<readonly TreeEntry[]> {
    this.#live();
    const inside = (path: string): boolean => path.startsWith(`${directory}/`);
    const files = [...this.tree.keys()].filter(inside);
    const directories = new Set([...this.directories.keys()].filter(inside));
    for (const path of files)
      for (let above = dirname(path); inside(above); above = dirname(above)) directories.add(above);
    const entry =
      (kind: TreeEntry['kind']) =>
      (path: string): TreeEntry => ({
        path: path.slice(directory.length + 1),
        kind,
      });
    return [...files.map(entry('file')), ...[...directories].map(entry('directory'))].sort(
      (a, b) => (a.path < b.path ? -1 : 1),
    );
  }

  async write(path: string, written: string | Uint8Array, options: WriteOptions): Promise<void> {
    this.#change(`write ${path}`);
    const { mode, uid = 0, gid = 0 } = options;
    const content = typeof written === 'string' ? written : Buffer.from(written).toString('utf8');
    // Written beside and renamed: another file of the same name.
    this.tree.set(path, { content, mode, uid, gid, inode: ++this.#inodes });
  }

  async createExclusive(path: string, content: string, mode: number): Promise<boolean> {
    this.#live();
    if (this.tree.has(path)) return false;
    this.#change(`create ${path}`);
    this.tree.set(path, { content, mode, uid: 0, gid: 0, inode: ++this.#inodes });
    return true;
  }

  async append(path: string, line: string): Promise<void> {
    this.#change(`append ${path}`);
    const before = this.tree.get(path);
    this.tree.set(path, {
      ...(before ?? { mode: 0o644, uid: 0, gid: 0, inode: ++this.#inodes }),
      content: (before?.content ?? '') + line,
    });
  }

  async remove(path: string): Promise<void> {
    this.#change(`remove ${path}`);
    this.tree.delete(path);
  }

  async removeDirectory(path: string): Promise<boolean> {
    this.#change(`rmdir ${path}`);
    if ([...this.tree.keys()].some((file) => file.startsWith(`${path}/`))) return false;
    if ([...this.directories.keys()].some((below) => below.startsWith(`${path}/`))) return false;
    this.directories.delete(path);
    return true;
  }

  async rename(from: string, to: string): Promise<boolean> {
    this.#change(`rename ${from}`);
    const entry = this.tree.get(from);
    if (!entry) return false;
    this.tree.delete(from);
    this.tree.set(to, entry);
    return true;
  }

  /** Whatever a test put there under such a name: processes are none of a file system in memory. */
  async leftovers(directory: string, deep: boolean): Promise<string[]> {
    this.#live();
    return [...this.tree.keys()]
      .filter((path) => (deep ? path.startsWith(`${directory}/`) : dirname(path) === directory))
      .filter((path) => /\.factsway-(new|\d+)$/.test(path))
      .sort();
  }

  async makeDirectory(path: string, mode: number): Promise<void> {
    this.#change(`mkdir ${path}`);
    for (let above = path; above !== '/'; above = dirname(above))
      if (!this.directories.has(above)) this.directories.set(above, mode);
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#change(`chmod ${path}`);
    const entry = this.tree.get(path);
    if (entry) this.tree.set(path, { ...entry, mode });
    else if (this.directories.has(path)) this.directories.set(path, mode);
    else throw new Error(`chmod of a path that does not exist: ${path}`);
  }

  async setOwner(path: string, uid: number, gid: number): Promise<void> {
    this.#change(`chown ${path}`);
    const entry = this.tree.get(path);
    if (this.directories.has(path)) return;
    if (!entry) throw new Error(`chown of a path that does not exist: ${path}`);
    this.tree.set(path, { ...entry, uid, gid });
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    this.#live();
    const entry = this.tree.get(path);
    if (entry) return { ...entry, size: Buffer.byteLength(entry.content) };
    const mode = this.directories.get(path);
    return mode === undefined ? undefined : { mode, uid: 0, gid: 0, size: 0, inode: 0 };
  }

  #live(): void {
    if (this.#dead) throw new Crash('killed');
  }

  #change(change: string): void {
    this.#live();
    if (this.changes.length >= this.#killBefore) {
      this.#dead = true;
      throw new Crash(`killed before: ${change}`);
    }
    this.changes.push(change);
    const failure = this.#failures.find((one) => one.change === change && one.times > 0);
    if (!failure) return;
    failure.times -= 1;
    throw failure.error;
  }
}
