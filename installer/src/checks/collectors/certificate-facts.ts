import { createPrivateKey, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { CertificatePair, ProvidedCertificate } from '../../model/certificate.ts';
import type { Certificate, TlsFacts } from '../facts-preflight.ts';

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

export const certificatesOf = (chain: string): X509Certificate[] =>
  (chain.match(BLOCK) ?? []).map((block) => new X509Certificate(block));

/** A pair taken apart, for the analysers. */
export function certificateFacts(
  pair: CertificatePair,
  { certificateFile, keyFile, keyMode }: ProvidedCertificate,
): TlsFacts {
  const certificates = certificatesOf(pair.chain);
  const last = certificates.at(-1);
  const key = createPrivateKey(pair.key.reveal());
  return {
    certificateFile,
    keyFile,
    chain: certificates.map((one, index) => describe(one, certificates[index + 1])),
    keyOf: certificates.findIndex((one) => one.checkPrivateKey(key)),
    keyMode,
    endsAtKnownRoot: last !== undefined && isKnown(last),
  };
}

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
