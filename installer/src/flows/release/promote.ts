import { parseManifest } from '../../config/parse-manifest.ts';
import { FactswayError } from '../../model/errors.ts';
import { stagedKey, type ReleaseRecord } from '../../model/updates/record.ts';
import {
  analyseObjects,
  isVouched,
  percentOf,
  planPercent,
  planPromotion,
  type FoundObject,
  type LiveManifest,
  type ManifestWrite,
  type StagedManifest,
} from '../../planner/plan-promotion.ts';
import { manifestText, renderManifests } from '../../render/update-manifests.ts';
import { audited } from './audit.ts';
import { agree, type Consent } from './consent.ts';
import {
  observeLive,
  observeReadable,
  refuseYanked,
  requireRecord,
  yankOf,
  type Needed,
  type Server,
} from './server.ts';
import { awaitReplicas, offerManifests, tellDamaged } from './offer-manifests.ts';
import { showManifests, writeManifests } from './write-manifests.ts';

export type PromoteRequest = {
  readonly version: string;
  /** Of the clients. */
  readonly percent: number;
  /** Read every byte in every region. */
  readonly deep: boolean;
  readonly consent: Consent;
};

export type Changed = { readonly executed: boolean; readonly writes: readonly ManifestWrite[] };

/**
 * Makes a published version the one that is offered: verifies every object in every region, then writes the manifests.
 * Throws FW-RELEASE-INCOMPLETE, -NOT-NEWER, -OFFERED, -YANKED, -RACE, -UNSEEN, FW-UPDATES-CDN.
 */
export async function promoteRelease(
  { version, percent, deep, consent }: PromoteRequest,
  server: Server,
  ports: Needed,
): Promise<Changed> {
  const record = await requireRecord(version, server, ports);
  await refuseYanked(version, server, ports);
  const [staged, live] = [
    await readStaged(record, server, ports),
    await observeLive(server, ports),
  ];
  const writes = planPromotion(record, staged, live, percent, await yankedOf(live, server, ports));
  refuseIncomplete(version, analyseObjects(await observeObjects(record, deep, server, ports)));
  const question = `Offer ${version} to ${percent} % of the clients (${writes.map(({ name }) => name).join(', ') || 'every manifest is there'})?`;
  if (writes.length === 0) {
    // An earlier run wrote them, and perhaps did not live to see them.
    if (!consent.dryRun) await showManifests(textsOf(version, live), server, ports);
    return { executed: !consent.dryRun, writes };
  }
  if (!(await agree(question, consent, ports))) return { executed: false, writes };
  const change = {
    what: `promote ${version}`,
    before: describe(writes, 'before'),
    after: describe(writes, 'after'),
  };
  await audited(change, server, ports, () =>
    offerManifests(version, writes, untouchedBy(writes, textsOf(version, live)), server, ports),
  );
  return { executed: true, writes };
}

/** Those among the versions that are live. */
async function yankedOf(
  live: readonly LiveManifest[],
  server: Server,
  ports: Needed,
): Promise<ReadonlySet<string>> {
  const versions = [...new Set(live.map(({ manifest }) => manifest.version))];
  const marks = await Promise.all(versions.map((version) => yankOf(version, server, ports)));
  return new Set(versions.filter((_, index) => marks[index] !== undefined));
}

const textsOf = (version: string, live: readonly LiveManifest[]) =>
  live
    .filter(({ manifest }) => manifest.version === version)
    .map(({ name, manifest }) => ({ name, text: manifestText(manifest) }));

const untouchedBy = <T extends { readonly name: string }>(
  writes: readonly ManifestWrite[],
  texts: readonly T[],
): T[] => texts.filter(({ name }) => !writes.some((write) => write.name === name));

export const describe = (
  writes: readonly ManifestWrite[],
  side: 'before' | 'after',
): Record<string, unknown> =>
  Object.fromEntries(writes.map((write) => [write.name, write[side] ?? null]));

/** As they were staged, and as the record says: one that somebody edited is refused. */
async function readStaged(
  record: ReleaseRecord,
  server: Server,
  ports: Needed,
): Promise<StagedManifest[]> {
  const problems: string[] = [];
  const found = await Promise.all(
    renderManifests(record).map(async ({ name, channel, text }) => {
      const key = stagedKey(record.version, name);
      const there = await ports.objects.readText(server.place, key);
      if (there?.text !== text)
        problems.push(`${key}: ${there ? 'is not what was published' : 'is missing'}`);
      const read = parseManifest(text);
      return 'manifest' in read ? [{ name, channel, manifest: read.manifest }] : [];
    }),
  );
  refuseIncomplete(record.version, problems);
  return found.flat();
}

function refuseIncomplete(version: string, details: readonly string[]): void {
  if (details.length === 0) return;
  const isWait = details.every((line) => line.endsWith('is not replicated yet'));
  throw new FactswayError(
    'FW-RELEASE-INCOMPLETE',
    `${version} is not complete in every region; nothing was changed.`,
    isWait
      ? `Replication takes minutes. Run the same command again: factsway-install release promote ${version}`
      : `Publish it again, which sends what is missing: factsway-install release publish DIR --version ${version}`,
    details,
  );
}

async function observeObjects(
  record: ReleaseRecord,
  deep: boolean,
  { places }: Server,
  { objects, reporter }: Needed,
): Promise<FoundObject[]> {
  const asked = places.flatMap((place) => record.files.map((file) => ({ place, file })));
  const found: FoundObject[] = [];
  for (const { place, file } of asked) {
    const facts = await objects.head(place, file.name);
    const where = `s3://${place.bucket} (${place.region})`;
    const isRead = facts !== undefined && (deep || !isVouched(file, facts.checksum));
    if (isRead) reporter.gateWaiting(file.name, `read from ${where}`);
    const read = isRead ? await objects.sha512(place, file.name) : undefined;
    found.push({
      where,
      file,
      ...(facts ? { found: facts } : {}),
      ...(read === undefined ? {} : { readSha512: read }),
    });
  }
  return found;
}

/** Throws FW-USAGE where systems are offered different ones: a guess would leave the bad one live. */
function latestOf(live: readonly LiveManifest[]): string | undefined {
  const versions = live
    .filter(({ channel }) => channel === 'latest')
    .map(({ manifest }) => manifest.version);
  const [version, ...others] = [...new Set(versions)];
  if (others.length === 0) return version;
  throw new FactswayError(
    'FW-USAGE',
    `The channel latest offers ${[version, ...others].join(' and ')}: not every system the same. Nothing was changed.`,
    `Say which one is meant, one after the other: --version ${version ?? ''}`,
  );
}

export type RampRequest = {
  /** Undefined: the one that is live in `latest`. */
  readonly version: string | undefined;
  readonly percent: number;
  /** As it is written down. */
  readonly what: string;
  readonly consent: Consent;
};

/** Offers what is live to more clients, or to fewer. Throws FW-RELEASE-NOT-LIVE, -YANKED, -RACE, -UNSEEN. */
export async function rampRelease(
  { version: asked, percent, what, consent }: RampRequest,
  server: Server,
  ports: Needed,
): Promise<Changed & { readonly version: string }> {
  // Whoever pauses is not held up by a manifest that no desktop can read.
  const { live, damaged } =
    percent === 0
      ? await observeReadable(server, ports)
      : { live: await observeLive(server, ports), damaged: [] };
  const version = asked ?? latestOf(live);
  if (version === undefined || !live.some(({ manifest }) => manifest.version === version))
    throw new FactswayError(
      'FW-RELEASE-NOT-LIVE',
      version === undefined
        ? 'No version is live in the channel latest.'
        : `${version} is live in no channel.`,
      'See what is: factsway-install release list',
    );
  if (percent > 0) await refuseYanked(version, server, ports);
  const writes = planPercent(version, live, percent);
  const texts = textsOf(version, live);
  if (writes.length === 0) {
    if (!consent.dryRun) {
      await showManifests(texts, server, ports);
      if (percent === 0) await awaitReplicas(texts, server, ports);
    }
    return { version, executed: !consent.dryRun, writes };
  }
  const from = [
    ...new Set(
      live
        .filter(({ manifest }) => manifest.version === version)
        .map(({ manifest }) => percentOf(manifest)),
    ),
  ];
  if (
    !(await agree(
      `Offer ${version} to ${percent} % of the clients (now ${from.join(', ')} %)?`,
      consent,
      ports,
    ))
  )
    return { version, executed: false, writes };
  const change = {
    what: `${what} ${version}`,
    before: describe(writes, 'before'),
    after: describe(writes, 'after'),
  };
  const untouched = untouchedBy(writes, texts);
  await audited(change, server, ports, async () => {
    if (percent > 0) return offerManifests(version, writes, untouched, server, ports);
    await writeManifests(writes, server, ports);
    await showManifests([...untouched, ...writes], server, ports);
    await awaitReplicas([...untouched, ...writes], server, ports);
  });
  tellDamaged(damaged, server, ports);
  return { version, executed: true, writes };
}
