import { existsSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { readCarried } from './carried.ts';
import { hasArrived, type Flushed } from './flush.ts';
import { readHistory } from './history.ts';
import { liveIdentity, refuseForeign } from './identity.ts';
import { newestLiveCommit } from './live.ts';
import { DRILL, NEXT, RESTORED } from './paths.ts';
import { openPlace, type OpenPlace } from './place.ts';
import { Problem } from './problem.ts';
import { run } from './run.ts';
import { chooseRestore, type ChosenRestore, type Target } from './restore-target.ts';
import { placeNamed, type Settings } from './settings.ts';
import { usableSurvey, type Survey } from './survey.ts';
import { missingForRestore, missingOfBackup } from './wal-chain.ts';
import { SEGMENT_BYTES } from './wal-name.ts';

export interface RestorePlan {
  readonly place: OpenPlace;
  readonly survey: Survey;
  readonly chosen: ChosenRestore;
  readonly neededBytes: number;
  readonly freeBytes: number;
}

/** The log of the recovery lies beside the data until the next restart point, at most max_wal_size. */
const MOST_LOG_BYTES = 2 * 1024 ** 3;
const SPARE_BYTES = 64 * 1024 ** 2;

/** Finds what leads to the target and refuses what cannot; reads only. @throws Problem FW-RESTORE-… */
export async function planRestore(
  settings: Settings,
  target: Target,
  placeName: string | null,
): Promise<RestorePlan> {
  const candidates =
    placeName === null ? furthestFirst(settings) : [placeNamed(settings, placeName)];
  let first: unknown = null;
  for (const candidate of candidates) {
    try {
      return await planFrom(openPlace(settings, candidate), settings, target);
    } catch (error) {
      // The next place may have what this one has not; if none has, the first one's reason counts.
      first ??= error;
    }
  }
  throw first;
}

/** A place whose log stopped hours ago leads to hours ago. Of two that reach as far the first one is nearer. */
function furthestFirst(settings: Settings): Settings['places'] {
  const reached = (name: string): string => readCarried(name)?.name ?? '';
  return settings.places.toSorted((a, b) =>
    reached(b.name) > reached(a.name) ? 1 : reached(b.name) < reached(a.name) ? -1 : 0,
  );
}

async function planFrom(
  place: OpenPlace,
  settings: Settings,
  target: Target,
): Promise<RestorePlan> {
  const identity = liveIdentity();
  identity.catch(() => undefined);
  const found = await usableSurvey(place, settings);
  refuseForeign(place, found, await identity);
  await refuseOtherVersion(target, found, place);
  const chosen = chooseRestore(target, found.backups, found.timelines, new Date());
  refuseGaps(place, found, chosen, target);
  const replayed = found.archive.segments.filter(({ name }) => name >= chosen.backup.walStart);
  const log = Math.min(replayed.length * SEGMENT_BYTES, MOST_LOG_BYTES);
  return {
    place,
    survey: found,
    chosen,
    neededBytes: chosen.backup.databaseBytes + log + SPARE_BYTES,
    freeBytes: freeBytes() + (await leftBytes()),
  };
}

/** A server starts on what its own major version made. @throws Problem FW-RESTORE-TARGET */
async function refuseOtherVersion(target: Target, found: Survey, place: OpenPlace): Promise<void> {
  if (target.kind !== 'label' || found.backups.some(({ label }) => label === target.label)) return;
  const { backups, databases } = await place.info();
  const other = backups.find(({ label }) => label === target.label);
  if (other === undefined) return;
  const version = databases.find(({ id }) => id === other.databaseId)?.version;
  throw new Problem(
    'FW-RESTORE-TARGET',
    `backup ${target.label} is of another cluster (PostgreSQL ${version ?? 'unknown'}) than the one that serves (PostgreSQL ${found.version}); docs/operations/postgres-upgrade.md says how its data is reached`,
  );
}

/** @throws Problem FW-RESTORE-WAL-MISSING */
function refuseGaps(place: OpenPlace, found: Survey, chosen: ChosenRestore, target: Target): void {
  const missing =
    target.kind === 'label'
      ? missingOfBackup(chosen.backup, found.archive)
      : missingSegments(place, found, chosen, target.kind === 'time' ? target.at : null);
  if (missing.length === 0) return;
  throw new Problem(
    'FW-RESTORE-WAL-MISSING',
    `${missing.length} segments of the log are missing in ${place.name}`,
    missing.slice(0, 10),
  );
}

/** Those a restore up to a moment needs; `until` null for everything that was ever here. */
export function missingSegments(
  place: OpenPlace,
  found: Survey,
  chosen: ChosenRestore,
  until: Date | null,
): string[] {
  const last = until === null ? (readCarried(place.name)?.name ?? null) : null;
  return missingForRestore(chosen.backup, chosen.timeline, found.archive, until, last);
}

export function refuseTooLarge(plan: RestorePlan): void {
  if (plan.freeBytes >= plan.neededBytes) return;
  const mib = (bytes: number): number => Math.ceil(bytes / 1024 ** 2);
  throw new Problem(
    'FW-RESTORE-SPACE',
    `the restore needs ${mib(plan.neededBytes)} MiB and ${mib(plan.freeBytes)} MiB are free`,
  );
}

/** Of a restore or drill that was cut off: removed before the next one begins, so it is as good as free. */
async function leftBytes(): Promise<number> {
  const left = [RESTORED, DRILL].filter((path) => existsSync(path));
  if (left.length === 0) return 0;
  const ran = await run('du', ['--summarize', '--total', '--block-size=1', ...left]);
  return Number(/^(\d+)\ttotal$/m.exec(ran.stdout)?.[1] ?? 0);
}

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(NEXT);
  return bavail * bsize;
}

/** Makes an empty directory for a restore; what an earlier one left behind was never served. */
export function emptyDirectory(path: string): void {
  if (existsSync(path)) rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** The plan as the installer shows it. What has not arrived in the place by now is taken for out of reach. */
export async function describePlan(
  plan: RestorePlan,
  target: Target,
  flushed: Flushed | null,
): Promise<object> {
  const { backup } = plan.chosen;
  const newest = await newestLiveCommit();
  const arrived = hasArrived(plan.place.name, flushed);
  const reaches = reachesUntil(plan, target, arrived);
  const drill = readHistory()?.drill ?? null;
  return {
    place: plan.place.name,
    label: backup.label,
    type: backup.type,
    backupStoppedAt: backup.stoppedAt.toISOString(),
    target:
      target.kind === 'time'
        ? target.at.toISOString()
        : target.kind === 'latest'
          ? 'latest'
          : target.label,
    neededBytes: plan.neededBytes,
    freeBytes: plan.freeBytes,
    lastDrill:
      drill?.ok === true && drill.rtoSeconds !== null ? { rtoSeconds: drill.rtoSeconds } : null,
    newestCommitAt: newest?.toISOString() ?? null,
    arrived,
    reachesUntil: reaches.toISOString(),
    wouldLoseSeconds:
      newest === null
        ? null
        : Math.max(0, Math.round((newest.getTime() - reaches.getTime()) / 1000)),
  };
}

/** Up to which moment everything would be there again. */
function reachesUntil(plan: RestorePlan, target: Target, arrived: boolean): Date {
  if (target.kind === 'label') return plan.chosen.backup.stoppedAt;
  const carried = readCarried(plan.place.name);
  const end = carried === null ? plan.chosen.backup.stoppedAt : new Date(carried.closedAt);
  if (target.kind === 'latest') return end;
  return arrived || target.at < end ? target.at : end;
}
