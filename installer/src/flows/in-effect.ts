import { isDeepStrictEqual } from 'node:util';
import { buildCatalog, type Catalog } from '../catalog/catalog.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { RenderedTexts } from '../model/bundle.ts';
import type { InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import type { Files } from '../ports/files.ts';
import { readGiven } from './given.ts';
import { instancePaths, type InstancePaths } from './paths.ts';
import { readJson } from './read-json.ts';
import { CONFIG_FILE, requireConfig, requireInstance } from './resolve-config.ts';

/** How factsway.yaml as it is now stands to what the platform was made from. */
export type Pending = 'none' | 'changed' | 'invalid';

export type InEffect = { readonly config: InstanceConfig; readonly pending: Pending };

/**
 * What the platform was made from last. A command that looks at what runs or stops it needs that: factsway.yaml may be
 * in the middle of an edit, with another project, other ports or a mistake in it. Before anything was rendered it is
 * factsway.yaml itself. Throws FW-NO-INSTANCE and, only then, FW-CONFIG-INVALID. Reads only.
 */
export async function configInEffect(directory: string, files: Files): Promise<InEffect> {
  await requireInstance(directory, files);
  const rendered = await renderedConfig(instancePaths(directory), files);
  if (rendered === undefined)
    return { config: await requireConfig(directory, files), pending: 'none' };
  try {
    const now = await requireConfig(directory, files);
    return { config: rendered, pending: isDeepStrictEqual(now, rendered) ? 'none' : 'changed' };
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    return { config: rendered, pending: 'invalid' };
  }
}

/** The same with everything it means. Reads only. */
export async function catalogInEffect(
  directory: string,
  files: Files,
): Promise<InEffect & { readonly catalog: Catalog }> {
  const found = await configInEffect(directory, files);
  const given = await readGiven(found.config, directory, files);
  return { ...found, catalog: buildCatalog(found.config, undefined, undefined, given) };
}

/** The configuration of the last rendering, where there was one that this installer understands. */
export async function renderedConfig(
  paths: InstancePaths,
  files: Files,
): Promise<InstanceConfig | undefined> {
  const texts = await readJson<RenderedTexts>(paths.rendered, files);
  if (!texts) return undefined;
  try {
    return parseConfig(texts.config, CONFIG_FILE).config;
  } catch (error) {
    // Written by an installer that allowed what this one does not: then nothing is known about it.
    if (error instanceof FactswayError) return undefined;
    throw error;
  }
}
