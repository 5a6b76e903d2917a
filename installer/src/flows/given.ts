import { join, resolve } from 'node:path';
import type { Given } from '../catalog/catalog.ts';
import { externalPostgres } from '../catalog/database-access.ts';
import { parseImageLock } from '../config/image-lock.ts';
import type { InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import { LOCK_FILE, type ImageLock } from '../model/image-lock.ts';
import { shellWord } from '../model/shell.ts';
import type { Files } from '../ports/files.ts';

/** The texts of the files that the configuration names. Throws FW-DB-CA-FILE and FW-IMAGE-LOCK-INVALID. Reads only. */
export async function readGiven(
  config: InstanceConfig,
  directory: string,
  files: Files,
): Promise<Given> {
  const caFile = externalPostgres(config)?.tls.caFile;
  const imageLock = await readImageLock(directory, files);
  return {
    ...(caFile === undefined
      ? {}
      : { postgresAuthority: await readAuthority(resolve(directory, caFile), files) }),
    ...(imageLock === undefined ? {} : { imageLock }),
  };
}

/** Undefined where nothing is locked. Throws FW-IMAGE-LOCK-INVALID. */
export async function readImageLock(
  directory: string,
  files: Files,
): Promise<ImageLock | undefined> {
  const text = await files.readText(join(directory, LOCK_FILE));
  return text === undefined ? undefined : parseImageLock(text);
}

async function readAuthority(path: string, files: Files): Promise<string> {
  const text = await files.readText(path).catch(() => undefined);
  if (text !== undefined && /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END/.test(text))
    return text;
  throw new FactswayError(
    'FW-DB-CA-FILE',
    `postgres.external.tls.caFile: ${path} ${text === undefined ? 'does not exist or cannot be read by this user' : 'holds no certificate in PEM'}.`,
    `Look at it: openssl x509 -in ${shellWord(path)} -noout -subject   It is the authority that signed the certificate of your PostgreSQL, not that certificate itself.`,
  );
}
