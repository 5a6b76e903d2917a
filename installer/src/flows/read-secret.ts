import type { Files } from '../ports/files.ts';
import { Secret } from '../model/secret.ts';

/** What a secret file holds, without the one line break it ends with; undefined where it is not there or empty. */
export async function readSecret(path: string, files: Files): Promise<Secret | undefined> {
  const value = (await files.readText(path))?.replace(/\n$/, '');
  return value === undefined || value === '' ? undefined : new Secret(value);
}
