import { FactswayError } from '../../model/errors.ts';
import type { Clock } from '../../ports/host.ts';
import { keepAnchor, readAnchors } from './anchors.ts';
import { auditOf, readEntries, readHead, type AuditHead, type AuditPorts } from './ask-audit.ts';
import { verifyChain, type ChainProblem, type ChainVerdict } from './chain.ts';
import { BEGINNING, type AuditEntry } from './entry.ts';

export type AuditReport = {
  readonly rows: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Of the last row that is as it was written; hex. */
  readonly hash: string;
  /** How many heads kept outside of the database it was compared with. */
  readonly anchors: number;
  readonly problem: ChainProblem | undefined;
};

/**
 * Recomputes the whole chain of an instance, and compares it with what was kept outside of the database. Where it is
 * sound, its end is kept as well. `accept` says why what was kept no longer holds, say since a backup was restored.
 * Throws what `auditOf` throws.
 */
export async function verifyAudit(
  { directory, accept }: { readonly directory: string; readonly accept?: string | undefined },
  ports: AuditPorts & { readonly clock: Clock },
): Promise<{ readonly report: AuditReport; readonly error?: FactswayError }> {
  const ask = await auditOf(directory, ports);
  const anchors =
    accept === undefined ? await readAnchors(directory, ports.files) : new Map<number, string>();
  const ends = await readHead(ask);
  const entries = readEntries(ask, ends.pruned.seq, ends.head.seq);
  const { rows, last, problem } = await judgeLog(entries, ends, anchors);
  const report: AuditReport = {
    rows,
    firstSeq: ends.pruned.seq + 1,
    lastSeq: last.seq,
    hash: last.hash,
    anchors: anchors.size,
    problem,
  };
  if (problem) return { report, error: brokenAt(problem) };
  const why = { because: 'verify', ...(accept === undefined ? {} : { accepted: accept }) };
  if (accept !== undefined || anchors.get(last.seq) === undefined)
    await keepAnchor(directory, last, why, ports);
  return { report };
}

/** The chain of a log between its two ends, against what was kept elsewhere. Throws what `entries` throws. */
export async function judgeLog(
  entries: AsyncIterable<AuditEntry>,
  { head, pruned, beyond }: AuditHead,
  anchors: ReadonlyMap<number, string>,
): Promise<ChainVerdict> {
  // What was removed at the end of its time can no longer be compared; where it ended can.
  const kept = new Map([...anchors].filter(([seq]) => seq > pruned.seq && seq > BEGINNING.seq));
  const removed = anchors.get(pruned.seq);
  if (removed !== undefined && removed !== pruned.hash)
    return { rows: 0, last: pruned, problem: { kind: 'rewritten', seq: pruned.seq } };
  const verdict = await verifyChain(entries, { before: pruned, end: head, anchors: kept });
  return verdict.problem || beyond === undefined
    ? verdict
    : { ...verdict, problem: { kind: 'inserted', seq: beyond } };
}

const SAID: Readonly<Record<ChainProblem['kind'], string>> = {
  deleted: 'is missing',
  edited: 'was edited',
  reordered: 'stands in the place of another',
  inserted: 'was put in later',
  unlinked: 'does not follow the row before it: one of the two was replaced',
  'cut-off': 'and all behind it are missing',
  'forged-head': 'is the last one, but the head of the chain says otherwise',
  rewritten: 'is another one than was kept outside of the database',
};

export const brokenAt = ({ kind, seq }: ChainProblem): FactswayError =>
  new FactswayError(
    'FW-AUDIT-BROKEN',
    `The audit log is not as it was written: row ${seq} ${SAID[kind]}.`,
    kind === 'cut-off' || kind === 'rewritten'
      ? 'Was a backup or a restore point put back? Then: factsway-install audit verify --accept "restored on …"   Else keep the database as it is, and read docs/runbooks/AuditChainBroken.md'
      : 'Keep the database as it is, and compare it with a backup: factsway-install backup list   Read docs/runbooks/AuditChainBroken.md',
    [`${kind} at row ${seq}`],
  );
