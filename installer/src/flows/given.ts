import { join, resolve } from 'node:path';
import { alertSecrets } from '../catalog/alert-secrets.ts';
import type { Given } from '../catalog/catalog.ts';
import { S3_AUTHORITY } from '../catalog/components/backup.ts';
import { AUTHORITY_FILE, externalPostgres } from '../catalog/database-access.ts';
import { parseImageLock } from '../config/image-lock.ts';
import type { Manifest } from '../model/bundle.ts';
import type { InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import { LOCK_FILE, type ImageLock } from '../model/image-lock.ts';
import { shellWord } from '../model/shell.ts';
import type { Files } from '../ports/files.ts';
import { OVERRIDE_FILE } from '../render/compose/render-compose.ts';
import { sha256 } from '../render/digest.ts';
import { nextGeneration, readDataVolume } from './data-volume.ts';
import { readJson } from './read-json.ts';
import { instancePaths } from './paths.ts';

const BACKUP_AUTHORITY = `config/${S3_AUTHORITY.directory}/ca.crt`;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END/;

/**
 * The texts of the files that the configuration names, and what a person should know about them. Throws FW-DB-CA-FILE
 * and FW-IMAGE-LOCK-INVALID. Reads only.
 */
export async function readGiven(
  config: InstanceConfig,
  directory: string,
  files: Files,
): Promise<Given> {
  const caFile = externalPostgres(config)?.tls.caFile;
  const imageLock = await readImageLock(directory, files);
  const authority =
    caFile === undefined ? undefined : await readAuthority(directory, caFile, files);
  // One that cannot be read is nothing to stop for here: Compose will say what is wrong with it.
  const override = instancePaths(directory).file(OVERRIDE_FILE);
  const overrideText = await files.readText(override).catch(() => undefined);
  const overrideMode = (await files.stat(override).catch(() => undefined))?.mode;
  return {
    directory,
    ...authority,
    ...(await readBackupAuthority(config, directory, files)),
    ...(await readDataGeneration(directory, files)),
    ...(overrideText === undefined ? {} : { overrideText }),
    ...(overrideMode === undefined ? {} : { overrideMode }),
    ...(imageLock === undefined ? {} : { imageLock }),
    ...(await findAlertSecrets(config, directory, files)),
  };
}

/** The authority of an S3 service of the customer's own: that of the file, or, where that is gone, the copy of it. */
async function readBackupAuthority(
  { backup }: InstanceConfig,
  directory: string,
  files: Files,
): Promise<Given> {
  const caFile = backup.mode === 'on' ? backup.s3?.caFile : undefined;
  if (caFile === undefined) return {};
  const path = resolve(directory, caFile);
  const text = await files.readText(path).catch(() => undefined);
  if (text !== undefined && CERTIFICATE.test(text)) return { backupAuthority: text };
  const copy = text === undefined ? await readCopy(BACKUP_AUTHORITY, directory, files) : undefined;
  if (copy !== undefined)
    return {
      backupAuthority: copy,
      warnings: [
        `backup.s3.caFile: ${path} is gone. Its copy in ${BACKUP_AUTHORITY} goes on being used.`,
      ],
    };
  throw new FactswayError(
    'FW-BACKUP-CA-FILE',
    `backup.s3.caFile: ${path} ${text === undefined ? 'does not exist or cannot be read by this user' : 'holds no certificate in PEM'}.`,
    `Look at it: openssl x509 -in ${shellWord(path)} -noout -subject   It is the authority that signed the certificate of your S3 service.`,
  );
}

async function readDataGeneration(
  directory: string,
  files: Files,
): Promise<Pick<Given, 'dataGeneration' | 'nextGeneration'>> {
  const record = await readDataVolume(directory, files);
  return record === undefined
    ? {}
    : { dataGeneration: record.generation, nextGeneration: nextGeneration(record) };
}

async function findAlertSecrets(
  config: InstanceConfig,
  directory: string,
  files: Files,
): Promise<Pick<Given, 'alertSecretFiles'>> {
  const found = await Promise.all(
    alertSecrets(config).map(async (name) => {
      const status = await files.stat(instancePaths(directory).secret(name)).catch(() => undefined);
      return status ? [[name, status.inode] as const] : [];
    }),
  );
  const inodes = found.flat();
  return inodes.length === 0 ? {} : { alertSecretFiles: Object.fromEntries(inodes) };
}

/** Undefined where nothing is locked. Throws FW-IMAGE-LOCK-INVALID. */
export async function readImageLock(
  directory: string,
  files: Files,
): Promise<ImageLock | undefined> {
  const text = await files.readText(join(directory, LOCK_FILE));
  return text === undefined ? undefined : parseImageLock(text);
}

/** The authority of the customer's PostgreSQL: that of the file, or, where that is gone, the copy rendered from it. */
async function readAuthority(directory: string, caFile: string, files: Files): Promise<Given> {
  const path = resolve(directory, caFile);
  const text = await files.readText(path).catch(() => undefined);
  if (text !== undefined && CERTIFICATE.test(text)) return { postgresAuthority: text };
  const copy = text === undefined ? await readCopy(AUTHORITY_FILE, directory, files) : undefined;
  if (copy !== undefined)
    return {
      postgresAuthority: copy,
      // A stick that was taken out is no reason to refuse every command; what is in use is what was agreed to.
      warnings: [
        `postgres.external.tls.caFile: ${path} is gone. Its copy in ${AUTHORITY_FILE} goes on being used.`,
      ],
    };
  throw new FactswayError(
    'FW-DB-CA-FILE',
    `postgres.external.tls.caFile: ${path} ${text === undefined ? 'does not exist or cannot be read by this user' : 'holds no certificate in PEM'}.`,
    `Look at it: openssl x509 -in ${shellWord(path)} -noout -subject   It is the authority that signed the certificate of your PostgreSQL, not that certificate itself.`,
  );
}

/** Undefined where there is none, or one that is not what was rendered: an edit by hand is nothing to go by. */
async function readCopy(
  file: string,
  directory: string,
  files: Files,
): Promise<string | undefined> {
  const paths = instancePaths(directory);
  const [text, manifest] = await Promise.all([
    files.readText(paths.file(file)).catch(() => undefined),
    readJson<Manifest>(paths.manifest, files),
  ]);
  return text !== undefined && manifest?.files[file] === sha256(text) ? text : undefined;
}
