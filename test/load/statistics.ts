/** Numbers out of the records of a run; all times in milliseconds since it began. */
import { crossingOf } from './crossing.ts';

/** One request, from the time it was due until its answer was complete or it failed. */
export interface LoadRecord {
  readonly lane: 'short' | 'long';
  readonly method: string;
  readonly path: string;
  readonly resource: string;
  readonly dueMs: number;
  readonly sentMs: number;
  readonly doneMs: number;
  readonly outcome: Outcome;
  /** `x-factsway-crossed` of the answer. */
  readonly crossed?: string;
}

export type Outcome =
  | { readonly kind: 'ok'; readonly status: number }
  | { readonly kind: 'non-2xx'; readonly status: number; readonly detail: string }
  /** No whole answer: refused, reset, cut, timed out; `reused` when on a connection that had served before. */
  | { readonly kind: 'transport'; readonly code: string; readonly reused: boolean }
  /** 2xx with the wrong body. */
  | { readonly kind: 'wrong-body'; readonly status: number; readonly detail: string }
  /** More were in flight than the generator keeps: a failure, as nobody was served. */
  | { readonly kind: 'shed' };

/** Times of answers, measured from when the request was due. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Second {
  readonly second: number;
  readonly due: number;
  readonly ok: number;
  readonly failed: number;
  /** Slowest good answer to what was due in this second. */
  readonly maxMs: number;
}

/** How often a chain of versions was crossed, and when it was answered first and last. */
export interface Chain {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export function latencyOf(durations: readonly number[]): Latency {
  const sorted = durations.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? 0,
  };
}

/** The nearest rank: a value that was measured. 0 when there is none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

export function isOk({ outcome }: LoadRecord): boolean {
  return outcome.kind === 'ok';
}

/** The longest time between `from` and `to` in which no request was answered well. */
export function longestGap(
  records: readonly LoadRecord[],
  from: number,
  to: number,
): { readonly ms: number; readonly atMs: number } {
  const ends = records.filter(isOk).map(({ doneMs }) => doneMs);
  let last = from;
  let longest = { ms: 0, atMs: from };
  for (const end of [...ends.toSorted((a, b) => a - b), to]) {
    const here = Math.min(Math.max(end, from), to);
    if (here - last > longest.ms) longest = { ms: here - last, atMs: last };
    last = Math.max(last, here);
  }
  return longest;
}

export function timelineOf(records: readonly LoadRecord[]): Second[] {
  const seconds = new Map<number, Second>();
  for (const record of records) {
    const second = Math.floor(record.dueMs / 1000);
    const before = seconds.get(second) ?? { second, due: 0, ok: 0, failed: 0, maxMs: 0 };
    const ok = isOk(record);
    seconds.set(second, {
      second,
      due: before.due + 1,
      ok: before.ok + (ok ? 1 : 0),
      failed: before.failed + (ok ? 0 : 1),
      maxMs: ok ? Math.max(before.maxMs, record.doneMs - record.dueMs) : before.maxMs,
    });
  }
  return [...seconds.values()].sort((a, b) => a.second - b.second);
}

/** What was crossed, by header; answers that failed included. */
export function chainsOf(records: readonly LoadRecord[]): Record<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const { crossed, doneMs } of records) {
    if (crossed === undefined) continue;
    const before = chains.get(crossed) ?? { count: 0, firstMs: doneMs, lastMs: doneMs };
    chains.set(crossed, {
      count: before.count + 1,
      firstMs: Math.min(before.firstMs, doneMs),
      lastMs: Math.max(before.lastMs, doneMs),
    });
  }
  return Object.fromEntries([...chains].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many answers came from two versions, from one, and from nobody who says. */
export function crossingCounts(records: readonly LoadRecord[]) {
  let [mixed, unlabelled, twoServices] = [0, 0, 0];
  const versions: Record<string, number> = {};
  for (const { outcome, crossed } of records) {
    const crossing = crossingOf(crossed);
    // Whoever did not answer well has been counted; it may be the proxy, which has no version.
    if (crossing.kind === 'unlabelled') unlabelled += outcome.kind === 'ok' ? 1 : 0;
    if (crossing.kind === 'mixed') mixed += 1;
    if (crossing.kind !== 'one') continue;
    versions[crossing.version] = (versions[crossing.version] ?? 0) + 1;
    if (crossing.services.length > 1) twoServices += 1;
  }
  return { mixed, unlabelled, twoServices, versions };
}
