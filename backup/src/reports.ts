import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeDurably } from './history.ts';
import { STATE } from './paths.ts';

const REPORTS = `${STATE}/reports`;

export interface SignedReport {
  readonly reportFile: string;
  /** Ed25519 over the bytes of the file, base64. */
  readonly signature: string;
  /** The other half of the key, PEM. */
  readonly publicKey: string;
}

function privateKeyPem(file: string): string {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeDurably(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  return readFileSync(file, 'utf8');
}

/** Writes ID.json and ID.sig, which `openssl pkeyutl -verify` accepts with the public key. */
export function writeReport(
  id: string,
  report: object,
  directory = REPORTS,
  keyFile = `${STATE}/drill-key.pem`,
): SignedReport {
  const key = createPrivateKey(privateKeyPem(keyFile));
  const text = `${JSON.stringify(report, null, 2)}\n`;
  const signature = sign(null, Buffer.from(text), key).toString('base64');
  const reportFile = `${directory}/${id}.json`;
  writeDurably(reportFile, text);
  writeDurably(`${directory}/${id}.sig`, `${signature}\n`);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  return { reportFile, signature, publicKey };
}

export function isGenuine(text: string, signature: string, publicKey: string): boolean {
  return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
