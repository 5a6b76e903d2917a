import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { tlsFiles } from '../../../catalog/tls-files.ts';
import { FactswayError, type ErrorCode } from '../../../model/errors.ts';
import { shellWord } from '../../../model/shell.ts';
import type { Files } from '../../../ports/files.ts';
import type { Certificate, TlsFacts } from '../../facts-preflight.ts';
import type { PreflightView } from './view.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
/** Bits of the curves certificates are made with, by OpenSSL's name. */
const CURVES: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp256k1: 256,
  secp384r1: 384,
  secp521r1: 521,
  secp224r1: 224,
  prime192v1: 192,
};

/** Certificate and key of the customer, read and taken apart. Throws FW-TLS-FILE where that cannot be done. */
export async function collectTls(view: PreflightView): Promise<TlsFacts> {
  const written = tlsFiles(view.catalog);
  if (!written) throw fileError('edge.tls', 'names no certificate');
  const named = {
    certificate: resolve(view.directory, written.certificate),
    key: resolve(view.directory, written.key),
  };
  const { files } = view.ports;
  const [certificates, key] = [
    readCertificates(named.certificate, await readFile(named.certificate, files)),
    readKey(named.key, await readFile(named.key, files)),
  ];
  const [own] = certificates;
  const last = certificates.at(-1);
  const status = await files.stat(named.key);
  return {
    certificateFile: named.certificate,
    keyFile: named.key,
    chain: certificates.map((one, index) => describe(one, certificates[index + 1])),
    keyMatches: own?.checkPrivateKey(key) ?? false,
    keyMode: status?.mode ?? 0,
    endsAtKnownRoot: last !== undefined && isKnown(last),
  };
}

async function readFile(path: string, files: Files): Promise<string> {
  const text = await files.readText(path).catch(() => undefined);
  if (text === undefined) throw fileError(path, 'does not exist or cannot be read by this user');
  return text;
}

function readCertificates(path: string, text: string): X509Certificate[] {
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length === 0) throw fileError(path, 'holds no certificate in PEM');
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    throw fileError(path, 'holds a certificate that cannot be read');
  }
}

function readKey(path: string, text: string): KeyObject {
  if (/-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text))
    throw fileError(
      path,
      'is a key with a passphrase, which nobody could type at a restart',
      'FW-TLS-KEY-ENCRYPTED',
    );
  try {
    return createPrivateKey(text);
  } catch {
    throw fileError(path, 'holds no private key in PEM');
  }
}

const fileError = (path: string, problem: string, code: ErrorCode = 'FW-TLS-FILE'): FactswayError =>
  new FactswayError(
    code,
    `${path} ${problem}.`,
    `Look at it: ls -l ${shellWord(path)}   openssl x509 -in ${shellWord(path)} -noout -subject   for a key: openssl pkey -in ${shellWord(path)} -noout`,
  );

function describe(one: X509Certificate, next: X509Certificate | undefined): Certificate {
  const { asymmetricKeyType: type = '', asymmetricKeyDetails: details } = one.publicKey;
  return {
    subject: shortName(one.subject),
    issuer: shortName(one.issuer),
    names: (one.subjectAltName ?? '')
      .split(', ')
      .flatMap((entry) => (entry.startsWith('DNS:') ? [entry.slice(4)] : [])),
    notBeforeMs: Date.parse(one.validFrom),
    notAfterMs: Date.parse(one.validTo),
    key: {
      type,
      bits: details?.modulusLength ?? CURVES[details?.namedCurve ?? ''],
    },
    selfSigned: signed(one, one),
    signedByNext: next === undefined ? undefined : signed(one, next),
  };
}

const signed = (one: X509Certificate, by: X509Certificate): boolean =>
  one.checkIssued(by) && one.verify(by.publicKey);

const isKnown = (one: X509Certificate): boolean =>
  rootCertificates.some((pem) => {
    const root = new X509Certificate(pem);
    return root.fingerprint256 === one.fingerprint256 || signed(one, root);
  });

/** `CN=…` where there is one: the whole name has a line per part. */
const shortName = (name: string): string =>
  name
    .split('\n')
    .find((line) => line.startsWith('CN='))
    ?.slice(3) ?? name.replaceAll('\n', ', ');
