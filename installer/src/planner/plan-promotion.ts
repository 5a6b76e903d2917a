import { FactswayError } from '../model/errors.ts';
import type { UpdateManifest } from '../model/updates/manifest.ts';
import type { Channel } from '../model/updates/protocol.ts';
import type { PublishedFile, ReleaseRecord } from '../model/updates/record.ts';
import { compareVersions } from '../model/version.ts';
import { manifestText, withPercent } from '../render/update-manifests.ts';

/** A manifest as it is served. */
export type LiveManifest = {
  readonly name: string;
  readonly channel: Channel;
  readonly manifest: UpdateManifest;
  readonly etag: string;
};

/** A write of one manifest; `etag` is that of what it replaces, undefined where there was none. */
export type ManifestWrite = {
  readonly name: string;
  readonly text: string;
  readonly etag: string | undefined;
  readonly before: { readonly version: string; readonly percent: number } | undefined;
  readonly after: { readonly version: string; readonly percent: number };
};

export type StagedManifest = {
  readonly name: string;
  readonly channel: Channel;
  readonly manifest: UpdateManifest;
};

/** What one bucket says of one file of a release. */
export type FoundObject = {
  readonly where: string;
  readonly file: PublishedFile;
  readonly found?: {
    readonly size: number;
    readonly sha512?: string;
    readonly checksum?: string;
    readonly replication?: string;
  };
  /** Where the whole object was read. */
  readonly readSha512?: string;
};

/** Whether S3 has a checksum of its own to compare; the SHA-512 is the word of whoever wrote the object. */
export const isVouched = (file: PublishedFile, checksum: string | undefined): boolean =>
  file.checksum !== undefined && checksum !== undefined;

/** Why an object must not be referred to, each in a line; empty where everything is in place. */
export function analyseObjects(objects: readonly FoundObject[]): string[] {
  return objects.flatMap(({ where, file, found, readSha512 }) => {
    const reason = (): string | undefined => {
      if (!found) return 'is missing';
      if (found.size !== file.size) return `has ${found.size} bytes, not ${file.size}`;
      if (found.sha512 === undefined) return 'says nothing of its SHA-512';
      if (found.sha512 !== file.sha512) return 'has another SHA-512';
      if (!isVouched(file, found.checksum) && readSha512 === undefined)
        return 'was not read, and S3 has no checksum of it';
      const isOther = found.checksum !== undefined && file.checksum !== found.checksum;
      if (file.checksum !== undefined && isOther) return 'holds other bytes than its SHA-512 says';
      if (readSha512 !== undefined && readSha512 !== file.sha512)
        return 'holds other bytes than its SHA-512 says';
      if (found.replication === 'PENDING') return 'is not replicated yet';
      if (found.replication === 'FAILED') return 'could not be replicated';
      return undefined;
    };
    const why = reason();
    return why === undefined ? [] : [`${where}/${file.name}: ${why}`];
  });
}

/**
 * Which manifests have to be written for a version to be live, in order. Those that are as they have to be are left
 * out, so that a run that was cut off is finished by the same command, or by one with another percentage. Throws
 * FW-RELEASE-NOT-NEWER, -OFFERED.
 */
export function planPromotion(
  record: ReleaseRecord,
  staged: readonly StagedManifest[],
  live: readonly LiveManifest[],
  percent: number,
  yanked: ReadonlySet<string>,
): ManifestWrite[] {
  const writes = staged.flatMap(({ name, channel, manifest }) => {
    const there = live.find((one) => one.name === name);
    if (there?.manifest.version === record.version)
      return percentOf(there.manifest) === percent
        ? []
        : [writeOf(name, withPercent(there.manifest, percent), there)];
    const order = there ? compareVersions(record.version, there.manifest.version) : 1;
    // What was yanked is offered to nobody: an older one that is good is better than none.
    if (order <= 0 && !yanked.has(there?.manifest.version ?? '')) {
      // A channel for those who try things out may be further already.
      if (channel !== record.channel) return [];
      throw notNewer(record.version, name, there?.manifest.version ?? '');
    }
    return [writeOf(name, withPercent(manifest, percent), there)];
  });
  refuseOffered(record.version, live, writes, percent);
  return writes;
}

/**
 * What is live as a whole was ramped or paused since, perhaps by somebody else: a promotion that is run once more must not
 * undo that. Where manifests are missing, or differ, it is a run that was cut off.
 */
function refuseOffered(
  version: string,
  live: readonly LiveManifest[],
  writes: readonly ManifestWrite[],
  percent: number,
): void {
  const own = live.filter(({ manifest }) => manifest.version === version);
  const percents = [...new Set(own.map(({ manifest }) => percentOf(manifest)))];
  const isWhole =
    percents.length === 1 && writes.every(({ before }) => before?.version === version);
  const isPaused = percent > 0 && percents.includes(0);
  if (writes.length === 0 || !(isWhole || isPaused)) return;
  throw new FactswayError(
    'FW-RELEASE-OFFERED',
    `${version} is ${isPaused ? 'paused' : `offered to ${percents.join(', ')} % of the clients`} already. Nothing was changed.`,
    percent === 0
      ? `Offer it to nobody further: factsway-install release pause --version ${version}`
      : `Offer it to ${percent} %: factsway-install release ramp ${percent} --version ${version}${isWhole ? '' : `   Then finish the promotion: factsway-install release promote ${version} --percent ${percent}`}`,
  );
}

function notNewer(version: string, name: string, live: string): FactswayError {
  return new FactswayError(
    'FW-RELEASE-NOT-NEWER',
    `${version} is not newer than ${live}, which ${name} offers; desktop apps never go back, so nobody would get it. Nothing was changed.`,
    `To replace a bad ${live}, build a later version from the good sources: factsway-install release yank ${live}`,
  );
}

/** Staged rollout of what is live: every manifest of a version, in the order they are served from. */
export function planPercent(
  version: string,
  live: readonly LiveManifest[],
  percent: number,
): ManifestWrite[] {
  return live
    .filter(({ manifest }) => manifest.version === version && percentOf(manifest) !== percent)
    .map((one) => writeOf(one.name, withPercent(one.manifest, percent), one));
}

export const percentOf = ({ stagingPercentage }: UpdateManifest): number =>
  stagingPercentage ?? 100;

function writeOf(
  name: string,
  manifest: UpdateManifest,
  there: LiveManifest | undefined,
): ManifestWrite {
  return {
    name,
    text: manifestText(manifest),
    etag: there?.etag,
    before: there && { version: there.manifest.version, percent: percentOf(there.manifest) },
    after: { version: manifest.version, percent: percentOf(manifest) },
  };
}
