import { FactswayError } from '../model/errors.ts';
import type { RecordedRelease } from '../model/release.ts';
import type { ReleaseHistory } from '../model/release-history.ts';
import type { Ports } from '../ports/ports.ts';
import { apply } from './apply.ts';
import { requireDocker } from './check-docker.ts';
import { catalogInEffect } from './in-effect.ts';
import { cutOffAtRecord } from './journal.ts';
import { instancePaths } from './paths.ts';
import { requireCheckNames } from './preflight.ts';
import { historyOf, prepareRollback } from './prepare-release.ts';
import { readJson } from './read-json.ts';
import { releases } from './releases.ts';
import { requireConfig, requireInstance } from './resolve-config.ts';
import { readRelease, type ServingRelease } from './serving-slot.ts';
import { configured, nothingServes, type ReleaseRequest, type ReleaseResult } from './upgrade.ts';

export type RollbackRequest = ReleaseRequest & {
  /** Id of the restore point that the database goes back to as well. */
  readonly point?: string;
};

/**
 * Back to the release that served before (spec 04 "Rollback"): it is found here, its images are looked for before
 * anything is touched, and the services it left in the other slot take over. After an upgrade that never came to serve,
 * back to the one that still does.
 */
export async function rollback(request: RollbackRequest, ports: Ports): Promise<ReleaseResult> {
  const { directory, skipChecks, consent, overwrite, point } = request;
  requireCheckNames(skipChecks);
  await requireInstance(directory, ports.files);
  await requireDocker(ports);
  const serving = await readRelease(instancePaths(directory), ports.files);
  if (!serving) throw nothingServes();
  const { from, to } = await findTarget(directory, serving, ports);
  await requireImages(directory, to, ports);
  const strategy =
    point === undefined ? (request.strategy ?? (await configured(directory, ports))) : 'recreate';
  const history = await historyOfServing(directory, ports);
  const applied = await apply(
    {
      directory,
      sets: [...request.sets, `release.version=${to}`],
      command: 'rollback',
      skipChecks,
      consent,
      inPlace: strategy === 'recreate',
      options: { title: `Roll back ${from} → ${to}`, overwrite, renderOnly: false },
      release: async (desired) => {
        const restore = point === undefined ? {} : { restore: point };
        const wish = { from, to, strategy, allowContract: false, ...restore };
        const { change, notes } = await prepareRollback(wish, { serving: history, desired }, ports);
        for (const note of notes) ports.reporter.note(note);
        return change;
      },
    },
    ports,
  );
  return { ...applied, from, to };
}

/**
 * The release before. An upgrade that was cut off has written its version and does not serve: then the way back is to
 * what does. A rollback that was cut off has written the release before: it goes on.
 */
async function findTarget(
  directory: string,
  serving: ServingRelease,
  { files }: Ports,
): Promise<{ from: string; to: string }> {
  const wanted = (await requireConfig(directory, files)).release.version;
  const file = `${instancePaths(directory).releases}/${serving.version}/release.json`;
  const previous = (await readJson<RecordedRelease>(file, files))?.previous;
  // Cut off after it was on record that the release of before serves: what is left is the other slot, not another step back.
  const recorded = await cutOffAtRecord('rollback', instancePaths(directory), files);
  if (recorded === serving.version && wanted === recorded) return { from: recorded, to: recorded };
  if (wanted !== serving.version && wanted !== previous)
    return { from: wanted, to: serving.version };
  if (previous !== undefined) return { from: serving.version, to: previous };
  throw new FactswayError(
    'FW-ROLLBACK-NONE',
    `${serving.version} serves, and no release served here before it.`,
    'See what served when: factsway-install releases',
  );
}

async function requireImages(directory: string, version: string, ports: Ports): Promise<void> {
  const known = (await releases(directory, ports)).releases.find((one) => one.version === version);
  const images = known?.images ?? [];
  for (const { reference } of images.filter(({ state }) => state === 'another'))
    ports.reporter.warning(
      `${reference} is another image by now than the one that served as ${version}; containers that are kept run from that one.`,
    );
  const gone = images.filter(({ state }) => state === 'gone');
  if (gone.length === 0) return;
  throw new FactswayError(
    'FW-ROLLBACK-IMAGE',
    `${gone.length === 1 ? 'An image' : `${gone.length} images`} of ${version} ${gone.length === 1 ? 'is' : 'are'} not on this server any more. Nothing was touched.`,
    `Get them again, by docker pull or from the bundle of ${version}, then: factsway-install rollback`,
    gone.map(({ reference }) => reference),
  );
}

async function historyOfServing(
  directory: string,
  ports: Ports,
): Promise<ReleaseHistory | undefined> {
  const { catalog } = await catalogInEffect(directory, ports.files);
  return historyOf(catalog, ports);
}
