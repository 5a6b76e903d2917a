import type { Files } from '../../ports/files.ts';
import { catalogInEffect } from '../in-effect.ts';
import { instancePaths } from '../paths.ts';
import { readJson } from '../read-json.ts';
import { stagedSecret } from '../staged-secret.ts';

export type ListedSecret = {
  readonly name: string;
  readonly purpose: string;
  /** Containers that read it, by component. */
  readonly readers: readonly string[];
  /** Who knows where it comes from: the installer made it, or a person put it there. */
  readonly origin: 'made' | 'given';
  readonly rotatable: boolean;
  /** ISO 8601; null where it is as it was made or given. */
  readonly rotatedAt: string | null;
  /** Whether a rotation was cut off and waits to be finished. */
  readonly halfway: boolean;
};

/** What secrets the platform has, without a value of any. Throws as `catalogInEffect` does. Reads only. */
export async function listSecrets(directory: string, files: Files): Promise<ListedSecret[]> {
  const { catalog } = await catalogInEffect(directory, files);
  const rotated = await readJson<Record<string, string>>(instancePaths(directory).rotations, files);
  return Promise.all(
    catalog.secrets.map(async ({ name, purpose, given }) => {
      const reading = catalog.workloads.filter(({ secrets }) => secrets.includes(name));
      return {
        name,
        purpose,
        readers: [...new Set(reading.map(({ component }) => component))],
        origin: given ? 'given' : 'made',
        rotatable: !given,
        rotatedAt: rotated?.[name] ?? null,
        halfway: (await stagedSecret(directory, name, files)) !== undefined,
      };
    }),
  );
}
