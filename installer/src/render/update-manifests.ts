import { stringify } from 'yaml';
import { updateManifest, type UpdateManifest } from '../model/updates/manifest.ts';
import {
  CHANNELS,
  manifestName,
  parseInstallerName,
  type Channel,
  type Platform,
} from '../model/updates/protocol.ts';
import type { PublishedFile, ReleaseRecord } from '../model/updates/record.ts';

export type RenderedManifest = {
  readonly name: string;
  readonly channel: Channel;
  readonly text: string;
};

/** Which system installs a file; undefined for a block map and what is no installer. */
export function platformOf(name: string): Platform | undefined {
  const parsed = parseInstallerName(name);
  if (!parsed || parsed.blockmap) return undefined;
  if (parsed.ending === 'exe') return 'windows';
  if (parsed.ending === 'AppImage')
    return parsed.architecture === 'arm64' ? 'linux-arm64' : 'linux';
  return 'mac';
}

/** Fewest people first: whatever is wrong with a release is met by them before it is by everybody. */
const ORDER: readonly Platform[] = ['linux-arm64', 'linux', 'mac', 'windows'];

/**
 * The channels a release reaches, its own last: whoever tries candidates gets what is finished, too, as electron-builder
 * has it with generateUpdatesFilesForAllChannels.
 */
export function channelsReached(channel: Channel): readonly Channel[] {
  return CHANNELS.slice(CHANNELS.indexOf(channel)).toReversed();
}

/** Every manifest of a release, in the order in which they go live. The same record gives the same bytes. */
export function renderManifests(record: ReleaseRecord): RenderedManifest[] {
  return channelsReached(record.channel).flatMap((channel) =>
    ORDER.flatMap((platform) => {
      const files = record.files.filter(({ name }) => platformOf(name) === platform);
      if (files.length === 0) return [];
      const name = manifestName(channel, platform);
      return [{ name, channel, text: manifestText(contentOf(record, files)) }];
    }),
  );
}

/** What a client without `files` takes is the first: the usual architecture, and of a Mac the zip it installs by itself. */
function contentOf(record: ReleaseRecord, unordered: readonly PublishedFile[]): UpdateManifest {
  const rank = ({ name }: PublishedFile): number =>
    Number(name.includes('-arm64.')) * 2 + Number(name.endsWith('.dmg'));
  const files = unordered.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const [first] = files;
  if (!first) throw new Error('a manifest without files');
  const { notes, minimumSystemVersion } = record;
  return {
    version: record.version,
    files: files.map(({ name, sha512, size, blockMapSize }) => ({
      ...{ url: name, sha512, size },
      ...(blockMapSize === undefined ? {} : { blockMapSize }),
    })),
    path: first.name,
    sha512: first.sha512,
    releaseDate: record.publishedAt,
    ...(notes === undefined ? {} : { releaseNotes: notes }),
    ...(minimumSystemVersion === undefined ? {} : { minimumSystemVersion }),
  };
}

export const manifestText = (manifest: UpdateManifest): string =>
  // Dates and numbers that are texts stay texts for every reader of YAML.
  stringify(updateManifest.parse(manifest), { lineWidth: 0, version: '1.1' });

/** The same manifest, offered to `percent` of the clients; 100 is all of them. */
export function withPercent(manifest: UpdateManifest, percent: number): UpdateManifest {
  const changed = { ...manifest, stagingPercentage: percent };
  if (percent === 100) Reflect.deleteProperty(changed, 'stagingPercentage');
  return changed;
}
