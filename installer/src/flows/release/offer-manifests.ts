import { FactswayError } from '../../model/errors.ts';
import { planPercent, type ManifestWrite } from '../../planner/plan-promotion.ts';
import {
  broughtBack,
  observeReadable,
  refuseYanked,
  yankOf,
  type DamagedManifest,
  type Needed,
  type Server,
} from './server.ts';
import { showManifests, writeManifests } from './write-manifests.ts';

/** Somebody else may write up to a dozen manifests meanwhile; each of ours may meet one of those. */
const TRIES = 20;

/** Offers a version to nobody, whoever else is writing. Throws FW-RELEASE-RACE where that does not end. */
export async function stopOffering(version: string, server: Server, ports: Needed): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    const { live } = await observeReadable(server, ports);
    const writes = planPercent(version, live, 0);
    if (writes.length === 0) return;
    try {
      await writeManifests(writes, server, ports);
    } catch (error) {
      // Whoever was first may have made it live meanwhile: look again.
      if (left === 0 || !(error instanceof FactswayError) || error.code !== 'FW-RELEASE-RACE')
        throw error;
    }
  }
}

/**
 * Writes manifests that offer a version, and reads all of it back as clients see it. A yank in the middle wins: what was
 * written is taken back, also where the yank had looked before it was written. Throws FW-RELEASE-YANKED, and what
 * `writeManifests` and `showManifests` throw.
 */
export async function offerManifests(
  version: string,
  writes: readonly ManifestWrite[],
  untouched: readonly { readonly name: string; readonly text: string }[],
  server: Server,
  ports: Needed,
): Promise<void> {
  const unlessYanked = async (work: Promise<void>): Promise<void> => {
    const failure = await work.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (await yankOf(version, server, ports)) {
      await stopOffering(version, server, ports);
      await refuseYanked(version, server, ports);
    }
    if (failure) throw failure.error;
  };
  const stillWanted = (): Promise<void> => refuseYanked(version, server, ports);
  await unlessYanked(writeManifests(writes, server, ports, stillWanted));
  await unlessYanked(showManifests([...untouched, ...writes], server, ports));
}

const REPLICA_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 1000;

/**
 * Waits a while until the other regions have what was written to stop a version: as long as they have not, desktops are
 * given the old manifest wherever the first region fails.
 */
export async function awaitReplicas(
  expected: readonly { readonly name: string; readonly text: string }[],
  { places }: Server,
  { objects, reporter, clock, signal }: Needed,
): Promise<void> {
  const until = clock.monotonicMs() + REPLICA_WITHIN_MS;
  for (const place of places.slice(1)) {
    const isBehind = async ({ name, text }: { name: string; text: string }): Promise<boolean> =>
      (await objects.readText(place, name))?.text !== text;
    const behind: string[] = [];
    for (const one of expected) {
      let isLate = await isBehind(one);
      while (isLate && clock.monotonicMs() < until) {
        reporter.gateWaiting(one.name, `stopped; waiting for its copy in ${place.region}`);
        await clock.sleep(LOOK_EVERY_MS, signal);
        isLate = await isBehind(one);
      }
      if (isLate) behind.push(one.name);
    }
    if (behind.length > 0)
      reporter.warning(
        `s3://${place.bucket} (${place.region}) has not got ${behind.join(', ')} yet: where the first region fails, desktops are still offered the stopped version. S3 copies within minutes; the same command again looks once more.`,
      );
  }
}

/** A manifest that desktops cannot read offers them nothing; whoever stopped a version has to know of it all the same. */
export function tellDamaged(
  damaged: readonly DamagedManifest[],
  server: Server,
  { reporter }: Needed,
): void {
  for (const { name, problems } of damaged)
    reporter.warning(
      `${name} is damaged (${problems[0] ?? 'unreadable'}) and was left as it is. ${broughtBack(name, server)}`,
    );
}
