import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { updateManifest } from '../../installer/src/model/updates/manifest.ts';
import { MANIFEST_NAMES } from '../../installer/src/model/updates/protocol.ts';

/** What is offered to clients now, and whether they could have it. */
export type Live = {
  readonly manifest: string;
  /** `unreadable` where the manifest is no manifest. */
  readonly version: string;
  /** Files it names that are not there in their size. */
  readonly missing: number;
  /** When the manifest took its place, in seconds since the epoch; undefined where the disk does not even say that. */
  readonly changed: number | undefined;
};

/** Every manifest that is served from a directory. Reads sizes only: hashes were compared before it went live. */
export async function readLive(directory: string): Promise<Live[]> {
  const all = await Promise.all(MANIFEST_NAMES.map((name) => readOne(directory, name)));
  return all.filter((one) => one !== undefined);
}

async function readOne(directory: string, name: string): Promise<Live | undefined> {
  const path = join(directory, name);
  let changed: number | undefined;
  const unreadable = (): Live => ({ manifest: name, version: 'unreadable', missing: 0, changed });
  let text: string;
  try {
    const status = await lstat(path);
    changed = status.mtimeMs / 1000;
    if (!status.isFile()) return unreadable();
    text = await readFile(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : unreadable();
  }
  const read = updateManifest.safeParse(asYaml(text));
  if (!read.success) return unreadable();
  const { version, files } = read.data;
  const sizes = await Promise.all(files.map(({ url }) => sizeOf(join(directory, url))));
  return {
    manifest: name,
    version,
    missing: files.filter(({ size }, at) => sizes[at] !== size).length,
    changed,
  };
}

function asYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Of what a client would get: a link is served to nobody. */
async function sizeOf(path: string): Promise<number | undefined> {
  const status = await lstat(path).catch(() => undefined);
  return status?.isFile() ? status.size : undefined;
}
