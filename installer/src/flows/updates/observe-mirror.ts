import { parse } from 'yaml';
import { FactswayError } from '../../model/errors.ts';
import { updateManifest, type UpdateManifest } from '../../model/updates/manifest.ts';
import {
  CHANNELS,
  MANIFEST_NAMES,
  parseInstallerName,
  type Channel,
} from '../../model/updates/protocol.ts';
import type {
  LiveManifest,
  MirrorRequest,
  ObservedMirror,
  OfferedManifest,
} from '../../model/updates/mirror.ts';
import { isVersion } from '../../model/version.ts';
import type { UpdateSource, UpdateStore } from '../../ports/update-mirror.ts';

const channelOf = (name: string): Channel =>
  CHANNELS.find((channel) => name.startsWith(channel)) ?? 'latest';

/**
 * What is offered there, and what is here. Changes nothing. Throws FW-MIRROR-EMPTY and FW-MIRROR-MANIFEST, and of
 * installers FW-MIRROR-FILE where one is missing or of another size.
 */
export async function observeMirror(
  { channels }: Pick<MirrorRequest, 'channels'>,
  source: UpdateSource,
  store: UpdateStore,
): Promise<ObservedMirror> {
  const offered = await readOffered(channels, source);
  const files = offered.flatMap((manifest) => manifest.files);
  const blockMaps = await sizesIn(source, offered);
  const sizes = await store.files();
  const present: Record<string, { size: number; sha512?: string }> = {};
  for (const [name, size] of Object.entries(sizes)) {
    const wanted = files.find((file) => file.name === name);
    const digest = wanted?.size === size ? await store.digest(name) : undefined;
    present[name] = { size, ...(digest ? { sha512: digest.sha512 } : {}) };
  }
  return {
    offered,
    blockMaps,
    live: await readLive(store),
    present,
    staged: await store.staged(),
    freeBytes: await store.freeBytes(),
  };
}

async function readOffered(
  channels: readonly Channel[],
  source: UpdateSource,
): Promise<OfferedManifest[]> {
  const offered: OfferedManifest[] = [];
  for (const name of MANIFEST_NAMES.filter((one) => channels.includes(channelOf(one)))) {
    const text = await source.readText(name);
    if (text !== undefined) offered.push(understood(name, text));
  }
  if (offered.length > 0) return offered;
  throw new FactswayError(
    'FW-MIRROR-EMPTY',
    `There is no manifest of ${channels.join(', ')} there. Nothing was changed.`,
    'Name the address below which latest.yml lies, or other channels: --channel beta',
  );
}

function understood(name: string, text: string): OfferedManifest {
  const read = updateManifest.safeParse(asYaml(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw damaged(
      name,
      `${issue?.path.length ? issue.path.join('.') : 'all of it'}: ${issue?.message ?? 'wrong'}`,
    );
  }
  const { version, path, sha512 } = read.data;
  if (!isVersion(version)) throw damaged(name, `"${version}" is no version such as 1.2.0`);
  const files = filesOf(read.data);
  for (const file of files) {
    const installer = parseInstallerName(file.name);
    if (!installer || installer.blockmap || installer.version !== version)
      throw damaged(name, `${file.name} is no installer of ${version}`);
  }
  if (files.find((file) => file.name === path)?.sha512 !== sha512)
    throw damaged(name, `path and sha512 are not those of one of its files`);
  return { name, channel: channelOf(name), text, version, files };
}

const filesOf = ({ files }: UpdateManifest): OfferedManifest['files'] =>
  files.map(({ url, size, sha512, blockMapSize }) => ({
    ...{ name: url, size, sha512 },
    ...(blockMapSize === undefined ? {} : { blockMapSize }),
  }));

const damaged = (name: string, what: string): FactswayError =>
  new FactswayError(
    'FW-MIRROR-MANIFEST',
    `${name} cannot be taken over: ${what}. Nothing was changed.`,
    'Have it published again, or take another copy.',
  );

function asYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Block maps that are there; that the installers are is made sure of on the way. */
async function sizesIn(
  source: UpdateSource,
  offered: readonly OfferedManifest[],
): Promise<Record<string, number>> {
  const blockMaps: Record<string, number> = {};
  const files = new Map(offered.flatMap((one) => one.files).map((file) => [file.name, file]));
  for (const { name, size } of files.values()) {
    const found = await source.size(name);
    if (found !== size)
      throw new FactswayError(
        'FW-MIRROR-FILE',
        `${name} ${found === undefined ? 'is not there' : `has ${found} bytes there`}, and its manifest says ${size} bytes. Nothing was changed.`,
        'Have it published again, or take another copy.',
      );
    const map = `${name}.blockmap`;
    const mapSize = await source.size(map);
    if (mapSize !== undefined) blockMaps[map] = mapSize;
  }
  return blockMaps;
}

async function readLive(store: UpdateStore): Promise<LiveManifest[]> {
  const live: LiveManifest[] = [];
  for (const name of MANIFEST_NAMES) {
    const text = await store.readText(name);
    if (text === undefined) continue;
    const read = updateManifest.safeParse(asYaml(text));
    live.push({
      name,
      text,
      version: read.success && isVersion(read.data.version) ? read.data.version : undefined,
      files: read.success ? filesOf(read.data) : [],
    });
  }
  return live;
}
