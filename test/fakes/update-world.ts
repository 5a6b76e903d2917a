import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promoteRelease } from '../../installer/src/flows/release/promote.ts';
import { publishRelease, type PublishRequest } from '../../installer/src/flows/release/publish.ts';
import { openServer, type Server } from '../../installer/src/flows/release/server.ts';
import { parseManifest } from '../../installer/src/config/parse-manifest.ts';
import type { Http } from '../../installer/src/ports/http.ts';
import type { ReleaseFiles } from '../../installer/src/ports/release-files.ts';
import { MemoryBucket } from './memory-bucket.ts';
import { MemoryFiles } from './memory-files.ts';
import { panicking } from './panic.ts';
import { fakePorts, type FakePorts } from './ports.ts';

export const SETTINGS_FILE = '/work/updates.yaml';
export const SETTINGS = `apiVersion: factsway-updates/v1
url: https://updates.example.com
bucket: updates
region: us-east-1
`;
export const directoryOf = (version: string): string => `/work/dist-${version}`;
/** Bytes of the block map inside an AppImage of this world. */
export const INSIDE = 77;
export const AT_ONCE = { yes: true, dryRun: false } as const;
export const DRY = { yes: false, dryRun: true } as const;

export type UpdateWorld = {
  readonly bucket: MemoryBucket;
  readonly ports: FakePorts;
  readonly server: Server;
  publish(version: string, change?: Partial<PublishRequest>): ReturnType<typeof publishRelease>;
  promote(version: string, dryRun?: boolean): ReturnType<typeof promoteRelease>;
  /** Version and percent that each manifest offers, those of nobody left out. */
  offered(): Record<string, string>;
};

/** An update server in one bucket, and directories with an .exe and an .AppImage of each of these versions. */
export async function updateWorld(...versions: readonly string[]): Promise<UpdateWorld> {
  const bucket = new MemoryBucket();
  const files = new MemoryFiles({ [SETTINGS_FILE]: SETTINGS });
  for (const version of versions)
    for (const ending of ['exe', 'exe.blockmap', 'AppImage'])
      files.put(
        join(directoryOf(version), `FACTSWAY-Setup-${version}.${ending}`),
        `${ending} of ${version}`,
      );
  const releaseFiles = panicking<ReleaseFiles>('releaseFiles', {
    async digest(path, where) {
      const text = files.text(path) ?? '';
      const sha512 = createHash('sha512').update(text).digest('base64');
      const checksum = createHash('sha256').update(text).digest('base64');
      return {
        size: text.length,
        sha512,
        checksum,
        ...(where === 'inside' ? { blockMapSize: INSIDE } : {}),
      };
    },
  });
  const place = { bucket: 'updates', region: 'us-east-1', forcePathStyle: false };
  const http = panicking<Http>('http', {
    async request({ url }) {
      const there = await bucket.store.readText(place, url.split('/').at(-1) ?? '');
      return { status: there ? 200 : 404, headers: {}, body: there?.text ?? '' };
    },
  });
  const ports = fakePorts({ files, objects: bucket.store, releaseFiles, http });
  const server = await openServer(SETTINGS_FILE, 'test', ports);
  return {
    bucket,
    ports,
    server,
    publish: (version, change = {}) =>
      publishRelease(
        {
          ...{ directory: directoryOf(version), version, channel: 'latest', consent: AT_ONCE },
          ...{ notes: undefined, minimumSystemVersion: undefined },
          ...change,
        },
        server,
        ports,
      ),
    promote: (version, dryRun = false) =>
      promoteRelease(
        { version, percent: 100, deep: false, consent: dryRun ? DRY : AT_ONCE },
        server,
        ports,
      ),
    offered: () =>
      Object.fromEntries(
        bucket.served.flatMap((name) => {
          if (!name.endsWith('.yml')) return [];
          const read = parseManifest(bucket.text(name));
          if (!('manifest' in read)) throw new Error(`${name}: ${read.problems.join()}`);
          const { version, stagingPercentage = 100 } = read.manifest;
          return stagingPercentage === 0 ? [] : [[name, `${version} ${stagingPercentage}`]];
        }),
      ),
  };
}
