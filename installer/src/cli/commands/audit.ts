import { resolve } from 'node:path';
import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

const WHAT = ['verify', 'list', 'export'] as const;
const DEFAULT_LIMIT = 100;
const MOST = 10_000;

export const audit: Command = {
  name: 'audit',
  summary: 'who changed what: verify the log, search it, export it signed',
  description:
    'The audit log has one row for every entry that was created, changed or deleted and every document that was taken along, and nothing of what is in them. verify: recomputes the hash of every row and compares the end with those kept in state/; it ends with 3 and names the row where something was edited, deleted, reordered or put in. With --file it looks at an export instead, and needs no database. list: the newest rows that match. export: rows as lines of JSON, with a manifest that is signed with the key of this installation (state/audit-key.pem). Nothing in the database is changed by any of them.',
  group: 'look',
  files: [
    { path: 'state/audit-anchors.jsonl', what: 'ends of the log when it was found sound' },
    { path: 'state/audit-key.pem', what: 'the key that signs exports' },
  ],
  examples: [
    { command: 'factsway-install audit verify', does: 'recomputes the whole log' },
    {
      command: 'factsway-install audit list --resource cases --from 2026-11-01',
      does: 'what was done to cases since then',
    },
    {
      command: 'factsway-install audit export --from 2026-01-01 --to 2027-01-01 --out 2026.ndjson',
      does: 'a year, signed',
    },
    { command: 'factsway-install audit verify --file 2026.ndjson', does: 'checks that file' },
  ],
  argument: { name: 'what', description: 'verify, list or export', optional: false, values: WHAT },
  options: [
    { flags: '--from <time>', description: 'with list and export: not before this day or moment' },
    { flags: '--to <time>', description: 'with list and export: before this day or moment' },
    { flags: '--request <id>', description: 'with list: of this request' },
    { flags: '--resource <name>', description: 'with list: cases, or cases/ID' },
    { flags: '--actor <id>', description: 'with list: of this installation of the desktop app' },
    {
      flags: '--limit <rows>',
      description: `with list: at most so many (up to ${MOST})`,
      default: String(DEFAULT_LIMIT),
    },
    { flags: '--out <file>', description: 'with export: where to; it must not be there yet' },
    { flags: '--file <file>', description: 'with verify: an export instead of the database' },
    { flags: '--key <file>', description: 'with verify --file: the public key it is signed with' },
    {
      flags: '--accept <reason>',
      description:
        'with verify: the log is another one than before for a good reason, say a backup was restored',
    },
  ],
  changes: false,
  exitCodes: { 3: 'the log or the export is not as it was written' },
  async run(input, ports) {
    if (input.argument === 'verify')
      return typeof input.options['file'] === 'string'
        ? verifyFile(input.options['file'], input, ports)
        : verify(input, ports);
    if (input.argument === 'list') return list(input, ports);
    if (input.argument === 'export') return exportRows(input, ports);
    throw new FactswayError(
      'FW-USAGE',
      `There is no "audit ${input.argument ?? ''}".`,
      `Use: factsway-install audit ${WHAT.join(', ')}`,
    );
  },
};

const text = ({ options }: CommandInput, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

async function verify(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ verifyAudit }, { formatVerified }] = await Promise.all([
    import('../../flows/audit/verify-audit.ts'),
    import('../format-audit.ts'),
  ]);
  const request = { directory: input.directory, accept: text(input, 'accept') };
  const { report, error } = await verifyAudit(request, ports);
  return { result: report, text: formatVerified(report), ...(error ? { error } : {}) };
}

async function verifyFile(
  file: string,
  input: CommandInput,
  { files }: Ports,
): Promise<CommandResult> {
  const [{ verifyExport }, { formatExportReport }] = await Promise.all([
    import('../../flows/audit/verify-export.ts'),
    import('../format-audit.ts'),
  ]);
  const key = text(input, 'key');
  const keyFile = key === undefined ? undefined : resolve(key);
  const { directory } = input;
  const report = await verifyExport({ directory, file: resolve(file), keyFile }, files);
  return { result: report, text: formatExportReport(report) };
}

async function list(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ listAudit }, { formatEntries }] = await Promise.all([
    import('../../flows/audit/list-audit.ts'),
    import('../format-audit.ts'),
  ]);
  const limit = Number(text(input, 'limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw new FactswayError(
      'FW-USAGE',
      `--limit takes a whole number from 1 to ${MOST}.`,
      'For more rows: factsway-install audit export --out FILE',
    );
  const filter = {
    from: text(input, 'from'),
    to: text(input, 'to'),
    request: text(input, 'request'),
    resource: text(input, 'resource'),
    actor: text(input, 'actor'),
  };
  const entries = await listAudit(input.directory, filter, limit, ports);
  return { result: { entries }, text: '', verbatim: formatEntries(entries) };
}

async function exportRows(input: CommandInput, ports: Ports): Promise<CommandResult> {
  const [{ exportAudit }, { formatExported }] = await Promise.all([
    import('../../flows/audit/export-audit.ts'),
    import('../format-audit.ts'),
  ]);
  const out = text(input, 'out');
  if (out === undefined)
    throw new FactswayError(
      'FW-USAGE',
      'audit export needs to be told where to write.',
      'For example: factsway-install audit export --out audit.ndjson',
    );
  const request = {
    directory: input.directory,
    file: resolve(out),
    from: text(input, 'from'),
    to: text(input, 'to'),
  };
  const manifest = await exportAudit(request, ports);
  return { result: manifest, text: formatExported(manifest, out) };
}
