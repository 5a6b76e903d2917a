import {
  chainsOf,
  crossingCounts,
  isOk,
  latencyOf,
  longestGap,
  timelineOf,
  type Chain,
  type Latency,
  type LoadRecord,
  type Second,
} from './statistics.ts';

/** A failed request, for whoever has to find out why. */
export interface Sample {
  readonly atMs: number;
  readonly kind: string;
  readonly request: string;
  readonly detail: string;
  readonly crossed: string | undefined;
}

/** What a stretch of load showed; times in milliseconds. */
export interface LoadReport {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: number;
  readonly posts: number;
  readonly ok: number;
  readonly non2xx: number;
  readonly transportErrors: number;
  readonly wrongBodies: number;
  readonly shed: number;
  readonly samples: readonly Sample[];
  /** Good answers to the short requests, from when they were due. */
  readonly latency: Latency;
  /** How late the generator itself was; it is in `latency` too. */
  readonly lateness: Latency;
  readonly documents: Latency;
  readonly timeline: readonly Second[];
  readonly chains: Readonly<Record<string, Chain>>;
  readonly versions: Readonly<Record<string, number>>;
  readonly mixed: number;
  readonly unlabelled: number;
  readonly twoServices: number;
  /** The longest time without a good answer to a short request. */
  readonly downtime: { readonly ms: number; readonly atMs: number };
  /** The same for each collection alone: one service may be away while the others answer. */
  readonly downtimeByResource: Readonly<Record<string, number>>;
}

const MOST_SAMPLES = 50;

/** Sums up the requests that were due between `fromMs` and `toMs`. */
export function reportOf(all: readonly LoadRecord[], fromMs: number, toMs: number): LoadReport {
  const records = all.filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs);
  const short = records.filter(({ lane }) => lane === 'short');
  const count = (kind: string) => records.filter(({ outcome }) => outcome.kind === kind).length;
  // What was answered in this stretch, whenever it was due, is what the clients saw.
  const answers = all.filter(({ lane }) => lane === 'short');
  const resources = [...new Set(short.map(({ resource }) => resource))].sort();
  return {
    fromMs,
    toMs,
    requests: records.length,
    posts: records.filter(({ method }) => method === 'POST').length,
    ok: count('ok'),
    non2xx: count('non-2xx'),
    transportErrors: count('transport'),
    wrongBodies: count('wrong-body'),
    shed: count('shed'),
    samples: records
      .filter((record) => !isOk(record))
      .slice(0, MOST_SAMPLES)
      .map(sampleOf),
    latency: latencyOf(short.filter(isOk).map(({ doneMs, dueMs }) => doneMs - dueMs)),
    lateness: latencyOf(short.map(({ sentMs, dueMs }) => sentMs - dueMs)),
    documents: latencyOf(
      records
        .filter((record) => record.lane === 'long' && isOk(record))
        .map(({ doneMs, sentMs }) => doneMs - sentMs),
    ),
    timeline: timelineOf(short),
    chains: chainsOf(records),
    ...crossingCounts(records),
    downtime: longestGap(answers, fromMs, toMs),
    downtimeByResource: Object.fromEntries(
      resources.map((resource) => {
        const own = answers.filter((record) => record.resource === resource);
        return [resource, longestGap(own, fromMs, toMs).ms];
      }),
    ),
  };
}

function sampleOf({ method, path, doneMs, outcome, crossed }: LoadRecord): Sample {
  return {
    atMs: Math.round(doneMs),
    kind: outcome.kind,
    request: `${method} ${path}`,
    detail: detailOf(outcome),
    crossed,
  };
}

function detailOf(outcome: LoadRecord['outcome']): string {
  switch (outcome.kind) {
    case 'ok':
      return String(outcome.status);
    case 'non-2xx':
    case 'wrong-body':
      return `${outcome.status} ${outcome.detail}`;
    case 'transport':
      return `${outcome.code}${outcome.reused ? ', on a connection that had served before' : ''}`;
    case 'shed':
      return 'too many requests in flight; not sent';
  }
}
