import { toArchive, type Archive, type RepoFile } from './archive-list.ts';
import type { Backup, PlaceInfo } from './info.ts';
import { textOr, type OpenPlace } from './place.ts';
import { Problem } from './problem.ts';
import type { Settings } from './settings.ts';
import { isHistory, toTimelines, type Timeline } from './timelines.ts';

/** Everything about a place that decides what can be restored from it, of one cluster. */
export interface Survey {
  /** Identities of all clusters that the place has ever been of, oldest first. */
  readonly systemIds: readonly string[];
  /** Version of PostgreSQL, as the place knows it; empty where nothing was ever adopted. */
  readonly version: string;
  /** Oldest first. */
  readonly backups: readonly Backup[];
  readonly archive: Archive;
  readonly timelines: readonly Timeline[];
  /** History files that are there and are not what PostgreSQL wrote; pgBackRest verifies them by nothing. */
  readonly damaged: readonly string[];
}

/** One cluster: all numbers under which the place knows it. */
export interface Cluster {
  readonly version: string;
  readonly ids: readonly number[];
}

/**
 * The clusters of a place, that of today last. One that was left for another major version and returned to has two
 * numbers, and backups and log under both.
 */
export function clustersOf({
  databases,
  archives,
}: Pick<PlaceInfo, 'databases' | 'archives'>): Cluster[] {
  const found = new Map<string, Cluster>();
  const known =
    databases.length > 0
      ? databases
      : archives.map(({ databaseId: id }) => ({ id, system: String(id), version: '' }));
  for (const { id, system, version } of known) {
    const before = found.get(system)?.ids ?? [];
    found.delete(system);
    found.set(system, { version, ids: [...before, id] });
  }
  return [...found.values()];
}

/** What there is of the cluster of today. @throws Problem when the place does not answer */
export async function survey(place: OpenPlace, settings: Settings): Promise<Survey> {
  // Side by side: somebody may be waiting for a database.
  const [info, listed] = await Promise.all([place.info(), listArchive(place, settings)]);
  const cluster = clustersOf(info).at(-1) ?? { version: '', ids: [] };
  return surveyCluster(place, settings, info, cluster, listed);
}

/**
 * The same of a place that something can be restored from.
 *
 * @throws Problem each reason with its own code
 */
export async function usableSurvey(place: OpenPlace, settings: Settings): Promise<Survey> {
  // What shows backups needs no further question. Not of S3: one that takes connections and says nothing would hold us up.
  const early =
    place.place.type === 'posix' ? await survey(place, settings).catch(() => null) : null;
  if (early !== null && early.backups.length > 0) return early;
  await refuseUnusable(place);
  return survey(place, settings);
}

/** Of every cluster, that of today last. @throws Problem when the place does not answer */
export async function surveyAll(place: OpenPlace, settings: Settings): Promise<Survey[]> {
  const [info, listed] = await Promise.all([place.info(), listArchive(place, settings)]);
  const found = [];
  for (const cluster of clustersOf(info))
    found.push(await surveyCluster(place, settings, info, cluster, listed));
  return found;
}

async function surveyCluster(
  place: OpenPlace,
  settings: Settings,
  info: PlaceInfo,
  { version, ids }: Cluster,
  listed: readonly RepoFile[],
): Promise<Survey> {
  const root = archiveRoot(settings);
  const own = info.archives.filter(({ databaseId }) => ids.includes(databaseId));
  const archive = toArchive(
    listed.filter(({ path }) => own.some(({ id }) => path.startsWith(`${id}/`))),
  );
  const histories = await Promise.all(
    archive.histories.map(async ({ timeline, path }) => {
      const text = await textOr(place, `${root}/${path}`, '');
      return { timeline, path: `${root}/${path}`, text };
    }),
  );
  const texts = new Map(histories.map(({ timeline, text }) => [timeline, text ?? '']));
  const damaged = histories
    .filter(({ text }) => text !== null && !isHistory(text))
    .map(({ path }) => path);
  const backups = info.backups.filter(({ databaseId }) => ids.includes(databaseId));
  return {
    systemIds: info.systemIds,
    version,
    backups,
    archive,
    timelines: toTimelines(archive, texts),
    damaged,
  };
}

const archiveRoot = ({ stanza }: Settings): string => `archive/${stanza}`;

/** The log of every cluster, with paths below the root of the archive. @throws Problem when the place does not answer */
const listArchive = (place: OpenPlace, settings: Settings): Promise<RepoFile[]> =>
  place.files(archiveRoot(settings));

/** @throws Problem when nothing can be restored from the place, each reason with its own code */
export async function refuseUnusable(place: OpenPlace): Promise<void> {
  const state = await place.probe();
  if (state === 'ready') return;
  if (state === 'wrong key') {
    throw new Problem('FW-RESTORE-KEY', `the key does not open the backups in ${place.name}`);
  }
  if (state === 'empty') {
    throw new Problem('FW-RESTORE-NO-BACKUP', `there is no backup in ${place.name}`);
  }
  throw new Problem('FW-BACKUP-UNREACHABLE', `place ${place.name} does not answer`);
}
