import { parseDocument } from 'yaml';
import { EMPTY_MANIFEST, type Manifest } from '../model/bundle.ts';
import { FactswayError } from '../model/errors.ts';
import { isMadeIn } from '../model/observed.ts';
import { NOTHING_MADE, type BroughtImage, type Footprint, type Made } from '../model/footprint.ts';
import { isOurs } from '../planner/ownership.ts';
import { refuseOutsiders } from '../planner/plan-uninstall.ts';
import { COMPOSE_FILE } from '../render/compose/render-compose.ts';
import { sha256 } from '../render/digest.ts';
import type { Ports } from '../ports/ports.ts';
import { readJson } from './read-json.ts';
import { appliedConfig, lostConfig } from './configuration-record.ts';
import { CONFIG_FILE, instancePaths, type InstancePaths } from './paths.ts';
import { requireConfig } from './resolve-config.ts';

/** On disk: no engine is needed for it. */
type OnDisk = Pick<Footprint, 'directory' | 'tree' | 'rendered' | 'edited' | 'configGone'> & {
  readonly made: Made;
  readonly hasRelease: boolean;
};

/**
 * Everything there is of an installation. Reads only, and does not need a factsway.yaml that can be read. Throws
 * FW-NO-INSTANCE where there is nothing, FW-PROJECT-UNKNOWN, FW-PROJECT-FOREIGN, or FW-IN-USE where somebody
 * else's container would lose a network or (with `purge`) a volume.
 */
export async function observeFootprint(
  directory: string,
  purge: boolean,
  ports: Ports,
): Promise<Footprint> {
  const { made, hasRelease, ...disk } = await observeDisk(directory, ports);
  const project = await findProject(disk, made, ports);
  const images = await observeImages(made, project, ports);
  const nothing = { ...disk, project, images, containers: [], networks: [], volumes: [] };
  if (project === undefined) return { ...nothing, unproven: [] };
  const { docker, belongings } = ports;
  const [all, networks, volumes] = await Promise.all([
    docker.containers(project),
    docker.networks(project),
    belongings.volumes(project),
  ]);
  const isKnown = made.project === project || hasRelease;
  const containers = all.filter(
    (container) =>
      container.workingDirectory === directory || (isKnown && isMadeIn(container, directory)),
  );
  refuseMixed(project, containers.length, all);
  // Volumes and networks carry no directory: without a sign of ours they may be another one's that is down.
  const isProven = all.length === containers.length && (containers.length > 0 || isKnown);
  if (!isProven) return { ...nothing, unproven: volumes.map(({ fullName }) => fullName) };
  refuseOutsiders(await belongings.outsiders(project), purge);
  return { ...disk, project, images, containers, networks, volumes, unproven: [] };
}

async function observeDisk(directory: string, { files }: Ports): Promise<OnDisk> {
  const paths = instancePaths(directory);
  const [tree, manifest, made] = await Promise.all([
    files.walk(directory),
    readJson<Manifest>(paths.manifest, files),
    readJson<Made>(paths.made, files),
  ]);
  const { files: last, pending = {} } = manifest ?? EMPTY_MANIFEST;
  const rendered = Object.keys({ ...last, ...pending });
  const there = new Set(tree.filter(({ kind }) => kind === 'file').map(({ path }) => path));
  if (![...there].some((path) => isOurs(path, new Set(rendered)))) throw noInstance(directory);
  const edited = await Promise.all(
    rendered
      .filter((path) => there.has(path))
      .map(async (path) => {
        const digest = sha256((await files.readText(paths.file(path))) ?? '');
        return digest === last[path] || pending[path]?.includes(digest) ? [] : [path];
      }),
  );
  const isGone = (await lostConfig(directory, files)) !== undefined;
  return {
    directory,
    tree,
    rendered,
    edited: edited.flat(),
    ...(isGone ? { configGone: true as const } : {}),
    made: made ?? NOTHING_MADE,
    hasRelease: there.has('state/release.json'),
  };
}

/** What runs tells it best, then what was applied and what was rendered last; what factsway.yaml says now may never have been applied. */
async function findProject(
  { directory, tree }: Pick<OnDisk, 'directory' | 'tree'>,
  made: Made,
  { belongings, files }: Ports,
): Promise<string | undefined> {
  const running = await belongings.projectsAt(directory);
  if (running.length > 1) {
    throw new FactswayError(
      'FW-PROJECT-UNKNOWN',
      `Containers of ${running.length} Compose projects were made from ${directory}: ${running.join(', ')}.`,
      `Take down the one that is not meant: docker compose --project-name ${running[0] ?? ''} down`,
    );
  }
  const paths = instancePaths(directory);
  const known =
    running[0] ??
    (await appliedConfig(paths, files))?.project ??
    (await renderedProject(paths, files)) ??
    made.project;
  if (known !== undefined) return known;
  // Only the rest of an uninstallation that was killed at its very end.
  if (!tree.some(({ path }) => path === CONFIG_FILE)) return undefined;
  try {
    return (await requireConfig(directory, files)).project;
  } catch (error) {
    if (!(error instanceof FactswayError)) throw error;
    throw new FactswayError(
      'FW-PROJECT-UNKNOWN',
      `${CONFIG_FILE} cannot be used, and nothing else tells which Compose project belongs to ${directory}.`,
      `Correct ${paths.config}, then run the command again. One line is enough:   project: NAME`,
      [error.message, ...error.details],
    );
  }
}

async function renderedProject(
  paths: InstancePaths,
  files: Ports['files'],
): Promise<string | undefined> {
  const text = await files.readText(paths.file(COMPOSE_FILE));
  const name: unknown = text === undefined ? undefined : parseDocument(text).get('name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

async function observeImages(
  made: Made,
  project: string | undefined,
  { belongings }: Ports,
): Promise<BroughtImage[]> {
  const found = await belongings.images(Object.keys(made.images));
  return found.map(({ reference, id, users }) => {
    const brought = made.images[reference] ?? '';
    const other = users.find((user) => user.project !== project);
    const stays =
      brought !== '' && brought !== id
        ? 'it was replaced by another one since'
        : other
          ? `container ${other.container} uses it`
          : undefined;
    return stays === undefined ? { reference } : { reference, stays };
  });
}

function refuseMixed(
  project: string,
  ours: number,
  all: readonly { readonly workingDirectory: string }[],
): void {
  const foreign = all.length - ours;
  if (foreign === 0 || ours === 0) return;
  const directories = [...new Set(all.map(({ workingDirectory }) => workingDirectory))];
  throw new FactswayError(
    'FW-PROJECT-FOREIGN',
    `Compose project "${project}" has containers of several directories: ${directories.join(', ')}.`,
    'Nothing says whose the volumes are. Take the containers of the other directory away first; nothing was changed.',
  );
}

function noInstance(directory: string): FactswayError {
  return new FactswayError(
    'FW-NO-INSTANCE',
    `There is nothing of an installation in ${directory}.`,
    'Name the instance with --dir DIR',
  );
}
