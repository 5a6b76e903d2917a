import { entryHash, type AuditEntry, type ChainEnd } from './entry.ts';

/**
 * deleted: a row is not there; edited: its content is not what was hashed; reordered: two stand in each other's place;
 * inserted: a row was put in; unlinked: it or the row before it was replaced and hashed anew; cut-off: the end is
 * missing; forged-head: the head is not that of the last row; rewritten: another row than the one kept outside the
 * database.
 */
export type ChainProblemKind =
  | 'deleted'
  | 'edited'
  | 'reordered'
  | 'inserted'
  | 'unlinked'
  | 'cut-off'
  | 'forged-head'
  | 'rewritten';

export type ChainProblem = { readonly kind: ChainProblemKind; readonly seq: number };

export type ChainVerdict = {
  /** Rows that are as they were written, counted up to the first that is not. */
  readonly rows: number;
  readonly last: ChainEnd;
  readonly problem: ChainProblem | undefined;
};

export type ChainSpan = {
  /** What comes before the first row. */
  readonly before: ChainEnd;
  /** What the last row has to be; undefined where that is not known. */
  readonly end: ChainEnd | undefined;
  /** Hashes by number that were kept elsewhere. */
  readonly anchors?: ReadonlyMap<number, string>;
};

/** How far from its place a row is looked for, so that a moved one is not called edited. */
const NEAR = 1000;

/**
 * Goes through a chain, row by row as they come, and says where it first is not as it was written and in which way.
 * Holds two rows at a time.
 */
export async function verifyChain(
  entries: AsyncIterable<AuditEntry>,
  { before, end, anchors = new Map() }: ChainSpan,
): Promise<ChainVerdict> {
  let last = before;
  let rows = 0;
  let suspect: AuditEntry | undefined;
  for await (const entry of entries) {
    if (suspect) return { rows, last, problem: judge(suspect, entry, last) };
    if (!follows(entry, last)) {
      suspect = entry;
      continue;
    }
    const anchored = anchors.get(entry.seq);
    if (anchored !== undefined && anchored !== entry.hash)
      return { rows, last, problem: { kind: 'rewritten', seq: entry.seq } };
    rows += 1;
    last = { seq: entry.seq, hash: entry.hash };
  }
  if (suspect) return { rows, last, problem: judge(suspect, undefined, last) };
  return { rows, last, problem: judgeEnd(last, end, anchors) };
}

const follows = (entry: AuditEntry, last: ChainEnd): boolean =>
  entry.seq === last.seq + 1 && entry.previousHash === last.hash && entryHash(entry) === entry.hash;

function judge(entry: AuditEntry, next: AuditEntry | undefined, last: ChainEnd): ChainProblem {
  const expected = last.seq + 1;
  if (entry.seq !== expected) return { kind: 'deleted', seq: expected };
  if (entryHash(entry) === entry.hash) return { kind: 'unlinked', seq: expected };
  const written = writtenAs(entry);
  const nextWritten = next && writtenAs(next);
  // Everything behind a row that was put in, or taken out, bears another number than it was written with.
  if (written === undefined)
    return { kind: nextWritten === expected ? 'inserted' : 'edited', seq: expected };
  if (written < expected) return { kind: 'inserted', seq: written };
  const isBack = nextWritten !== undefined && nextWritten < written;
  return { kind: isBack ? 'reordered' : 'deleted', seq: expected };
}

/** The number that a row had when it was hashed, where that is another one and near. */
function writtenAs(entry: AuditEntry): number | undefined {
  for (let away = 1; away <= NEAR; away += 1)
    for (const seq of [entry.seq - away, entry.seq + away])
      if (entryHash({ ...entry, seq }) === entry.hash) return seq;
  return undefined;
}

function judgeEnd(
  last: ChainEnd,
  end: ChainEnd | undefined,
  anchors: ReadonlyMap<number, string>,
): ChainProblem | undefined {
  if (end && last.seq < end.seq) return { kind: 'cut-off', seq: last.seq + 1 };
  if (end && last.hash !== end.hash) return { kind: 'forged-head', seq: last.seq };
  const beyond = Math.max(last.seq, ...anchors.keys());
  return beyond > last.seq ? { kind: 'cut-off', seq: last.seq + 1 } : undefined;
}
