import type { AuditEntry } from '../flows/audit/entry.ts';
import type { ExportManifest } from '../flows/audit/export-audit.ts';
import type { ExportReport } from '../flows/audit/verify-export.ts';
import type { AuditReport } from '../flows/audit/verify-audit.ts';

/** One line per row: when, who, what, of what, in which request. */
export function formatEntries(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return 'No row of the audit log matches.';
  return entries
    .map((entry) => {
      const what =
        entry.resourceId === null ? entry.resource : `${entry.resource}/${entry.resourceId}`;
      const request = entry.requestId === null ? '' : `  request ${entry.requestId}`;
      const failed = entry.outcome === 'done' ? '' : ` (${entry.outcome})`;
      return `${entry.seq}  ${entry.at}  ${entry.actor ?? '-'}  ${entry.action}${failed}  ${what}  ${entry.service}${request}`;
    })
    .join('\n');
}

export function formatVerified({
  rows,
  firstSeq,
  lastSeq,
  hash,
  anchors,
  problem,
}: AuditReport): string {
  const span = rows === 0 ? 'no rows' : `rows ${firstSeq} to ${lastSeq}`;
  if (problem) return `As it was written: ${span}. Then it breaks.`;
  const kept = anchors === 0 ? '' : ` It agrees with ${anchors} earlier ends kept in state/.`;
  return `The audit log is as it was written: ${span}.${kept}\nIts end: ${lastSeq} ${hash}`;
}

export const formatExported = ({ rows, last }: ExportManifest, file: string): string =>
  `${rows} rows are in ${file}, up to row ${last.seq}; the manifest beside it is signed.\nCheck it anywhere: factsway-install audit verify --file ${file}`;

export function formatExportReport({ manifest, key }: ExportReport): string {
  const whose = {
    instance: 'the key of this installation',
    file: 'the key you named',
    manifest: 'the key in its own manifest; to know whose that is, name one with --key',
  }[key];
  return `The export is what was signed: ${manifest.rows} rows of ${manifest.host}, up to row ${manifest.last.seq}. Signed with ${whose}.`;
}
