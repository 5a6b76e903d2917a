import type { Archive } from './archive-list.ts';
import type { Backup } from './info.ts';
import { lsn, parseSegment } from './wal-name.ts';

/** Where the log left an earlier timeline for this one. */
export interface Fork {
  readonly timeline: number;
  readonly at: bigint;
}

export interface Timeline {
  readonly id: number;
  /** null for the first, which was always there. */
  readonly bornAt: Date | null;
  /** Ancestors and where each was left. */
  readonly forks: readonly Fork[];
}

/** `parent <tab> position <tab> reason`, in what can be printed. */
const HISTORY_LINE = /^\s*\d+\s+[0-9A-F]+\/[0-9A-F]+\s+[\x20-\x7e]+$/i;

/** Reads a history file of PostgreSQL: lines of `parent <tab> position <tab> reason`. */
export function parseHistory(text: string): Fork[] {
  const forks: Fork[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) {
      forks.push({ timeline: Number(match[1]), at: lsn(match[2]) });
    }
  }
  return forks;
}

/** Whether it is a history file, to the last line: what a damaged one decrypts to is not even text. */
export function isHistory(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.length > 0 && lines.every((line) => HISTORY_LINE.test(line));
}

/** All timelines of an archive, oldest first; `texts` are the history files by timeline. */
export function toTimelines(archive: Archive, texts: ReadonlyMap<number, string>): Timeline[] {
  const known = new Map<number, Timeline>();
  for (const { timeline, bornAt } of archive.histories) {
    const forks = parseHistory(texts.get(timeline) ?? '');
    known.set(timeline, { id: timeline, bornAt, forks });
  }
  for (const { timeline } of archive.segments) {
    if (!known.has(timeline)) known.set(timeline, { id: timeline, bornAt: null, forks: [] });
  }
  return [...known.values()].sort((a, b) => a.id - b.id);
}

/** The timeline that was being lived on at a moment, by the clock on the wall; null for now. */
export function timelineAt(timelines: readonly Timeline[], at: Date | null): Timeline {
  const alive = timelines.filter(
    ({ bornAt }) => at === null || bornAt === null || bornAt.getTime() <= at.getTime(),
  );
  return alive.at(-1) ?? timelines[0] ?? { id: 1, bornAt: null, forks: [] };
}

/** Can this backup be rolled forward along this timeline, or does it lie on a branch that was left? */
export function liesOn(backup: Backup, timeline: Timeline): boolean {
  const own = parseSegment(backup.walStop)?.timeline;
  if (own === timeline.id) return true;
  const fork = timeline.forks.find((candidate) => candidate.timeline === own);
  return fork !== undefined && lsn(backup.lsnStop) <= fork.at;
}
