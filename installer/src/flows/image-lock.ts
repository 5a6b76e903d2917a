import { collectDigest } from '../checks/collectors/registry-answer.ts';
import { buildCatalog } from '../catalog/catalog.ts';
import { FactswayError, together } from '../model/errors.ts';
import { LOCK_FILE, type ImageLock } from '../model/image-lock.ts';
import type { Plan } from '../model/plan.ts';
import type { RecordedRelease } from '../model/release.ts';
import type { Desired } from '../planner/desired.ts';
import { lockable, planImageLock, planImageUnlock, staleLock } from '../planner/plan-image-lock.ts';
import type { Ports } from '../ports/ports.ts';
import { desire } from './desire.ts';
import { readImageLock } from './given.ts';
import { instancePaths } from './paths.ts';
import { readJson } from './read-json.ts';
import { registryError } from './registry-error.ts';
import { requireConfig, type ConfigRequest } from './resolve-config.ts';
import { runPlan, type Consent, type PlanOutcome } from './run-plan.ts';
import { readRelease } from './serving-slot.ts';

/** So many registries are asked at a time: enough for speed, and none takes it for an attack. */
const AT_ONCE = 4;

export type ListedImage = {
  readonly component: string;
  readonly reference: string;
  /** Empty where nothing locks it. */
  readonly digest: string;
  readonly here: boolean;
};

/** Every image of the platform, what it is locked to and whether it is on this host. Reads only. */
export async function listImages(request: ConfigRequest, ports: Ports): Promise<ListedImage[]> {
  const { catalog } = await desire(request, ports);
  const here = await ports.docker.images([...new Set(catalog.images.map(({ image }) => image))]);
  return catalog.images.map(({ component, reference, image }) => ({
    component,
    reference,
    digest: image.split('@')[1] ?? '',
    here: here[image] !== undefined,
  }));
}

/** Asks for a digest of each; all that cannot be had are told together. */
async function resolveDigests(references: readonly string[], ports: Ports): Promise<ImageLock> {
  const digests: Record<string, string> = {};
  const errors: FactswayError[] = [];
  const queue = [...references];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      ports.reporter.note(`asking for ${next}`);
      const answer = await collectDigest(next, ports);
      if (answer.answer === 'found') digests[next] = answer.digest;
      else errors.push(registryError(next, answer));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const [first, ...others] = errors;
  if (first) throw together(first, others);
  return digests;
}

function refuseLocal({ catalog }: Desired): void {
  if (catalog.context.config.images.source !== 'debian') return;
  throw new FactswayError(
    'FW-IMAGE-LOCK-LOCAL',
    'With images.source debian the images are built on this host; there is no registry that could give them again by a digest.',
    'Nothing to do: releases/<version>/release.json records the ids of the images that served. For digests: --set images.source=upstream',
  );
}

export type LockRequest = ConfigRequest & {
  readonly consent: Consent;
  /** Ask for every tag again, not only for those that have no digest yet. */
  readonly refresh: boolean;
};

/** Writes images.lock.yaml. The platform is rendered by it from the next `up` on. */
export async function lockImages(request: LockRequest, ports: Ports): Promise<PlanOutcome> {
  const desired = await desire(request, ports);
  refuseLocal(desired);
  const wanted = lockable(desired.catalog.images);
  const look = () => readImageLock(request.directory, ports.files);
  const before = await look();
  const open = request.refresh ? wanted : wanted.filter((one) => before?.[one] === undefined);
  const found = await resolveDigests(open, ports);
  const kept = await presentImages(request.directory, ports);
  const replan = async (): Promise<Plan> => planImageLock(await look(), wanted, kept, found);
  const { project } = desired.catalog.context.config;
  const { directory } = request;
  return carryOut('images lock', { project, directory }, request.consent, replan, ports);
}

/** What factsway.yaml asks for as it stands: `--set` may ask for the release after it. */
async function presentImages(directory: string, ports: Ports): Promise<string[]> {
  if (!(await ports.files.exists(instancePaths(directory).config))) return [];
  const present = lockable(buildCatalog(await requireConfig(directory, ports.files)).images);
  return [...present, ...(await servedImages(directory, ports))];
}

/** Of what serves and what served before it: a way back needs them by the digests they had. */
async function servedImages(directory: string, { files }: Ports): Promise<string[]> {
  const paths = instancePaths(directory);
  const recordOf = (version: string): Promise<RecordedRelease | undefined> =>
    readJson<RecordedRelease>(`${paths.releases}/${version}/release.json`, files);
  const serving = await readRelease(paths, files);
  const record = serving && (await recordOf(serving.version));
  const former = record?.previous === undefined ? undefined : await recordOf(record.previous);
  return [record, former].flatMap((one) =>
    Object.keys(one?.images ?? {}).map((reference) => reference.split('@')[0] ?? reference),
  );
}

export async function unlockImages(
  request: { readonly directory: string; readonly consent: Consent },
  ports: Ports,
): Promise<PlanOutcome> {
  const { directory, consent } = request;
  const { project } = await requireConfig(directory, ports.files);
  // Not read: one that nobody can read has to be taken away as well.
  const path = instancePaths(directory).file(LOCK_FILE);
  const replan = async (): Promise<Plan> => planImageUnlock(await ports.files.exists(path));
  return carryOut('images unlock', { project, directory }, consent, replan, ports);
}

type Instance = { readonly project: string; readonly directory: string };

async function carryOut(
  command: string,
  instance: Instance,
  consent: Consent,
  replan: () => Promise<Plan>,
  ports: Ports,
): Promise<PlanOutcome> {
  return runPlan(
    { command, ...instance, plan: await replan(), replan, consent, confirm: true },
    ports,
  );
}

export type LockCheck = { readonly checked: number; readonly error: FactswayError | undefined };

/** Whether the lock knows every image that is wanted, and each tag is still what was locked. Reads only. */
export async function checkLock(request: ConfigRequest, ports: Ports): Promise<LockCheck> {
  const desired = await desire(request, ports);
  refuseLocal(desired);
  const lock = (await readImageLock(request.directory, ports.files)) ?? {};
  const wanted = lockable(desired.catalog.images);
  const missing = wanted.filter((reference) => lock[reference] === undefined);
  if (missing.length > 0) return { checked: wanted.length, error: staleLock(missing) };
  const now = await resolveDigests(wanted, ports);
  const moved = wanted.filter((reference) => now[reference] !== lock[reference]);
  const error =
    moved.length === 0
      ? undefined
      : new FactswayError(
          'FW-IMAGE-LOCK-MOVED',
          `${moved.join(', ')} ${moved.length === 1 ? 'stands' : 'stand'} for another image than the locked one.`,
          'The locked one goes on being used. Take the new one knowingly: factsway-install images lock --refresh',
          moved.map(
            (reference) =>
              `${reference}: locked ${lock[reference] ?? ''}, now ${now[reference] ?? ''}`,
          ),
        );
  return { checked: wanted.length, error };
}
