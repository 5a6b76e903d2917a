import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { Files } from '../../ports/files.ts';
import { instancePaths } from '../paths.ts';

export type Signed = {
  /** Ed25519 over the text, base64: what `openssl pkeyutl -verify -rawin` takes. */
  readonly signature: string;
  /** The other half of the key, PEM. */
  readonly publicKey: string;
};

/** Readable by its owner alone: who has it can sign in our name. */
const KEY_MODE = 0o600;

/** Signs with the key of this instance, which is made on first use and stays in state/. */
export async function signText(
  text: (publicKey: string) => string,
  directory: string,
  files: Files,
): Promise<Signed & { readonly text: string }> {
  const path = instancePaths(directory).auditKey;
  if (!(await files.exists(path))) {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await files.createExclusive(path, pem, KEY_MODE);
  }
  const key = createPrivateKey((await files.readText(path)) ?? '');
  const publicKey = publicHalf(key);
  const signed = text(publicKey);
  return {
    text: signed,
    signature: sign(null, Buffer.from(signed), key).toString('base64'),
    publicKey,
  };
}

/** The public key of this instance; undefined before it has signed anything. Reads only. */
export async function ownPublicKey(directory: string, files: Files): Promise<string | undefined> {
  const pem = await files.readText(instancePaths(directory).auditKey);
  return pem === undefined ? undefined : publicHalf(createPrivateKey(pem));
}

const publicHalf = (key: ReturnType<typeof createPrivateKey>): string =>
  createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();

/** Whether the text is what the owner of the key signed; a key or signature that is none is no. */
export function isSigned(text: string, signature: string, publicKey: string): boolean {
  try {
    return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
