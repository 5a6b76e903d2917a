import { currentContext } from '../../shared-utils/src/request-context.ts';
import { isSince } from './version.ts';

/** The release whose migrations make the audit log; a build before it knows of none. */
export const AUDIT_SINCE = '1.1.0';
/** Column of the row's number in the answer of an audited statement. */
export const AUDIT_COLUMN = 'audit_seq';

export type AuditedAction = 'create' | 'update' | 'delete' | 'download';

/** Makes statements write their row of the audit log. */
export interface Audit {
  /**
   * @param statement `changes` returns the row it touched, with its `id`; `before` is a part of WITH that it refers to
   * @param taken how many parameters the statement has already; those of the log come after them
   * @returns one statement that changes and writes the log, or does neither; its rows have AUDIT_COLUMN besides
   */
  statement(
    statement: { readonly before?: string; readonly changes: string },
    resource: string,
    action: AuditedAction,
    taken: number,
  ): { readonly sql: string; readonly values: readonly unknown[] };
}

/**
 * The audit log as `service` writes it, or undefined for a release without one. Who asked, and in which request, is
 * taken from the request context, which lets only harmless identifiers in.
 */
export function createAudit(service: string, version: string): Audit | undefined {
  if (!isSince(AUDIT_SINCE, version)) return undefined;
  return {
    statement({ before, changes }, resource, action, taken) {
      const context = currentContext();
      const at = (index: number) => `$${taken + index}`;
      const call = `factsway.audit_append(${at(1)}, ${at(2)}, ${at(3)}, ${at(4)}, changed.id::text, ${at(5)}, ${at(6)}, 'done')`;
      return {
        sql: `WITH ${before === undefined ? '' : `${before}, `}changed AS (${changes})
    SELECT changed.*, ${call} AS ${AUDIT_COLUMN} FROM changed`,
        values: [
          service,
          context?.clientId ?? null,
          action,
          resource,
          context?.requestId ?? null,
          context?.traceId ?? null,
        ],
      };
    },
  };
}
