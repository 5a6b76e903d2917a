import { createHash } from 'node:crypto';
import { FactswayError } from '../../model/errors.ts';
import type { Clock, Host } from '../../ports/host.ts';
import { keepAnchor, readAnchors } from './anchors.ts';
import { auditOf, readEntries, readHead, type AuditPorts, type AskAudit } from './ask-audit.ts';
import { writeEntry, type AuditEntry, type ChainEnd } from './entry.ts';
import { moment } from './list-audit.ts';
import { signText } from './sign.ts';
import { brokenAt, judgeLog } from './verify-audit.ts';

export const EXPORT_FORMAT = 'factsway-audit/1';
/** Lines that are kept before they are written: some 300 KiB. */
const LINES = 1000;

/** What is signed: OUT.manifest.json. */
export type ExportManifest = {
  readonly format: typeof EXPORT_FORMAT;
  readonly host: string;
  readonly exportedAt: string;
  /** What was asked for; null for no bound. */
  readonly from: string | null;
  readonly to: string | null;
  readonly rows: number;
  readonly before: ChainEnd;
  readonly last: ChainEnd;
  readonly file: { readonly bytes: number; readonly sha256: string };
  readonly publicKey: string;
};

export const manifestOf = (file: string): string => `${file}.manifest.json`;
export const signatureOf = (file: string): string => `${file}.manifest.sig`;

/**
 * Writes the rows of a time as lines of JSON, with a signed manifest beside them; the whole chain is verified on the
 * way. The file has its name once it is whole and signed. Throws FW-AUDIT-EXPORT-EXISTS, FW-AUDIT-BROKEN, FW-USAGE, and
 * what `auditOf` throws.
 */
export async function exportAudit(
  request: {
    readonly directory: string;
    /** Absolute. */
    readonly file: string;
    readonly from: string | undefined;
    readonly to: string | undefined;
  },
  ports: AuditPorts & { readonly clock: Clock; readonly host: Pick<Host, 'hostname'> },
): Promise<ExportManifest> {
  const { directory, file } = request;
  const { files, clock, host } = ports;
  const from = request.from === undefined ? undefined : moment('--from', request.from);
  const to = request.to === undefined ? undefined : moment('--to', request.to);
  for (const path of [file, manifestOf(file), signatureOf(file)])
    if (await files.exists(path))
      throw new FactswayError(
        'FW-AUDIT-EXPORT-EXISTS',
        `${path} is there already.`,
        'Name another file: factsway-install audit export --out FILE',
      );
  const ask = await auditOf(directory, ports);
  const ends = await readHead(ask);
  const beside = `${file}.factsway-new`;
  await files.remove(beside);
  const sink = sinkTo((text) => files.append(beside, text));
  const span = await spanOf(ask, from, to);
  try {
    let before = ends.pruned;
    const passing = async function* (): AsyncGenerator<AuditEntry> {
      for await (const entry of readEntries(ask, ends.pruned.seq, ends.head.seq)) {
        if (entry.seq < span.first) before = { seq: entry.seq, hash: entry.hash };
        else if (entry.seq <= span.last) await sink.add(entry);
        yield entry;
      }
    };
    const verdict = await judgeLog(passing(), ends, await readAnchors(directory, files));
    if (verdict.problem) throw brokenAt(verdict.problem);
    const written = await sink.end();
    const signed = await signText(
      (publicKey) =>
        `${JSON.stringify(
          {
            format: EXPORT_FORMAT,
            host: host.hostname(),
            exportedAt: clock.now().toISOString(),
            from: from ?? null,
            to: to ?? null,
            rows: written.rows,
            before,
            last: written.last ?? before,
            file: { bytes: written.bytes, sha256: written.sha256 },
            publicKey,
          } satisfies ExportManifest,
          null,
          2,
        )}\n`,
      directory,
      files,
    );
    await files.write(manifestOf(file), signed.text, { mode: 0o600 });
    await files.write(signatureOf(file), `${signed.signature}\n`, { mode: 0o600 });
    await files.rename(beside, file);
    await keepAnchor(directory, verdict.last, { because: 'export' }, ports);
    return JSON.parse(signed.text) as ExportManifest;
  } catch (error) {
    // Nothing that looks like an export is left; why it failed is the news.
    for (const path of [beside, manifestOf(file), signatureOf(file)])
      await files.remove(path).catch(() => undefined);
    throw error;
  }
}

/** Numbers of the rows of a time. By number and not by time of each: the clock of a server may have gone back. */
async function spanOf(
  ask: AskAudit,
  from: string | undefined,
  to: string | undefined,
): Promise<{ readonly first: number; readonly last: number }> {
  const bound = async (what: string): Promise<number | null> =>
    (await ask(`(SELECT to_json(${what}))`)) as number | null;
  const all = Number.MAX_SAFE_INTEGER;
  const first =
    from === undefined
      ? 0
      : await bound(`(SELECT min(seq) FROM factsway.audit_log WHERE at >= '${from}')`);
  const last =
    to === undefined
      ? all
      : await bound(`(SELECT max(seq) FROM factsway.audit_log WHERE at < '${to}')`);
  return { first: first ?? all, last: last ?? 0 };
}

/** Gathers lines and writes them many at a time; what it holds does not grow with the log. */
function sinkTo(write: (text: string) => Promise<void>) {
  const hash = createHash('sha256');
  let lines: string[] = [];
  let [rows, bytes] = [0, 0];
  let last: ChainEnd | undefined;
  const flush = async (): Promise<void> => {
    const text = lines.join('');
    lines = [];
    hash.update(text);
    bytes += Buffer.byteLength(text);
    await write(text);
  };
  return {
    async add(entry: AuditEntry): Promise<void> {
      lines.push(`${writeEntry(entry)}\n`);
      rows += 1;
      last = { seq: entry.seq, hash: entry.hash };
      if (lines.length >= LINES) await flush();
    },
    async end() {
      await flush();
      return { rows, bytes, last, sha256: hash.digest('hex') };
    },
  };
}
