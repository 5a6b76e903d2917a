import { createHash } from 'node:crypto';

/** One row of factsway.audit_log. Times are UTC with microseconds, hashes hex. */
export type AuditEntry = {
  readonly seq: number;
  readonly at: string;
  readonly dbUser: string;
  readonly service: string;
  readonly actor: string | null;
  readonly action: string;
  readonly resource: string;
  readonly resourceId: string | null;
  readonly requestId: string | null;
  readonly traceId: string | null;
  readonly outcome: string;
  readonly previousHash: string;
  readonly hash: string;
};

/** The end of a chain, or the place before its first row. */
export type ChainEnd = { readonly seq: number; readonly hash: string };

/** Where a chain begins that lost nothing yet. */
export const BEGINNING: ChainEnd = { seq: 0, hash: '0'.repeat(64) };

/** The columns of a row as JSON, in the order of `readEntry`. */
export const ENTRY_AS_JSON = `json_build_array(a.seq, factsway.audit_time(a.at), a.db_user, a.service, a.actor, a.action,
  a.resource, a.resource_id, a.request_id, a.trace_id, a.outcome, encode(a.prev_hash, 'hex'), encode(a.hash, 'hex'))`;

/** Throws Error where it is no row of the log. */
export function readEntry(value: unknown): AuditEntry {
  const columns = Array.isArray(value) ? (value as unknown[]) : [];
  const text = (at: number): string => {
    const column = columns[at];
    if (typeof column !== 'string') throw new Error('not a row of the audit log');
    return column;
  };
  const optional = (at: number): string | null => (columns[at] === null ? null : text(at));
  const seq = columns[0];
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq))
    throw new Error('not a row of the audit log');
  return {
    seq,
    at: text(1),
    dbUser: text(2),
    service: text(3),
    actor: optional(4),
    action: text(5),
    resource: text(6),
    resourceId: optional(7),
    requestId: optional(8),
    traceId: optional(9),
    outcome: text(10),
    previousHash: text(11),
    hash: text(12),
  };
}

/** The other way round: one line of an export. */
export const writeEntry = (entry: AuditEntry): string =>
  JSON.stringify([
    entry.seq,
    entry.at,
    entry.dbUser,
    entry.service,
    entry.actor,
    entry.action,
    entry.resource,
    entry.resourceId,
    entry.requestId,
    entry.traceId,
    entry.outcome,
    entry.previousHash,
    entry.hash,
  ]);

/** The text that is hashed, as factsway.audit_text makes it: length in bytes, colon, UTF-8, comma; `~,` for none. */
export function entryText(entry: AuditEntry): string {
  const fields = [
    String(entry.seq),
    entry.at,
    entry.dbUser,
    entry.service,
    entry.actor,
    entry.action,
    entry.resource,
    entry.resourceId,
    entry.requestId,
    entry.traceId,
    entry.outcome,
  ];
  return fields
    .map((field) => (field === null ? '~,' : `${Buffer.byteLength(field)}:${field},`))
    .join('');
}

/** sha256 over the hash of the row before (32 bytes) and the text; hex. */
export function entryHash(entry: AuditEntry): string {
  const before = Buffer.from(entry.previousHash, 'hex');
  return createHash('sha256').update(before).update(entryText(entry), 'utf8').digest('hex');
}
