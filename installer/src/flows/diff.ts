import { parseConfig } from '../config/parse-config.ts';
import type { RenderedTexts } from '../model/bundle.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { Differences, KeyChange } from '../model/differences.ts';
import { FactswayError } from '../model/errors.ts';
import type {
  Observed,
  ObservedContainer,
  ObservedInstance,
  ObservedOverride,
} from '../model/observed.ts';
import type { Desired } from '../planner/desired.ts';
import { deriveDifferences } from '../planner/derive-differences.ts';
import type { Ports } from '../ports/ports.ts';
import { desire } from './desire.ts';
import { secretMask } from './mask-secrets.ts';
import { findOtherProject, observeInstance } from './observe.ts';
import { readJson } from './read-json.ts';
import { observeImages } from './observe-images.ts';
import { observeOverride } from './observe-override.ts';
import { CONFIG_FILE, instancePaths, type InstancePaths } from './paths.ts';
import { requireConfig } from './resolve-config.ts';

export type DiffResult = Differences & {
  readonly directory: string;
  /** Why no containers were looked at; null where they were. */
  readonly engine: string | null;
};

/** What `factsway-install up` would find: files, containers and secrets against what should be. Reads only. */
export async function diff(
  directory: string,
  ports: Pick<Ports, 'compose' | 'docker' | 'files' | 'host' | 'templates'>,
): Promise<DiffResult> {
  const { files } = ports;
  const paths = instancePaths(directory);
  await requireConfig(directory, files);
  const desired = await desire({ directory, sets: [] }, ports);
  const { config } = desired.catalog.context;
  const [instance, { containers, engine }, tree, texts, mask] = await Promise.all([
    observeInstance(desired, ports),
    lookAtContainers(desired, ports),
    files.walk(directory),
    readJson<RenderedTexts>(paths.rendered, files),
    secretMask(paths, files),
  ]);
  const images = containers ? await observeImages(desired, containers, ports.docker) : {};
  const override = containers
    ? await lookAtOverride(desired, instance, { containers, images }, ports)
    : undefined;
  const evidence = {
    instance,
    ...(override ? { override } : {}),
    containers,
    images,
    tree,
    onDisk: await readTexts([...Object.keys(instance.digests), CONFIG_FILE], paths.file, files),
    remembered: [
      texts?.files ?? {},
      // A run that was put back leaves what it replaced here.
      await readTexts(Object.keys(instance.manifest.files), inPrevious(paths), files),
    ],
    keys: texts ? changedKeys(texts.config, config, mask) : null,
    mask: (text: string) => hideLogins(mask(text)),
  };
  return { directory, engine, ...deriveDifferences(desired, evidence) };
}

const inPrevious =
  ({ previous }: InstancePaths) =>
  (path: string): string =>
    `${previous}/${path}`;

/** `user:password@` in an address is a secret too, of somebody else's. */
const hideLogins = (text: string): string =>
  text.replaceAll(/:\/\/[^\s/@:]+:[^\s/@]+@/g, '://[secret]@');

async function lookAtContainers(
  desired: Desired,
  ports: Pick<Ports, 'docker' | 'files'>,
): Promise<{ containers: ObservedContainer[] | null; engine: string | null }> {
  const { project } = desired.catalog.context.config;
  try {
    const other = await findOtherProject(desired, ports);
    if (other !== undefined) return { containers: null, engine: changedProject(project, other) };
    return { containers: await ports.docker.containers(project), engine: null };
  } catch (error) {
    if (!(error instanceof FactswayError) || error.code !== 'FW-DOCKER-UNREACHABLE') throw error;
    return { containers: null, engine: error.message };
  }
}

/** Next to one another the containers of two projects differ in everything, and `up` would make none of them. */
const changedProject = (project: string, other: string): string =>
  `project is to be "${project}", but the containers and the data of this directory belong to "${other}", and up refuses to change that. Keep the name: factsway-install up --set project=${other}`;

/** An override that Compose refuses is for `up` to refuse: here everything else is told all the same. */
async function lookAtOverride(
  desired: Desired,
  instance: ObservedInstance,
  seen: Pick<Observed, 'containers' | 'images'>,
  ports: Pick<Ports, 'compose' | 'files'>,
): Promise<ObservedOverride | undefined> {
  try {
    return await observeOverride(desired, instance, seen, ports);
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    return { added: [], rendered: false };
  }
}

async function readTexts(
  paths: readonly string[],
  locate: (path: string) => string,
  files: Ports['files'],
): Promise<Record<string, string>> {
  const entries = await Promise.all(
    paths.map(async (path) => [path, await files.readText(locate(path))] as const),
  );
  return Object.fromEntries(
    entries.flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])),
  );
}

/** Keys by their effective value, defaults filled in: a comment or another order is no change. */
function changedKeys(
  recorded: string,
  now: InstanceConfig,
  mask: (text: string) => string,
): KeyChange[] | null {
  let before: Map<string, string>;
  try {
    before = leaves(parseConfig(recorded, CONFIG_FILE).config);
  } catch (error) {
    // What an older installer accepted; the files below tell what differs.
    if (error instanceof FactswayError) return null;
    throw error;
  }
  const after = leaves(now);
  const shown = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : hideLogins(mask(value));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => ({ key, before: shown(before.get(key)), after: shown(after.get(key)) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function leaves(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[path, typeof value === 'string' ? value : JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, child]) => [
      ...leaves(child, path === '' ? key : `${path}.${key}`),
    ]),
  );
}
