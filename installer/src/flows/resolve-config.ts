import { dirname, join } from 'node:path';
import { catalogRules, wholeRules } from '../catalog/config-rules.ts';
import {
  applySettings,
  explicitSettings,
  parseSetting,
  settingsAsText,
  type Setting,
} from '../config/edit-config.ts';
import { decodeText } from '../config/decode-text.ts';
import { presentPath } from '../config/migrations/migrate.ts';
import { parseConfig, SET_SOURCE, TOGETHER, type ParsedConfig } from '../config/parse-config.ts';
import { configSchema, type InstanceConfig } from '../model/config.ts';
import type { ConfigMigration } from '../model/config-migration.ts';
import { HOST_NAME } from '../model/host-name.ts';
import type { ConfigRules } from '../model/config-rules.ts';
import { allOrErrors, FactswayError } from '../model/errors.ts';
import { shellWord } from '../model/shell.ts';
import { timeZoneProblem } from '../model/time-zone.ts';
import { formatSize, MiB } from '../model/units.ts';
import type { Files } from '../ports/files.ts';
import type { Host } from '../ports/host.ts';
import type { TemplateEngine } from '../render/template-engine.ts';
import { lostConfig } from './configuration-record.ts';
import { CONFIG_FILE } from './paths.ts';

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
  /** The text on disk; absent where there is none yet. */
  readonly onDisk?: string;
  /** Where the file on disk is of an older form. */
  readonly migration?: ConfigMigration;
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
  // All three are judged before any is refused, so that a person can mend everything at once.
  const [answers, sets, existing] = await allOrErrors([
    readAnswers(request.answersFile, files),
    readSets(request.sets),
    readOwnConfig(request.directory, files, catalogRules),
  ]);
  const settings = [...answers, ...sets];
  if (existing !== undefined) {
    const text = applySettings(existing.text, settings, CONFIG_FILE);
    const { config } =
      text === existing.text && wholeRules(existing.config).length === 0
        ? existing
        : parseConfig(text, CONFIG_FILE, wholeRules);
    const { migration, onDisk } = existing;
    return {
      config,
      text,
      unchanged: text === onDisk,
      onDisk,
      ...(migration ? { migration } : {}),
    };
  }
  refuseSharedDirectory(request.directory);
  const text = initialText(settings, host, engine);
  const { config } = parseConfig(text, CONFIG_FILE, wholeRules);
  return { config, text, unchanged: false };
}

/** Directories that every program of the server shares, and the home of a user: /, /etc, /usr/bin, /home/anna. */
const SHARED_DIRECTORY =
  /^\/(?:bin|boot|dev|etc|home|lib\w*|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|(?:usr|var)(?:\/[^/]+)?|home\/[^/]+)?$/;

/** `uninstall`, owners and modes of an instance are about the whole of its directory. Throws FW-DIR-FOREIGN. */
function refuseSharedDirectory(directory: string): void {
  if (!SHARED_DIRECTORY.test(directory)) return;
  throw new FactswayError(
    'FW-DIR-FOREIGN',
    `${directory} belongs to the system or to a user; an instance needs a directory of its own.`,
    `Name one below it or elsewhere: --dir ${join(directory === '/' ? '/opt' : directory, 'factsway')}`,
  );
}

/** A configuration made anew would be given to the containers and the data of another. Throws FW-CONFIG-MISSING. */
export async function refuseLostConfig(directory: string, files: Files): Promise<void> {
  const lost = await lostConfig(directory, files);
  if (lost) throw lost;
}

/** What keeps factsway.yaml from being of the present form; undefined where it is, is not there or cannot be read. */
export async function findMigration(
  directory: string,
  files: Files,
): Promise<ConfigMigration | undefined> {
  try {
    return (await readConfigFile(join(directory, CONFIG_FILE), CONFIG_FILE, files))?.migration;
  } catch (error) {
    // Whoever needs the file says what is wrong with it.
    if (error instanceof FactswayError) return undefined;
    throw error;
  }
}

/** factsway.yaml of an instance that must be there. Throws FW-NO-INSTANCE and FW-CONFIG-MISSING. */
export async function requireConfig(directory: string, files: Files): Promise<InstanceConfig> {
  const found = await readOwnConfig(directory, files);
  if (found === undefined) throw noInstance(directory);
  return found.config;
}

/** The same without a look into it, for a command that goes on to read all of its configuration. */
export async function requireInstance(directory: string, files: Files): Promise<void> {
  await refuseLostConfig(directory, files);
  if (!(await files.exists(join(directory, CONFIG_FILE)))) throw noInstance(directory);
}

function noInstance(directory: string): FactswayError {
  return new FactswayError(
    'FW-NO-INSTANCE',
    `There is no ${CONFIG_FILE} in ${directory}.`,
    'Name the instance with --dir DIR, or make one: factsway-install install',
  );
}

/** factsway.yaml as it is, whatever it says; undefined where there is none. */
export async function readConfigText(directory: string, files: Files): Promise<string | undefined> {
  const path = join(directory, CONFIG_FILE);
  const bytes = await files.readBytes(path);
  return bytes && decodeText(bytes, CONFIG_FILE, path);
}

type ConfigFile = ParsedConfig & { readonly onDisk: string };

async function readOwnConfig(
  directory: string,
  files: Files,
  rules?: ConfigRules,
): Promise<ConfigFile | undefined> {
  await refuseLostConfig(directory, files);
  return readConfigFile(join(directory, CONFIG_FILE), CONFIG_FILE, files, rules);
}

/** `source` is what the file is called in messages. */
async function readConfigFile(
  path: string,
  source: string,
  files: Files,
  rules?: ConfigRules,
): Promise<ConfigFile | undefined> {
  const bytes = await files.readBytes(path);
  if (bytes === undefined) return undefined;
  const text = decodeText(bytes, source, path);
  return { onDisk: text, ...parseConfig(text, source, rules) };
}

/** Settings of the command line, checked by themselves: a message must not point into a file they are not in. */
async function readSets(texts: readonly string[]): Promise<Setting[]> {
  const parsing = texts.map((text) => Promise.resolve(text).then(parseSetting));
  const settings = (await Promise.allSettled(parsing)).flatMap((one) =>
    one.status === 'fulfilled' ? one.value : [],
  );
  const judging = Promise.resolve(settingsAsText(settings));
  await allOrErrors([
    ...parsing,
    judging.then((text) => parseConfig(text, SET_SOURCE, catalogRules)),
  ]);
  return settings.map(({ path, value }) => ({ path: presentPath(path), value })).filter(isNotForm);
}

/** The form of the file is no setting: whoever gives some in an older form means what they say, not the form. */
const isNotForm = ({ path }: Setting): boolean => path[0] !== 'apiVersion';

async function readAnswers(path: string | undefined, files: Files): Promise<Setting[]> {
  if (path === undefined) return [];
  const found = await readConfigFile(path, path, files, catalogRules);
  if (found === undefined)
    throw new FactswayError(
      'FW-CONFIG-NOT-FOUND',
      path === ''
        ? 'The path given with --answers is empty.'
        : `The answers file ${path} does not exist.`,
      path === '-'
        ? 'To read them from a pipe: --answers /dev/stdin'
        : `Look for it: ls -l ${shellWord(dirname(path))}   and name it: --answers FILE`,
    );
  return explicitSettings(found.document).filter(isNotForm);
}

/** The commented file of a new instance: detection, then what was asked for. */
function initialText(settings: readonly Setting[], host: Host, engine: TemplateEngine): string {
  // Validated first, so that an error names the key and not a line of a file nobody has seen.
  const { config } = parseConfig(
    settingsAsText([...detect(host), ...settings]),
    settings.length > 0 ? TOGETHER : CONFIG_FILE,
    wholeRules,
  );
  const fromDefaults = configSchema.parse({});
  const text = engine.render('config-templates/factsway.yaml.hbs', {
    ...config,
    showRegistry:
      config.images.registry !== fromDefaults.images.registry ||
      config.images.source === 'upstream',
  });
  return applySettings(text, settings, CONFIG_FILE);
}

function detect(host: Host): Setting[] {
  // Rounded down to 256 MiB: firmware takes a little, and the figure should look like one a person would write.
  const step = 256 * MiB;
  const memory = Math.max(step, Math.floor(host.memoryBytes() / step) * step);
  return [
    ...(HOST_NAME.test(host.hostname())
      ? [{ path: ['host', 'name'], value: host.hostname() }]
      : []),
    ...(timeZoneProblem(host.timeZone()) === undefined
      ? [{ path: ['host', 'timeZone'], value: host.timeZone() }]
      : []),
    { path: ['host', 'memory'], value: formatSize(memory) },
    { path: ['host', 'cores'], value: host.cores() },
  ];
}
