import type { Files } from '../ports/files.ts';
import type { InstancePaths } from './paths.ts';
import { readJson } from './read-json.ts';

/** Where the database stood before the migrations of a release began that does not serve yet. */
export type SchemaBefore = {
  readonly version: string;
  /** The last migration applied. */
  readonly head: string;
};

/** Undefined where no migrations of that release have begun, or where it serves. */
export async function readSchemaBefore(
  version: string,
  { schemaBefore }: InstancePaths,
  files: Files,
): Promise<SchemaBefore | undefined> {
  const found = await readJson<SchemaBefore>(schemaBefore, files);
  return found?.version === version && typeof found.head === 'string' ? found : undefined;
}

export function writeSchemaBefore(
  before: SchemaBefore,
  { schemaBefore }: InstancePaths,
  files: Files,
): Promise<void> {
  return files.write(schemaBefore, `${JSON.stringify(before)}\n`, { mode: 0o644 });
}

/** Once a release serves, or is back where it was: from here on the way back is another one. */
export async function forgetSchemaBefore(
  { schemaBefore }: InstancePaths,
  files: Files,
): Promise<void> {
  await files.remove(schemaBefore);
}
