import { join } from 'node:path';
import { parseDocument } from 'yaml';
import {
  applySettings,
  explicitSettings,
  parseSetting,
  type Setting,
} from '../config/edit-config.ts';
import { parseConfig, SET_SOURCE } from '../config/parse-config.ts';
import { configSchema, HOST_NAME, type InstanceConfig } from '../model/config.ts';
import { FactswayError } from '../model/errors.ts';
import { formatSize, MiB } from '../model/units.ts';
import type { Files } from '../ports/files.ts';
import type { Host } from '../ports/host.ts';
import type { TemplateEngine } from '../render/template-engine.ts';

export const CONFIG_FILE = 'factsway.yaml';

export type ConfigRequest = {
  readonly directory: string;
  readonly answersFile?: string;
  /** `key=value` texts of `--set`. */
  readonly sets: readonly string[];
};

export type ResolvedConfig = {
  readonly config: InstanceConfig;
  /** Text factsway.yaml should have. */
  readonly text: string;
  /** Whether the text on disk is already that. */
  readonly unchanged: boolean;
};

/**
 * The configuration a command works with: factsway.yaml where there is one, else detection and
 * defaults; then the answers file, then `--set`. Reads only; all of it is validated before anything is written.
 */
export async function resolveConfig(
  request: ConfigRequest,
  files: Files,
  host: Host,
  engine: TemplateEngine,
): Promise<ResolvedConfig> {
  const answers =
    request.answersFile === undefined ? [] : await readAnswers(request.answersFile, files);
  const sets = readSets(request.sets);
  const existing = await files.readText(join(request.directory, CONFIG_FILE));
  if (existing !== undefined) {
    const { document } = parseConfig(existing, CONFIG_FILE);
    const text = applySettings(document, existing, [...answers, ...sets]);
    return { config: parseConfig(text, CONFIG_FILE).config, text, unchanged: text === existing };
  }
  const text = initialText([...answers, ...sets], host, engine);
  return { config: parseConfig(text, CONFIG_FILE).config, text, unchanged: false };
}

/** factsway.yaml of an instance that must be there. Throws FW-NO-INSTANCE. */
export async function requireConfig(directory: string, files: Files): Promise<InstanceConfig> {
  const text = await files.readText(join(directory, CONFIG_FILE));
  if (text === undefined) {
    throw new FactswayError(
      'FW-NO-INSTANCE',
      `There is no ${CONFIG_FILE} in ${directory}.`,
      'Name the instance with --dir DIR, or make one: factsway-install install',
    );
  }
  return parseConfig(text, CONFIG_FILE).config;
}

/** Settings of the command line, checked by themselves: a message must not point into a file they are not in. */
function readSets(texts: readonly string[]): Setting[] {
  const sets = texts.flatMap(parseSetting);
  const alone = parseDocument('{}');
  parseConfig(applySettings(alone, '{}', sets), SET_SOURCE);
  return sets;
}

async function readAnswers(path: string, files: Files): Promise<Setting[]> {
  const text = await files.readText(path);
  if (text === undefined)
    throw new FactswayError(
      'FW-CONFIG-NOT-FOUND',
      `The answers file ${path} does not exist or cannot be read.`,
      'Check the path given with --answers.',
    );
  return explicitSettings(parseConfig(text, path).document);
}

/** The commented file of a new instance: detection, then what was asked for. */
function initialText(settings: readonly Setting[], host: Host, engine: TemplateEngine): string {
  const values = parseDocument('{}');
  applySettings(values, '{}', [...detect(host), ...settings]);
  // Validated first, so that an error names the key and not a line of a file nobody has seen.
  const { config } = parseConfig(
    values.toString({ lineWidth: 0 }),
    settings.length > 0 ? 'the answers' : CONFIG_FILE,
  );
  const fromDefaults = configSchema.parse({});
  const text = engine.render('config-templates/factsway.yaml.hbs', {
    ...config,
    showRegistry:
      config.images.registry !== fromDefaults.images.registry ||
      config.images.source === 'upstream',
  });
  return applySettings(parseDocument(text), text, settings);
}

function detect(host: Host): Setting[] {
  // Rounded down to 256 MiB: firmware takes a little, and the figure should look like one a person would write.
  const step = 256 * MiB;
  const memory = Math.max(step, Math.floor(host.memoryBytes() / step) * step);
  return [
    ...(HOST_NAME.test(host.hostname())
      ? [{ path: ['host', 'name'], value: host.hostname() }]
      : []),
    { path: ['host', 'timeZone'], value: host.timeZone() },
    { path: ['host', 'memory'], value: formatSize(memory) },
    { path: ['host', 'cores'], value: host.cores() },
  ];
}
