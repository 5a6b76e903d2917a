import { createDecipheriv, createHash } from 'node:crypto';

const MAGIC = Buffer.from('Salted__');

/**
 * Decrypts what pgBackRest encrypted with the passphrase of the repository itself: the format of
 * `openssl enc -aes-256-cbc -md sha1`. Its own repo-get does this only with the passphrase among its
 * arguments, where every process list would show it.
 *
 * @returns null when the passphrase does not fit or the file is no such file
 */
export function decrypt(file: Buffer, passphrase: string): Buffer | null {
  if (!file.subarray(0, 8).equals(MAGIC)) return null;
  const salt = file.subarray(8, 16);
  let material = Buffer.alloc(0);
  let block = Buffer.alloc(0);
  while (material.length < 48) {
    block = createHash('sha1')
      .update(Buffer.concat([block, Buffer.from(passphrase), salt]))
      .digest();
    material = Buffer.concat([material, block]);
  }
  const decipher = createDecipheriv(
    'aes-256-cbc',
    material.subarray(0, 32),
    material.subarray(32, 48),
  );
  try {
    return Buffer.concat([decipher.update(file.subarray(16)), decipher.final()]);
  } catch {
    return null;
  }
}

/** Is this pgBackRest's backup.info or archive.info, and does the passphrase open it? */
export function opensInfo(file: Buffer, passphrase: string): boolean {
  return decrypt(file, passphrase)?.subarray(0, 10).toString() === '[backrest]';
}

/** What a person may compare: the same for the same key, and no way back to it. */
export function keyFingerprint(passphrase: string): string {
  return createHash('sha256')
    .update(`factsway-backup-key:${passphrase}`)
    .digest('hex')
    .slice(0, 16);
}
