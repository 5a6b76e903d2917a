import { collectAbsentAddresses, collectBusyPorts } from '../checks/collectors/busy-ports.ts';
import { sha256 } from '../render/digest.ts';
import { externalPostgres } from '../catalog/database-access.ts';
import { CLOSED_FILE, SLOT_B_FILE } from '../catalog/serving.ts';
import { EMPTY_MANIFEST, isOurs, knownPaths, type Manifest } from '../model/bundle.ts';
import { FactswayError } from '../model/errors.ts';
import type { Made } from '../model/footprint.ts';
import {
  isMadeIn,
  type Observed,
  type ObservedContainer,
  type ObservedInstance,
} from '../model/observed.ts';
import { NETWORKS_RECORD } from '../planner/plan-networks.ts';
import type { Access } from '../model/secret-access.ts';
import type { Desired } from '../planner/desired.ts';
import { wantedModes } from '../planner/plan-permissions.ts';
import type { Ports } from '../ports/ports.ts';
import { renderedConfig } from './configuration-record.ts';
import { interruptedStops } from './journal.ts';
import { observeImages } from './observe-images.ts';
import { observeOverride } from './observe-override.ts';
import { findBases } from './edit-bases.ts';
import { instancePaths } from './paths.ts';
import { readJson } from './read-json.ts';
import { readRelease } from './serving-slot.ts';

/** The instance directory as it is. Reads only. */
export async function observeInstance(
  desired: Desired,
  { files, host }: Pick<Ports, 'files' | 'host'>,
): Promise<ObservedInstance> {
  const paths = instancePaths(desired.directory);
  const manifest = (await readJson<Manifest>(paths.manifest, files)) ?? EMPTY_MANIFEST;
  const digests: Record<string, string> = {};
  const edited: Record<string, string> = {};
  for (const path of new Set([
    ...Object.keys({ ...manifest.files, ...manifest.pending }),
    ...desired.bundle.files.map((file) => file.path),
  ])) {
    const text = await files.readText(paths.file(path));
    if (text === undefined) continue;
    digests[path] = sha256(text);
    if (knownPaths(manifest).includes(path) && !isOurs(manifest, path, sha256(text)))
      edited[path] = text;
  }
  const modes: Record<string, number> = {};
  for (const path of wantedModes(desired.bundle).keys()) {
    const found = await files.stat(paths.file(path));
    if (found) modes[path] = found.mode;
  }
  const secrets = await files.list(paths.secrets);
  // Only what the platform reads: whatever else lies in the directory is none of our business.
  const needed = desired.bundle.secrets
    .map(({ name }) => name)
    .filter((name) => secrets.includes(name));
  const sizes = await Promise.all(
    needed.map(async (name) => ((await files.readText(paths.secret(name))) ?? '').trim().length),
  );
  const access = async (path: string): Promise<Access | undefined> => {
    const found = await files.stat(path);
    return found && { mode: found.mode, uid: found.uid, gid: found.gid };
  };
  const directory = await access(paths.secrets);
  const secretAccess: Record<string, Access> = {};
  for (const name of needed) {
    const found = await access(paths.secret(name));
    if (found) secretAccess[name] = found;
  }
  const release = await readRelease(paths, files);
  const former = await renderedConfig(paths, files);
  const formerDatabase = former && externalPostgres(former)?.host;
  const edits = await findBases(edited, manifest, paths, files);
  return {
    manifest,
    digests,
    ...(Object.keys(edits).length === 0 ? {} : { edits }),
    modes,
    secrets,
    emptySecrets: needed.filter((_, index) => sizes[index] === 0),
    secretAccess: {
      asRoot: host.isRoot(),
      ...(directory ? { directory } : {}),
      files: secretAccess,
    },
    appliedConfig: (await readJson<Record<string, string>>(paths.applied, files)) ?? {},
    rootCertificate: await files.exists(paths.rootCertificate),
    ...(release ? { release } : {}),
    leadsTo: (await files.exists(paths.file(SLOT_B_FILE))) ? 'b' : 'a',
    ...((await files.exists(paths.file(CLOSED_FILE))) ? { closed: true } : {}),
    ...(former ? { renderedRelease: former.release.version } : {}),
    ...(formerDatabase === undefined ? {} : { formerDatabase }),
  };
}

/** Directory, containers, images, volumes and ports. Reads only. */
export async function observe(desired: Desired, ports: Ports): Promise<Observed> {
  const { docker, files, host } = ports;
  const { config } = desired.catalog.context;
  const instance = await observeInstance(desired, { files, host });
  const isChosen =
    config.network.subnet !== undefined || (instance.appliedConfig[NETWORKS_RECORD] ?? '') !== '';
  const [made, volumes, networks, subnets, otherProject] = await Promise.all([
    observeMade(desired, instance, ports),
    docker.volumes(config.project),
    docker.networks(config.project),
    isChosen ? docker.subnets(config.project) : undefined,
    findOtherProject(desired, ports),
  ]);
  const { containers, images, override } = made;
  const stopping = await findStopping(desired.directory, containers, ports);
  return {
    instance,
    containers,
    ...(stopping.length > 0 ? { stopping } : {}),
    images,
    volumes,
    networks,
    ...(subnets ? { subnets } : {}),
    ...(override ? { override } : {}),
    ...(otherProject === undefined ? {} : { otherProject }),
    busyPorts: await collectBusyPorts(desired.catalog.workloads, containers, host),
    absentAddresses: await collectAbsentAddresses(desired.catalog.workloads, containers, host),
    server: { memoryBytes: host.memoryBytes(), cores: host.cores() },
  };
}

/** What was told to stop has stopped by then, or was never told. */
const STOPPED_AFTER_MS = 10 * 60_000;

/** Nothing on the engine tells that a container was told to stop; the journal tells who was about to be. */
async function findStopping(
  directory: string,
  containers: readonly ObservedContainer[],
  { files, clock }: Ports,
): Promise<string[]> {
  const interrupted = await interruptedStops(instancePaths(directory), files);
  return containers.flatMap(({ service, state, startedAt }) => {
    const at = interrupted.get(service);
    if (at === undefined || state !== 'running') return [];
    const wasTold = Date.parse(startedAt) < Date.parse(at);
    const mayStillRun = clock.now().getTime() - Date.parse(at) < STOPPED_AFTER_MS;
    return wasTold && mayStillRun ? [service] : [];
  });
}

/** The containers, the images they and the plan are about, and what the override makes of both. */
async function observeMade(
  desired: Desired,
  instance: ObservedInstance,
  ports: Pick<Ports, 'compose' | 'docker' | 'files'>,
): Promise<Pick<Observed, 'containers' | 'images' | 'override'>> {
  const { docker } = ports;
  const containers = await docker.containers(desired.catalog.context.config.project);
  const images = await observeImages(desired, containers, docker);
  const override = await observeOverride(desired, instance, { containers, images }, ports);
  const named = Object.values(override?.images ?? {}).filter((name) => images[name] === undefined);
  const further = named.length === 0 ? {} : await docker.images([...new Set(named)]);
  return { containers, images: { ...images, ...further }, ...(override ? { override } : {}) };
}

/** `project` may have been changed: what the former one has on the engine would be left behind. */
export async function findOtherProject(
  { directory, catalog }: Desired,
  { docker, files }: Pick<Ports, 'docker' | 'files'>,
): Promise<string | undefined> {
  const made = await readJson<Made>(instancePaths(directory).made, files);
  const former = made?.project;
  if (former === undefined || former === catalog.context.config.project) return undefined;
  const [containers, volumes] = await Promise.all([
    docker.containers(former),
    docker.volumes(former),
  ]);
  const isHere = containers.some((container) => isMadeIn(container, directory));
  // Volumes carry no directory: beside containers of another one they are taken for its own.
  return isHere || (containers.length === 0 && volumes.length > 0) ? former : undefined;
}

/** Where no engine can be asked, what is on record is believed. */
async function findOtherProjectByRecord(
  desired: Desired,
  ports: Pick<Ports, 'docker' | 'files'>,
): Promise<string | undefined> {
  try {
    return await findOtherProject(desired, ports);
  } catch (error) {
    if (!(error instanceof FactswayError) || error.code !== 'FW-DOCKER-UNREACHABLE') throw error;
    return (await readJson<Made>(instancePaths(desired.directory).made, ports.files))?.project;
  }
}

/** What the directory alone tells, for commands that need no Docker; it is asked only whether another project is there. */
export async function observeWithoutDocker(
  desired: Desired,
  ports: Pick<Ports, 'docker' | 'files' | 'host'>,
): Promise<Observed> {
  const otherProject = await findOtherProjectByRecord(desired, ports);
  return {
    instance: await observeInstance(desired, ports),
    ...(otherProject === undefined ? {} : { otherProject }),
    containers: [],
    images: {},
    volumes: [],
    networks: [],
    busyPorts: [],
  };
}
