import { FactswayError } from '../model/errors.ts';
import type {
  MirrorCopy,
  MirrorPlan,
  MirrorRequest,
  ObservedMirror,
  OfferedManifest,
} from '../model/updates/mirror.ts';
import { channelOfVersion, CHANNELS, parseInstallerName } from '../model/updates/protocol.ts';
import { compareVersions, isVersion } from '../model/version.ts';
import { formatSize, MiB } from '../model/units.ts';

/** A disk that is filled to its last byte is one on which nothing else works. */
const MARGIN = 64 * MiB;

/**
 * What has to happen so that a mirror offers what its source does. Pure. Throws FW-MIRROR-VERSION, FW-MIRROR-OLDER,
 * FW-MIRROR-CHANGED and FW-MIRROR-SPACE; then nothing was changed.
 */
export function planMirror(request: MirrorRequest, observed: ObservedMirror): MirrorPlan {
  const offered = wanted(request, observed);
  for (const manifest of offered) refuse(manifest, request, observed);
  const copies = copiesOf(offered, observed);
  requireSpace(copies, observed);
  const isNew = ({ name, text }: OfferedManifest): boolean =>
    observed.live.find((one) => one.name === name)?.text !== text;
  return {
    copies,
    manifests: offered.filter(isNew).map(({ name, text, version }) => ({
      name,
      text,
      version,
      before: observed.live.find((one) => one.name === name)?.version,
    })),
    removes: removesOf(offered, request, observed),
    notes: offered
      .flatMap(({ files }) => files)
      .filter(({ name }) => needsBlockMap(name) && !(`${name}.blockmap` in observed.blockMaps))
      .map(({ name }) => `${name} has no block map: clients download all of it.`),
  };
}

/** Of an AppImage it is a part of the file itself. */
const needsBlockMap = (name: string): boolean => !name.endsWith('.AppImage');

function wanted({ version }: MirrorRequest, { offered }: ObservedMirror): OfferedManifest[] {
  const found = offered.filter((one) => version === undefined || one.version === version);
  if (found.length > 0) return found;
  throw new FactswayError(
    'FW-MIRROR-VERSION',
    `${version ?? ''} is not offered there, but ${[...new Set(offered.map((one) => one.version))].join(', ')}. Nothing was changed.`,
    'Leave --version away to take what is offered.',
  );
}

function refuse(
  { name, version, files }: OfferedManifest,
  { version: asked }: MirrorRequest,
  { live }: ObservedMirror,
): void {
  const before = live.find((one) => one.name === name)?.version;
  if (before !== undefined && compareVersions(version, before) < 0 && asked !== version)
    throw new FactswayError(
      'FW-MIRROR-OLDER',
      `${name} offers ${version} there, and ${before} here: clients that have ${before} would get nothing any more. Nothing was changed.`,
      `Take a newer copy; or, knowingly: --version ${version}`,
    );
  for (const file of files) {
    const published = live.flatMap((one) => one.files).find((one) => one.name === file.name);
    if (published && published.sha512 !== file.sha512)
      throw new FactswayError(
        'FW-MIRROR-CHANGED',
        `${file.name} is offered here already, with other content. Clients keep what they have of it for a year. Nothing was changed.`,
        'A change needs a version of its own: publish one, and copy that.',
      );
  }
}

function copiesOf(
  offered: readonly OfferedManifest[],
  { present, staged, blockMaps }: ObservedMirror,
): MirrorCopy[] {
  const files = new Map(
    offered.flatMap(({ files, name: manifest }) =>
      files.map((file) => [file.name, { ...file, manifest }] as const),
    ),
  );
  return [...files.values()].flatMap(({ name, size, sha512, blockMapSize, manifest }) => {
    const found = present[name];
    const isThere = found?.size === size && found.sha512 === sha512;
    const isHere = staged[name]?.sha512 === sha512 && staged[name].size === size;
    const because = found === undefined ? `${manifest} names it` : 'what is there is damaged';
    const map = `${name}.blockmap`;
    const mapSize = blockMaps[map];
    // Without a hash of its own it is compared by size here, and with its installer when it is brought.
    const isMapThere = isThere && present[map]?.size === mapSize;
    const needsMap = mapSize !== undefined && !isMapThere;
    return [
      // First, so that the installer is compared with it in the one pass it takes.
      ...(needsMap
        ? [
            {
              ...{ name: map, size: mapSize, because: `of ${name}`, here: false },
              blockMapOf: { name, size, isHere: isThere || isHere },
            },
          ]
        : []),
      ...(isThere
        ? []
        : [
            {
              ...{ name, size, sha512, because, here: isHere },
              ...(needsMap ? { blockMap: map } : {}),
              ...(blockMapSize === undefined ? {} : { blockMapSize }),
            },
          ]),
    ];
  });
}

function requireSpace(copies: readonly MirrorCopy[], { freeBytes }: ObservedMirror): void {
  const needed = copies.reduce((sum, { size, here }) => sum + (here ? 0 : size), 0);
  if (needed === 0 || needed + MARGIN <= freeBytes) return;
  throw new FactswayError(
    'FW-MIRROR-SPACE',
    `${formatSize(roundUp(needed + MARGIN))} are needed for ${copies.length} files, and ${formatSize(roundDown(freeBytes))} are free. Nothing was changed.`,
    'Make room there, keep fewer versions (--keep 1), or use another disk: updates.directory',
  );
}

const roundUp = (bytes: number): number => Math.ceil(bytes / MiB) * MiB;
const roundDown = (bytes: number): number => Math.floor(bytes / MiB) * MiB;

/** Files of versions that are neither offered nor among the newest of their channel. */
function removesOf(
  offered: readonly OfferedManifest[],
  { keep }: MirrorRequest,
  { live, present }: ObservedMirror,
): MirrorPlan['removes'] {
  const names = offered.map(({ name }) => name);
  const staying = live.filter(({ name }) => !names.includes(name));
  // Nobody knows what a manifest needs that cannot be read.
  if (staying.some(({ version }) => version === undefined)) return [];
  const isLive = new Set([...offered, ...staying].map(({ version }) => version));
  // A file whose number is none has no place in their order: it is not ours to remove.
  const versionOf = (name: string): string | undefined => {
    const version = parseInstallerName(name)?.version ?? '';
    return isVersion(version) ? version : undefined;
  };
  const all = [
    ...new Set([...Object.keys(present).map(versionOf), ...offered.map(({ version }) => version)]),
  ].filter((version) => version !== undefined);
  const kept = new Set<string | undefined>(isLive);
  for (const channel of CHANNELS)
    all
      .filter((version) => channelOfVersion(version) === channel)
      .toSorted(compareVersions)
      .slice(-keep)
      .forEach((version) => kept.add(version));
  return Object.keys(present)
    .filter((name) => versionOf(name) !== undefined && !kept.has(versionOf(name)))
    .toSorted()
    .map((name) => ({ name, because: `${keep} versions of each channel stay` }));
}
