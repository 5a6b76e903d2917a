import type { OpenPlace } from './place.ts';
import { missingSegments } from './restore-plan.ts';
import type { Settings } from './settings.ts';
import { surveyAll, type Survey } from './survey.ts';
import { liesOn, timelineAt } from './timelines.ts';
import { missingForRestore, missingOfBackup } from './wal-chain.ts';

export interface Gaps {
  /** Names of segments of the log. */
  readonly missing: readonly string[];
  /** Labels of backups that are worth nothing without one of them. */
  readonly damaged: readonly string[];
  /** Paths of histories of timelines that are none. */
  readonly histories: readonly string[];
}

/**
 * verify knows nothing of segments that are not there; between those that are, none may be missing.
 *
 * @throws Problem when the place does not answer
 */
export async function findGaps(place: OpenPlace, settings: Settings): Promise<Gaps> {
  const all = await surveyAll(place, settings);
  const gaps = all.map((found, at) => gapsOf(place, found, at === all.length - 1));
  return {
    missing: gaps.flatMap(({ missing }) => missing),
    damaged: gaps.flatMap(({ damaged }) => damaged),
    histories: all.flatMap(({ damaged }) => damaged),
  };
}

/** Of a cluster of before nobody knows how far its log went: what lies behind the last segment is not missed. */
function gapsOf(place: OpenPlace, found: Survey, isToday: boolean): Omit<Gaps, 'histories'> {
  const timeline = timelineAt(found.timelines, null);
  const missing = new Set<string>();
  const damaged: string[] = [];
  for (const backup of found.backups) {
    const own = missingOfBackup(backup, found.archive);
    for (const name of own) missing.add(name);
    if (own.length > 0) damaged.push(backup.label);
  }
  const oldest = found.backups.find((backup) => liesOn(backup, timeline));
  if (oldest !== undefined) {
    const chosen = { backup: oldest, timeline, args: [] };
    const behind = isToday
      ? missingSegments(place, found, chosen, null)
      : missingForRestore(oldest, timeline, found.archive, null, null);
    for (const name of behind) missing.add(name);
  }
  return { missing: [...missing].sort(), damaged };
}
