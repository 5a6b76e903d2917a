import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Catalog } from '../../catalog/catalog.ts';
import { tlsFiles } from '../../catalog/tls-files.ts';
import type { CertificatePair, ProvidedCertificate } from '../../model/certificate.ts';
import { FactswayError, type ErrorCode } from '../../model/errors.ts';
import { Secret } from '../../model/secret.ts';
import { shellWord } from '../../model/shell.ts';
import { chainPath, idIn, keyPath, TLS_PLACES } from '../../model/tls-places.ts';
import type { Files } from '../../ports/files.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----[\s\S]+?-----END \1-----/;
const ENCRYPTED = /-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m;
/** A thousand times what a chain takes: whoever names a device or a log gets an answer all the same. */
const LARGEST = 4 * 1024 * 1024;

/**
 * The certificate of the customer: that of the files, or, where they cannot be used, the copy brought in earlier.
 * Throws nothing: what is wrong with the files is in `problem`. Undefined in every other mode of TLS.
 */
export async function collectCertificate(
  catalog: Catalog,
  directory: string,
  files: Files,
): Promise<ProvidedCertificate | undefined> {
  const written = tlsFiles(catalog);
  if (!written) return undefined;
  const certificateFile = resolve(directory, written.certificate);
  const keyFile = resolve(directory, written.key);
  const [certificate, key, imported, status] = await Promise.all([
    look(certificateFile, files, readChain),
    look(keyFile, files, readKey),
    readImported(directory, files),
    files.stat(keyFile).catch(() => undefined),
  ]);
  const problem = certificate.problem ?? key.problem;
  const found =
    certificate.text === undefined || key.text === undefined
      ? undefined
      : pairOf(certificate.text, key.text);
  return {
    pair: found ?? imported,
    imported: imported?.id,
    certificateFile,
    keyFile,
    keyMode: status?.mode ?? 0,
    absent: certificate.absent || key.absent,
    ...(problem ? { problem } : {}),
  };
}

export function pairOf(chain: string, key: string): CertificatePair {
  const id = createHash('sha256').update(`${chain}\0${key}`, 'utf8').digest('hex').slice(0, 16);
  return { id, chain, key: new Secret(key) };
}

/** The pair in use, if its files are still what they were when they were brought in. */
async function readImported(directory: string, files: Files): Promise<CertificatePair | undefined> {
  const read = (path: string) => files.readText(join(directory, path)).catch(() => undefined);
  const id = idIn((await read(TLS_PLACES.current)) ?? '');
  if (id === undefined) return undefined;
  const [chain, key] = await Promise.all([read(chainPath(id)), read(keyPath(id))]);
  if (chain === undefined || key === undefined) return undefined;
  const pair = pairOf(chain, key);
  return pair.id === id ? pair : undefined;
}

type Found = {
  readonly text?: string;
  readonly problem?: FactswayError;
  readonly absent: boolean;
};

async function look(
  path: string,
  files: Files,
  read: (path: string, text: string) => string,
): Promise<Found> {
  try {
    const status = await files.stat(path);
    if (status !== undefined && status.size > LARGEST)
      throw fileError(path, 'is far larger than any certificate');
    const text = await files.readText(path);
    if (text === undefined) return { problem: fileError(path, 'does not exist'), absent: true };
    return { text: read(path, text), absent: false };
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    const problem =
      error.code === 'FW-FILE-UNREADABLE'
        ? new FactswayError('FW-TLS-FILE', error.message, error.hint)
        : error;
    return { problem, absent: false };
  }
}

/** The certificates of a file and nothing else: a key that stands beside them must not come along. */
function readChain(path: string, text: string): string {
  const blocks = text.replaceAll('\r', '').match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw fileError(path, 'holds no certificate in PEM');
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch {
    throw fileError(path, 'holds a certificate that cannot be read');
  }
  return `${blocks.join('\n')}\n`;
}

function readKey(path: string, text: string): string {
  if (ENCRYPTED.test(text))
    throw fileError(
      path,
      'is a key with a passphrase, which nobody could type at a restart',
      'FW-TLS-KEY-ENCRYPTED',
      `Write it without one, where nobody else can read it: umask 077 && openssl pkey -in ${shellWord(path)} -out ${shellWord(path.replace(/(\.[a-z]+)?$/, '-plain.key'))}`,
    );
  const block = PRIVATE_KEY.exec(text.replaceAll('\r', ''))?.[0];
  if (block === undefined) throw fileError(path, 'holds no private key in PEM');
  try {
    createPrivateKey(block);
  } catch {
    throw fileError(path, 'holds a private key that cannot be read');
  }
  return `${block}\n`;
}

function fileError(
  path: string,
  problem: string,
  code: ErrorCode = 'FW-TLS-FILE',
  hint = `Look at it: ls -l ${shellWord(path)}   openssl x509 -in ${shellWord(path)} -noout -subject   for a key: openssl pkey -in ${shellWord(path)} -noout`,
): FactswayError {
  return new FactswayError(code, `${path} ${problem}.`, hint);
}
