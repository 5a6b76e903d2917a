import { parseConfig } from '../config/parse-config.ts';
import type { RenderedTexts } from '../model/bundle.ts';
import type { InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import type { Made } from '../model/footprint.ts';
import { shellWord } from '../model/shell.ts';
import type { Files } from '../ports/files.ts';
import { CONFIG_FILE, instancePaths, type InstancePaths } from './paths.ts';
import { readJson } from './read-json.ts';

/**
 * state/in-effect.yaml: factsway.yaml as it was when containers were last changed by it, kept as the text it is so
 * that a person can copy it back. Rendering alone does not write it. Nothing is written where it says that already.
 */
export async function recordInEffect(
  text: string,
  paths: InstancePaths,
  files: Files,
): Promise<void> {
  if (await isRecorded(text, paths, files)) return;
  await files.write(paths.inEffect, text, { mode: 0o644 });
}

export async function isRecorded(
  text: string,
  paths: InstancePaths,
  files: Files,
): Promise<boolean> {
  return (await files.readText(paths.inEffect)) === text;
}

/** What the platform was last changed by; undefined for an instance made before that was recorded. */
export async function appliedConfig(
  paths: InstancePaths,
  files: Files,
): Promise<InstanceConfig | undefined> {
  const text = await files.readText(paths.inEffect);
  return text === undefined ? undefined : understood(text);
}

/** The configuration of the last rendering, where there was one that this installer understands. */
export async function renderedConfig(
  paths: InstancePaths,
  files: Files,
): Promise<InstanceConfig | undefined> {
  const texts = await readJson<RenderedTexts>(paths.rendered, files);
  return texts && understood(texts.config);
}

function understood(text: string): InstanceConfig | undefined {
  try {
    return parseConfig(text, CONFIG_FILE).config;
  } catch (error) {
    // Written by an installer that allowed what this one does not: then nothing is known about it.
    if (error instanceof FactswayError) return undefined;
    throw error;
  }
}

/**
 * How to get factsway.yaml back, where a platform was made from one that is not there any more; undefined where there
 * never was a platform: then another file may be made. Reads only.
 */
export async function lostConfig(
  directory: string,
  files: Files,
): Promise<FactswayError | undefined> {
  const paths = instancePaths(directory);
  // First: where nobody may look at all, this is the file to name. Where a link leads nowhere there is no status either.
  if (await files.stat(paths.config)) return undefined;
  const back = await wayBack(paths, files);
  if (back === undefined) return undefined;
  return new FactswayError(
    'FW-CONFIG-MISSING',
    `${CONFIG_FILE} of the platform in ${directory} is gone, or a link that leads nowhere.`,
    `Put it back from your backup, or as it was applied last: ${back}   then look: factsway-install diff`,
  );
}

/** The command to type; undefined where nothing was ever made from this directory. */
async function wayBack(paths: InstancePaths, files: Files): Promise<string | undefined> {
  const to = shellWord(paths.config);
  // Without that option cp refuses to write through a link that leads nowhere.
  if (await files.exists(paths.inEffect))
    return `cp --remove-destination ${shellWord(paths.inEffect)} ${to}`;
  const made = await readJson<Made>(paths.made, files);
  if (made?.project === undefined || !(await files.exists(paths.rendered))) return undefined;
  return `rm -f ${to} && node -e 'process.stdout.write(JSON.parse(fs.readFileSync(process.argv[1])).config)' ${shellWord(paths.rendered)} >${to}`;
}
