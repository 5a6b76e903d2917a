import { join } from 'node:path';
import { FactswayError } from '../../model/errors.ts';
import { count, formatSize } from '../../model/units.ts';
import { CACHE_CONTROL, CONTENT_TYPES, type Channel } from '../../model/updates/protocol.ts';
import {
  intentKey,
  publicationIntent,
  recordKey,
  releaseRecord,
  stagedKey,
  type PublishedFile,
  type ReleaseRecord,
} from '../../model/updates/record.ts';
import {
  exists,
  planArtefacts,
  refuseOther,
  refuseSameFiles,
  type Artefact,
} from '../../planner/plan-publication.ts';
import { renderManifests } from '../../render/update-manifests.ts';
import { audited } from './audit.ts';
import { agree, type Consent } from './consent.ts';
import {
  INTERNAL,
  readJsonObject,
  recordsOf,
  refuseYanked,
  type Needed,
  type Server,
} from './server.ts';

export type PublishRequest = {
  /** Absolute. */
  readonly directory: string;
  readonly version: string;
  readonly channel: Channel;
  readonly notes: string | undefined;
  readonly minimumSystemVersion: string | undefined;
  readonly consent: Consent;
};

export type Published = {
  readonly executed: boolean;
  /** Nothing had to be done. */
  readonly unchanged: boolean;
  readonly record: ReleaseRecord;
  readonly sentParts: number;
  readonly keptParts: number;
};

/**
 * Uploads a release: installers, block maps, its record, and manifests that nobody is served yet. Cut off anywhere, the
 * same command finishes it. Throws FW-RELEASE-FILES, FW-RELEASE-BLOCKMAP, FW-RELEASE-EXISTS, FW-RELEASE-SAME-FILES,
 * FW-RELEASE-YANKED.
 */
export async function publishRelease(
  request: PublishRequest,
  server: Server,
  ports: Needed,
): Promise<Published> {
  const { directory, version } = request;
  const names = await ports.files.list(directory);
  const artefacts = planArtefacts(names, version, directory);
  await refuseYanked(version, server, ports);
  const files = await digestAll(artefacts, directory, ports);
  const known = (await readJsonObject(releaseRecord, recordKey(version), server, ports))?.value;
  const record = recordOf(request, files, known, server, ports);
  if (known) refuseOther(known, record);
  refuseSameFiles(files, version, await recordsOf(server, ports));
  const missing = await missingOf(files, version, server, ports);
  const staged = await missingStaged(record, server, ports);
  const result = { record, sentParts: 0, keptParts: 0 };
  if (known && missing.length === 0 && staged.length === 0)
    return { ...result, executed: !request.consent.dryRun, unchanged: true };
  const total = missing.reduce((sum, { size }) => sum + size, 0);
  const question = `Publish ${version} (${count(missing.length, 'file', 'files')} to send, ${formatSize(total)})?`;
  if (!(await agree(question, request.consent, ports)))
    return { ...result, executed: false, unchanged: false };
  const change = { what: `publish ${version}`, before: known ?? null, after: record };
  return audited(change, server, ports, async () => {
    const parts = await sendAll(missing, request, files, server, ports);
    await stage(record, server, ports);
    return { executed: true, unchanged: false, record, ...parts };
  });
}

/** One pass over each file: its SHA-512, and every block against its map. */
async function digestAll(
  artefacts: readonly Artefact[],
  directory: string,
  ports: Needed,
): Promise<PublishedFile[]> {
  const files: PublishedFile[] = [];
  for (const { name, blockMap } of artefacts) {
    const where = blockMap === 'inside' ? 'inside' : join(directory, blockMap);
    const told = (bytes: number): void => {
      ports.reporter.gateWaiting(name, `read ${tenth(bytes)}`);
    };
    const { problem, ...digest } = await ports.releaseFiles.digest(
      join(directory, name),
      where,
      told,
    );
    if (problem !== undefined)
      throw new FactswayError(
        'FW-RELEASE-BLOCKMAP',
        `The block map of ${name} ${problem}; nothing was sent.`,
        'Sign first and make block maps last: build again with electron-builder, and change no file afterwards.',
      );
    files.push({ name, ...digest });
    if (blockMap === 'inside') continue;
    const beside = await ports.releaseFiles.digest(where, undefined, () => undefined);
    files.push({ name: blockMap, ...beside });
  }
  return files;
}

/** Coarse, so that a log of it stays short. */
const tenth = (bytes: number): string => `${Math.floor(bytes / (100 * 1024 * 1024)) * 100} MiB`;

function recordOf(
  { version, channel, notes, minimumSystemVersion }: PublishRequest,
  files: readonly PublishedFile[],
  known: ReleaseRecord | undefined,
  { who }: Server,
  { clock }: Needed,
): ReleaseRecord {
  return {
    version,
    channel,
    publishedAt: known?.publishedAt ?? clock.now().toISOString(),
    by: known?.by ?? who,
    files: [...files],
    ...(notes === undefined ? {} : { notes }),
    ...(minimumSystemVersion === undefined ? {} : { minimumSystemVersion }),
  };
}

/** Installers before block maps. One that is there with other bytes is refused. */
async function missingOf(
  files: readonly PublishedFile[],
  version: string,
  { place }: Server,
  { objects }: Needed,
): Promise<PublishedFile[]> {
  const heads = await Promise.all(files.map(({ name }) => objects.head(place, name)));
  const missing = files.filter((file, index) => {
    const there = heads[index];
    if (there && (there.size !== file.size || there.sha512 !== file.sha512))
      throw exists(version, `${file.name} differs`);
    return !there;
  });
  const isMap = ({ name }: PublishedFile): number => Number(name.endsWith('.blockmap'));
  return missing.toSorted((a, b) => isMap(a) - isMap(b));
}

async function missingStaged(
  record: ReleaseRecord,
  { place }: Server,
  { objects }: Needed,
): Promise<string[]> {
  const names = renderManifests(record).map(({ name }) => name);
  const heads = await Promise.all(
    names.map((name) => objects.head(place, stagedKey(record.version, name))),
  );
  return names.filter((_, index) => heads[index] === undefined);
}

async function sendAll(
  missing: readonly PublishedFile[],
  { directory, version }: PublishRequest,
  files: readonly PublishedFile[],
  server: Server,
  ports: Needed,
): Promise<{ sentParts: number; keptParts: number }> {
  const resume = await rememberIntent(version, files, server, ports);
  let [sentParts, keptParts] = [0, 0];
  for (const { name, size, sha512, checksum = '' } of missing) {
    const file = { path: join(directory, name), key: name, size, sha512, checksum, resume };
    const headers = { contentType: CONTENT_TYPES.installer, cacheControl: CACHE_CONTROL.installer };
    const parts = await ports.objects.upload(server.place, { ...file, ...headers }, (sent) => {
      ports.reporter.gateWaiting(name, `sent ${tenth(sent)} of ${formatSize(size)}`);
    });
    sentParts += parts.sentParts;
    keptParts += parts.keptParts;
    const kept =
      parts.keptParts === 0 ? '' : `, ${count(parts.keptParts, 'part', 'parts')} were there`;
    ports.reporter.note(`${name}: sent (${count(parts.sentParts, 'part', 'parts')}${kept}).`);
  }
  return { sentParts, keptParts };
}

/** Whether what an earlier run began to send was of these very files. */
async function rememberIntent(
  version: string,
  files: readonly PublishedFile[],
  server: Server,
  ports: Needed,
): Promise<boolean> {
  const key = intentKey(version);
  const text = `${JSON.stringify({ version, files }, null, 2)}\n`;
  const before = await readJsonObject(publicationIntent, key, server, ports);
  if (before && `${JSON.stringify(before.value, null, 2)}\n` === text) return true;
  const condition = before ? { etag: before.etag } : { absent: true as const };
  const written = await ports.objects.writeText(server.place, key, text, {
    ...INTERNAL,
    condition,
  });
  if (written === undefined) throw race(`publishing ${version}`);
  return false;
}

export const race = (what: string): FactswayError =>
  new FactswayError(
    'FW-RELEASE-RACE',
    `Somebody else is ${what} at this moment and was first.`,
    'See what is live, and by whom: factsway-install release list --audit',
  );

/** The record, then manifests nobody is served. */
async function stage(record: ReleaseRecord, server: Server, ports: Needed): Promise<void> {
  const key = recordKey(record.version);
  const text = `${JSON.stringify(record, null, 2)}\n`;
  const put = (
    name: string,
    content: string,
    rules: { contentType: string; cacheControl: string },
  ) =>
    ports.objects.writeText(server.place, name, content, { ...rules, condition: { absent: true } });
  if ((await put(key, text, INTERNAL)) === undefined) {
    const there = await readJsonObject(releaseRecord, key, server, ports);
    if (!there) throw race(`publishing ${record.version}`);
    refuseOther(there.value, record);
    // Another run wrote the same with its own date, which is the one that counts.
    if (there.value.publishedAt !== record.publishedAt) return stage(there.value, server, ports);
  }
  const rules = { contentType: CONTENT_TYPES.manifest, cacheControl: 'no-store' };
  for (const { name, text: manifest } of renderManifests(record))
    await put(stagedKey(record.version, name), manifest, rules);
}
