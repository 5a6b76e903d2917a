import { createHash } from 'node:crypto';
import { FactswayError } from '../../model/errors.ts';
import type { Files } from '../../ports/files.ts';
import { verifyChain } from './chain.ts';
import { readEntry, type AuditEntry } from './entry.ts';
import { EXPORT_FORMAT, manifestOf, signatureOf, type ExportManifest } from './export-audit.ts';
import { isSigned, ownPublicKey } from './sign.ts';
import { brokenAt } from './verify-audit.ts';

export type ExportReport = {
  readonly manifest: ExportManifest;
  /** With whose key it was compared: this instance's, a file's, or only the one in the manifest itself. */
  readonly key: 'instance' | 'file' | 'manifest';
};

/**
 * Whether an export is what was signed, whole and in order; without a database. Throws FW-AUDIT-EXPORT-INVALID and
 * FW-AUDIT-BROKEN. Reads only.
 */
export async function verifyExport(
  {
    directory,
    file,
    keyFile,
  }: {
    readonly directory: string;
    /** Both absolute. */
    readonly file: string;
    readonly keyFile: string | undefined;
  },
  files: Files,
): Promise<ExportReport> {
  const text = await files.readText(manifestOf(file));
  const signature = await files.readText(signatureOf(file));
  if (text === undefined || signature === undefined || !(await files.exists(file)))
    throw invalid(
      `${file} is not there with its manifest and signature`,
      `All three belong together: ${file}, ${manifestOf(file)}, ${signatureOf(file)}`,
    );
  const manifest = parse(text, file);
  const given = keyFile === undefined ? undefined : await files.readText(keyFile);
  if (keyFile !== undefined && given === undefined)
    throw invalid(`${keyFile} is not there`, 'Name the public key: --key FILE');
  const own = given === undefined ? await ownPublicKey(directory, files) : undefined;
  const key = given === undefined ? (own === undefined ? 'manifest' : 'instance') : 'file';
  if (!isSigned(text, signature.trim(), given ?? own ?? manifest.publicKey))
    throw invalid(
      'The manifest is not what was signed, or somebody else signed it',
      key === 'instance'
        ? 'Was it made by another installation? Then name its public key: factsway-install audit verify --file FILE --key PEM'
        : 'Export it again: factsway-install audit export --out FILE',
    );
  const hash = createHash('sha256');
  let bytes = 0;
  const entries = async function* (): AsyncGenerator<AuditEntry> {
    for await (const line of files.readLines(file)) {
      hash.update(`${line}\n`);
      bytes += Buffer.byteLength(line) + 1;
      yield readLine(line, file);
    }
  };
  const { before, last } = manifest;
  const { problem, rows } = await verifyChain(entries(), { before, end: last });
  if (problem) throw brokenAt(problem);
  if (
    hash.digest('hex') !== manifest.file.sha256 ||
    bytes !== manifest.file.bytes ||
    rows !== manifest.rows
  )
    throw invalid(
      `${file} is not the file that was signed`,
      'Fetch it again from where it is kept.',
    );
  return { manifest, key };
}

function parse(text: string, file: string): ExportManifest {
  try {
    const manifest = JSON.parse(text) as { readonly format?: unknown };
    if (manifest.format === EXPORT_FORMAT) return manifest as ExportManifest;
  } catch {
    // Said below.
  }
  throw invalid(
    `${manifestOf(file)} is no manifest of an export`,
    'Fetch it again from where it is kept.',
  );
}

function readLine(line: string, file: string): AuditEntry {
  try {
    return readEntry(JSON.parse(line));
  } catch {
    throw invalid(`${file} has a line that is no row`, 'Fetch it again from where it is kept.');
  }
}

const invalid = (what: string, hint: string): FactswayError =>
  new FactswayError('FW-AUDIT-EXPORT-INVALID', `${what}.`, hint);
