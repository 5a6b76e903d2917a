import type * as z from 'zod';
import { parseManifest } from '../../config/parse-manifest.ts';
import { FactswayError } from '../../model/errors.ts';
import { describeCaller, type Caller } from '../../model/updates/caller.ts';
import { CHANNELS, manifestName, type Platform } from '../../model/updates/protocol.ts';
import {
  RELEASES,
  recordKey,
  releaseRecord,
  yankKey,
  yankMark,
  type ReleaseRecord,
  type YankMark,
} from '../../model/updates/record.ts';
import { placesOf, type BucketPlace, type UpdatesSettings } from '../../model/updates/settings.ts';
import type { LiveManifest } from '../../planner/plan-promotion.ts';
import type { Ports } from '../../ports/ports.ts';
import { readSettings } from './settings.ts';

export type Needed = Pick<
  Ports,
  | 'objects'
  | 'cdn'
  | 'callers'
  | 'releaseFiles'
  | 'files'
  | 'http'
  | 'clock'
  | 'random'
  | 'host'
  | 'reporter'
  | 'prompter'
  | 'signal'
>;

/** An update server: its settings, and the bucket that is written. */
export type Server = {
  readonly settings: UpdatesSettings;
  readonly place: BucketPlace;
  readonly places: readonly BucketPlace[];
  /** The name that is written into records. */
  readonly who: string;
  /** Beside it, whatever name was given; undefined where it could not be found out. */
  readonly caller?: Caller;
};

/** Internal files of the bucket: nobody is served them. */
export const INTERNAL = { contentType: 'application/json', cacheControl: 'no-store' } as const;

/** The update server of an updates.yaml. Throws what `readSettings` throws. */
export async function openServer(
  path: string,
  by: string | undefined,
  ports: Needed,
): Promise<Server> {
  const settings = await readSettings(path, ports);
  const places = placesOf(settings);
  const [place] = places;
  // Whoever stops a version is not held up by who they are.
  const caller = await ports.callers.caller(place.region).catch(() => undefined);
  const who = by ?? (caller ? describeCaller(caller) : ports.host.hostname());
  return { settings, places, place, who, ...(caller ? { caller } : {}) };
}

/** A JSON file of ours in the bucket; undefined where there is none. What is damaged is an error that names it. */
export async function readJsonObject<T>(
  schema: z.ZodType<T>,
  key: string,
  { place }: Server,
  { objects }: Needed,
): Promise<{ value: T; etag: string } | undefined> {
  const found = await objects.readText(place, key);
  if (!found) return undefined;
  const { data, error } = parsedAs(schema, found.text);
  if (!error) return { value: data, etag: found.etag };
  throw new FactswayError(
    'FW-RELEASE-INCOMPLETE',
    `s3://${place.bucket}/${key} is damaged; nothing was changed.`,
    `Look at it, and at its earlier versions: aws s3api list-object-versions --bucket ${place.bucket} --prefix ${key}`,
  );
}

function parsedAs<T>(schema: z.ZodType<T>, text: string): z.ZodSafeParseResult<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  return schema.safeParse(value);
}

/** Throws FW-RELEASE-UNKNOWN. */
export async function requireRecord(
  version: string,
  server: Server,
  ports: Needed,
): Promise<ReleaseRecord> {
  const found = await readJsonObject(releaseRecord, recordKey(version), server, ports);
  if (found) return found.value;
  throw new FactswayError(
    'FW-RELEASE-UNKNOWN',
    `${version} was not published to s3://${server.place.bucket}, or not to its end.`,
    `Publish it: factsway-install release publish DIR --version ${version}   What is there: factsway-install release list`,
  );
}

export async function recordsOf(server: Server, ports: Needed): Promise<ReleaseRecord[]> {
  const keys = (await ports.objects.list(server.place, RELEASES)).map(({ key }) => key);
  const versions = keys.filter(
    (key) => key.endsWith('.json') && !/\.(begun|yanked)\.json$/.test(key),
  );
  const found = await Promise.all(
    versions.map((key) => readJsonObject(releaseRecord, key, server, ports)),
  );
  return found.flatMap((one) => (one ? [one.value] : []));
}

/** Undefined where it is not yanked. What is there counts, also where nobody can read it any more. */
export async function yankOf(
  version: string,
  { place }: Server,
  { objects }: Needed,
): Promise<YankMark | undefined> {
  const found = await objects.readText(place, yankKey(version));
  if (!found) return undefined;
  const unreadable = { version, at: 'some time', by: 'somebody', reason: 'its mark is damaged' };
  return parsedAs(yankMark, found.text).data ?? unreadable;
}

/** Throws FW-RELEASE-YANKED. */
export async function refuseYanked(version: string, server: Server, ports: Needed): Promise<void> {
  const mark = await yankOf(version, server, ports);
  if (!mark) return;
  throw new FactswayError(
    'FW-RELEASE-YANKED',
    `${version} was yanked by ${mark.by}, ${mark.at}: ${mark.reason}. A yanked version stays so.`,
    'Build and publish a later version, then: factsway-install release promote VERSION',
  );
}

/** Few users first, as they are written. */
const PLATFORMS: readonly Platform[] = ['linux-arm64', 'linux', 'mac', 'windows'];

export type DamagedManifest = { readonly name: string; readonly problems: readonly string[] };

/** Every manifest that is served, as it is in the bucket. Throws FW-RELEASE-INCOMPLETE for one that is damaged. */
export async function observeLive(server: Server, ports: Needed): Promise<LiveManifest[]> {
  const { live, damaged } = await observeReadable(server, ports);
  const [first] = damaged;
  if (!first) return live;
  throw new FactswayError(
    'FW-RELEASE-INCOMPLETE',
    `${first.name} in s3://${server.place.bucket} is damaged; nothing was changed.`,
    broughtBack(first.name, server),
    first.problems,
  );
}

export const broughtBack = (name: string, { place }: Server): string =>
  `Bring an earlier version of it back: aws s3api list-object-versions --bucket ${place.bucket} --prefix ${name}`;

/** The same for who must not be held up by a damaged one, which no desktop can read either: whoever stops a version. */
export async function observeReadable(
  server: Server,
  ports: Needed,
): Promise<{ readonly live: LiveManifest[]; readonly damaged: DamagedManifest[] }> {
  const names = CHANNELS.toReversed().flatMap((channel) =>
    PLATFORMS.map((platform) => ({ channel, name: manifestName(channel, platform) })),
  );
  const found = await Promise.all(
    names.map(async ({ channel, name }): Promise<(LiveManifest | DamagedManifest)[]> => {
      const object = await ports.objects.readText(server.place, name);
      if (!object) return [];
      const read = parseManifest(object.text);
      if ('manifest' in read)
        return [{ name, channel, manifest: read.manifest, etag: object.etag }];
      return [{ name, problems: read.problems }];
    }),
  );
  const all = found.flat();
  return {
    live: all.filter((one) => 'manifest' in one),
    damaged: all.filter((one) => 'problems' in one),
  };
}
