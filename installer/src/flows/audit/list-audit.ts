import { FactswayError } from '../../model/errors.ts';
import { literal } from '../ask-superuser.ts';
import { auditOf, readHead, type AuditPorts } from './ask-audit.ts';
import { ENTRY_AS_JSON, readEntry, type AuditEntry } from './entry.ts';

export type AuditFilter = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly request?: string | undefined;
  readonly resource?: string | undefined;
  readonly actor?: string | undefined;
};

/** The newest rows that match, oldest first, at most `limit`. Throws what `auditOf` throws, and FW-USAGE. Reads only. */
export async function listAudit(
  directory: string,
  filter: AuditFilter,
  limit: number,
  ports: AuditPorts,
): Promise<readonly AuditEntry[]> {
  const where = whereOf(filter);
  const ask = await auditOf(directory, ports);
  const { head } = await readHead(ask);
  const said = await ask(`(SELECT coalesce(json_agg(${ENTRY_AS_JSON} ORDER BY a.seq), '[]') FROM (
    SELECT * FROM factsway.audit_log a WHERE a.seq <= ${head.seq} AND ${where}
    ORDER BY a.seq DESC LIMIT ${limit}) a)`);
  return (said as unknown[]).map(readEntry);
}

/** SQL about `a`, with nothing but literals of what a person typed. Throws FW-USAGE. */
export function whereOf({ from, to, request, resource, actor }: AuditFilter): string {
  const parts = ['true'];
  if (from !== undefined) parts.push(`a.at >= ${literal(moment('--from', from))}::timestamptz`);
  if (to !== undefined) parts.push(`a.at < ${literal(moment('--to', to))}::timestamptz`);
  if (request !== undefined) parts.push(`a.request_id = ${text('--request', request)}`);
  if (actor !== undefined) parts.push(`a.actor = ${text('--actor', actor)}`);
  if (resource !== undefined) {
    const [kind = '', id] = resource.split('/', 2);
    parts.push(`a.resource = ${text('--resource', kind)}`);
    if (id !== undefined) parts.push(`a.resource_id = ${text('--resource', id)}`);
  }
  return parts.join(' AND ');
}

/** A moment as PostgreSQL and everybody else understands it; a day is its beginning in UTC. Throws FW-USAGE. */
export function moment(option: string, typed: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(typed)
    ? Date.parse(typed.includes('T') && !/(Z|[+-]\d{2}:\d{2})$/.test(typed) ? `${typed}Z` : typed)
    : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new FactswayError(
    'FW-USAGE',
    `"${typed}" is no time that ${option} takes.`,
    `Type a day or a moment, for example: ${option} 2026-11-24 or ${option} 2026-11-24T08:00:00Z`,
  );
}

/** What is no identifier of the log can be in no row; so nothing else ever gets into a statement. Throws FW-USAGE. */
function text(option: string, typed: string): string {
  if (/^[\w.:-]{1,128}$/.test(typed)) return literal(typed);
  throw new FactswayError(
    'FW-USAGE',
    `"${typed}" is nothing that ${option} can find.`,
    'Identifiers have letters, digits and . : _ - in them. See what there is: factsway-install audit list',
  );
}
