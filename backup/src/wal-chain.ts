import type { Archive, ArchivedSegment } from './archive-list.ts';
import type { Backup } from './info.ts';
import type { Timeline } from './timelines.ts';
import { parseSegment, SEGMENT_BYTES, segmentName } from './wal-name.ts';

interface Stretch {
  readonly timeline: number;
  readonly from: number;
  /** null: as far as the log goes. */
  readonly to: number | null;
}

/** The parts of the log that lead from the beginning of a backup along a timeline. */
function stretches(backup: Backup, timeline: Timeline): Stretch[] {
  const start = parseSegment(backup.walStart);
  if (start === null) return [];
  const found: Stretch[] = [];
  let from = start.number;
  for (const fork of timeline.forks) {
    if (fork.timeline < start.timeline) continue;
    // The segment of the fork is whole only on the new timeline, which begins with a copy of it.
    const forkSegment = Number(fork.at / BigInt(SEGMENT_BYTES));
    found.push({ timeline: fork.timeline, from, to: forkSegment - 1 });
    from = forkSegment;
  }
  return [...found, { timeline: timeline.id, from, to: null }];
}

/**
 * Names of segments that a restore of `backup` along `timeline` needs and the place does not have.
 *
 * @param until no further than the moment when this segment was certainly archived; null for all
 * @param lastKnown the newest segment that is known to have been here: without it nobody would miss
 *   the last ones
 */
export function missingForRestore(
  backup: Backup,
  timeline: Timeline,
  archive: Archive,
  until: Date | null,
  lastKnown: string | null,
): string[] {
  const missing: string[] = [];
  for (const stretch of stretches(backup, timeline)) {
    const present = new Map<number, ArchivedSegment>();
    for (const segment of archive.segments) {
      if (segment.timeline === stretch.timeline) present.set(segment.number, segment);
    }
    const end = stretch.to ?? lastOf(stretch, [...present.keys()], [lastKnown, backup.walStop]);
    for (let number = stretch.from; number <= end; number++) {
      const segment = present.get(number);
      if (segment === undefined) {
        missing.push(segmentName({ timeline: stretch.timeline, number }));
      } else if (until !== null && segment.at >= until && !isWithin(backup, segment)) {
        return missing;
      }
    }
  }
  return missing;
}

/** The segments of the backup itself, without which it is not even consistent. */
export function missingOfBackup(backup: Backup, archive: Archive): string[] {
  const start = parseSegment(backup.walStart);
  const stop = parseSegment(backup.walStop);
  if (start === null || stop === null) return [];
  const names = new Set(archive.segments.map(({ name }) => name));
  const missing: string[] = [];
  for (let number = start.number; number <= stop.number; number++) {
    const name = segmentName({ timeline: stop.timeline, number });
    if (!names.has(name)) missing.push(name);
  }
  return missing;
}

function isWithin(backup: Backup, segment: ArchivedSegment): boolean {
  return segment.name < backup.walStop;
}

function lastOf(stretch: Stretch, present: number[], known: (string | null)[]): number {
  const others = known
    .map((name) => (name === null ? null : parseSegment(name)))
    .filter((segment) => segment?.timeline === stretch.timeline)
    .map((segment) => segment?.number ?? 0);
  return Math.max(stretch.from - 1, ...present, ...others);
}
