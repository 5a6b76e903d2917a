/** One request of the probe. Times are those of one monotonic clock, in milliseconds. */
export type Probed = {
  /** When it was due: a request that had to wait for its turn is as late as its user. */
  readonly sentMs: number;
  readonly answeredMs: number;
  /** What went wrong; undefined where it was answered as it should be. */
  readonly problem: string | undefined;
};

export type Downtime = {
  readonly requests: number;
  readonly failed: number;
  /** Of all interruptions together and of the longest: 0 where none failed. An upper bound, by two intervals. */
  readonly downtimeMs: { readonly total: number; readonly longest: number };
  /** 99 of 100 of those answered were answered within; 0 where none was. */
  readonly p99Ms: number;
  /** The first few failures that differ in what went wrong, `afterMs` since the first request. */
  readonly failures: readonly { readonly afterMs: number; readonly problem: string }[];
};

const MOST_FAILURES = 5;

/**
 * What requests sent at even distances say about an interruption: it lasted from the sending of the last one that
 * succeeded to that of the first that did again, or to `stoppedMs`. Order does not matter: slow ones overtake.
 */
export function analyseDowntime(probed: readonly Probed[], stoppedMs: number): Downtime {
  const inOrder = probed.toSorted((a, b) => a.sentMs - b.sentMs);
  const failed = inOrder.filter(({ problem }) => problem !== undefined);
  const gaps = interruptions(inOrder, stoppedMs);
  return {
    requests: inOrder.length,
    failed: failed.length,
    downtimeMs: { total: gaps.reduce((sum, gap) => sum + gap, 0), longest: Math.max(0, ...gaps) },
    p99Ms: percentile99(inOrder.filter(({ problem }) => problem === undefined)),
    failures: differing(failed, inOrder[0]?.sentMs ?? 0),
  };
}

function interruptions(inOrder: readonly Probed[], stoppedMs: number): number[] {
  const gaps: number[] = [];
  let good = inOrder[0]?.sentMs ?? 0;
  let interrupted = false;
  for (const { sentMs, problem } of inOrder) {
    if (problem !== undefined) {
      interrupted = true;
      continue;
    }
    if (interrupted) gaps.push(sentMs - good);
    interrupted = false;
    good = sentMs;
  }
  if (interrupted) gaps.push(Math.max(0, stoppedMs - good));
  return gaps;
}

/** By the nearest rank: a time that one of them really took. */
function percentile99(answered: readonly Probed[]): number {
  const took = answered.map(({ sentMs, answeredMs }) => answeredMs - sentMs).sort((a, b) => a - b);
  return took[Math.ceil(took.length * 0.99) - 1] ?? 0;
}

function differing(failed: readonly Probed[], startMs: number): Downtime['failures'] {
  const first = new Map<string, number>();
  for (const { sentMs, problem = '' } of failed)
    if (!first.has(problem)) first.set(problem, sentMs - startMs);
  return [...first].slice(0, MOST_FAILURES).map(([problem, afterMs]) => ({ afterMs, problem }));
}
