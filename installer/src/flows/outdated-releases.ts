import type { InstanceConfig } from '../model/config.ts';
import type { Made } from '../model/footprint.ts';
import type { Outdated } from '../model/release-change.ts';
import type { Ports } from '../ports/ports.ts';
import { instancePaths } from './paths.ts';
import { readJson } from './read-json.ts';
import { releases } from './releases.ts';
import { noPointReason, openPoints } from './restore-points/open-points.ts';

/**
 * What former releases keep on this server beyond `upgrade.keepReleases` of them, once `to` serves: images that this
 * installation brought and no release that is kept has, and restore points that upgrades made. Reads only.
 */
export async function findOutdated(
  { directory, config, to }: { directory: string; config: InstanceConfig; to: string },
  ports: Ports,
): Promise<Outdated> {
  const keep = config.upgrade.keepReleases;
  const made = await readJson<Made>(instancePaths(directory).made, ports.files);
  const brought = new Set(Object.keys(made?.images ?? {}));
  const former = (await releases(directory, ports)).releases.filter(
    ({ version }) => version !== to,
  );
  const kept = new Set(
    former.slice(0, keep).flatMap(({ images }) => images.map(({ reference }) => reference)),
  );
  const images = former
    .slice(keep)
    .flatMap((release) => release.images)
    .filter(({ reference, state }) => state === 'here' && brought.has(reference))
    .map(({ reference }) => reference)
    .filter((reference) => !kept.has(reference));
  return { images: [...new Set(images)], points: await outdatedPoints(config, ports) };
}

/** Those that somebody asked for are nobody's to remove but theirs. */
async function outdatedPoints(config: InstanceConfig, ports: Ports): Promise<readonly string[]> {
  if (noPointReason(config) !== undefined) return [];
  const ours = (await openPoints(config, ports).list()).filter(({ reason }) =>
    /^(?:upgrade|rollback) to /.test(reason),
  );
  return ours.slice(config.upgrade.keepReleases).map(({ id }) => id);
}
