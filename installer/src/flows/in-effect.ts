import { isDeepStrictEqual } from 'node:util';
import { buildCatalog, type Catalog } from '../catalog/catalog.ts';
import type { InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import type { Files } from '../ports/files.ts';
import { appliedConfig, lostConfig, renderedConfig } from './configuration-record.ts';
import { readGiven } from './given.ts';
import { instancePaths } from './paths.ts';
import { requireConfig } from './resolve-config.ts';
import { servingSlot } from './serving-slot.ts';

/**
 * How factsway.yaml as it is now stands to what the platform was made from: the same, changed, changed and rendered
 * without being applied, not to be used as it is, or gone.
 */
export type Pending = 'none' | 'changed' | 'rendered' | 'invalid' | 'missing';

export type InEffect = { readonly config: InstanceConfig; readonly pending: Pending };

/**
 * What the platform was last changed by. A command that looks at what runs or stops it needs that: factsway.yaml may
 * be in the middle of an edit, rendered but not applied, or gone. Where nobody recorded it, it is the last rendering,
 * and before that factsway.yaml itself. Throws FW-NO-INSTANCE, FW-CONFIG-MISSING where nothing tells what was in it,
 * and, only where nothing was ever rendered, FW-CONFIG-INVALID. Reads only.
 */
export async function configInEffect(directory: string, files: Files): Promise<InEffect> {
  const paths = instancePaths(directory);
  const rendered = await renderedConfig(paths, files);
  const applied = (await appliedConfig(paths, files)) ?? rendered;
  const isLost = (await lostConfig(directory, files)) !== undefined;
  if (applied && isLost) return { config: applied, pending: 'missing' };
  // Also where it is not there: that is refused, in the words of every other command.
  if (!applied || !(await files.exists(paths.config)))
    return { config: await requireConfig(directory, files), pending: 'none' };
  try {
    const now = await requireConfig(directory, files);
    const pending = isDeepStrictEqual(now, applied)
      ? 'none'
      : isDeepStrictEqual(now, rendered)
        ? 'rendered'
        : 'changed';
    return { config: applied, pending };
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    return { config: applied, pending: 'invalid' };
  }
}

/** The same with everything it means. Reads only. */
export async function catalogInEffect(
  directory: string,
  files: Files,
): Promise<InEffect & { readonly catalog: Catalog }> {
  const found = await configInEffect(directory, files);
  const given = await readGiven(found.config, directory, files);
  const slot = await servingSlot(directory, files);
  return { ...found, catalog: buildCatalog(found.config, [slot], undefined, given) };
}

/** For a command that goes on without factsway.yaml: what it goes by, and how to get the file back. Reads only. */
export async function noteOfLostConfig(
  directory: string,
  files: Files,
): Promise<string | undefined> {
  const lost = await lostConfig(directory, files);
  return lost && `${lost.message} This goes by what was applied last. ${lost.hint}`;
}
