import { isDeepStrictEqual } from 'node:util';
import { FactswayError } from '../../model/errors.ts';
import { analyseImageVersions } from '../../checks/analysers/image-versions.ts';
import { collectDigest } from '../../checks/collectors/registry-answer.ts';
import type { ActionOf } from '../../model/plan.ts';
import type { RecordedRelease } from '../../model/release.ts';
import { NETWORKS_RECORD } from '../../planner/plan-networks.ts';
import { mixedVersions } from '../../planner/refusals.ts';
import { OVERRIDE_FILE } from '../../render/compose/render-compose.ts';
import { readJson } from '../read-json.ts';
import { registryError } from '../registry-error.ts';
import { NothingDone } from '../nothing-done.ts';
import { forgetSchemaBefore } from '../schema-before.ts';
import { findContainers, type ActionContext } from './action-context.ts';
import { alignSecretPermissions } from './secret-permissions.ts';
import { rememberImages, rememberProject } from './remember-made.ts';
import { rememberApplied } from './reload-config.ts';
import { restoreSecret } from './secret-actions.ts';
import { startAndWait } from './start-components.ts';

export async function pullImage(
  action: ActionOf<'PullImage'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { docker } = context.ports;
  const { reference } = action;
  // Before it is here: a run that is killed meanwhile has brought it all the same.
  await rememberImages({ [reference]: '' }, context);
  try {
    await docker.pull(reference, waiting);
  } catch (error) {
    throw await pullError(error, reference, context);
  }
  const found = (await docker.images([reference]))[reference];
  if (found) await rememberImages({ [reference]: found.id }, context);
}

/** A registry that wants to know who asks is told as that: the remedy is another one. */
async function pullError(
  error: unknown,
  reference: string,
  { ports }: ActionContext,
): Promise<unknown> {
  if (!(error instanceof FactswayError) || error.code !== 'FW-IMAGE-PULL') return error;
  // Given up by Ctrl-C: there is no reason to look for.
  if (ports.signal.aborted) return error;
  const answer = await collectDigest(reference, ports).catch(() => undefined);
  return answer?.answer === 'login' ? registryError(reference, answer) : error;
}

export async function checkImageVersions(
  action: ActionOf<'CheckImageVersions'>,
  { ports }: ActionContext,
): Promise<void> {
  const images = await ports.docker.images(action.references);
  const findings = analyseImageVersions(Object.values(images), action.version);
  if (findings.length > 0) throw mixedVersions(findings, action.version);
}

export async function createContainers(
  action: ActionOf<'CreateContainers'>,
  context: ActionContext,
): Promise<void> {
  await alignSecretPermissions(context);
  await rememberProject(context);
  const before = await stateOfContainers(context);
  try {
    const { compose } = context.ports;
    const { services, anew = [] } = action;
    if (anew.length > 0) await compose.create(context.paths.directory, anew, { anew: true });
    if (anew.length < services.length) await compose.create(context.paths.directory, services);
  } catch (thrown) {
    const error = (await missingNetworks(action, context, thrown)) ?? thrown;
    const isSame = isDeepStrictEqual(await stateOfContainers(context), before);
    throw isSame && error instanceof FactswayError ? new NothingDone(error) : error;
  }
}

/** Compose makes the new container before it stops the old one: a refusal may have come before or after. */
async function stateOfContainers({ ports, project }: ActionContext): Promise<string[]> {
  const containers = await ports.docker.containers(project);
  return containers.map(({ id, state }) => `${id} ${state}`).sort();
}

/** Compose makes networks before containers: where one is missing afterwards, that is what failed. */
async function missingNetworks(
  { services }: ActionOf<'CreateContainers'>,
  { ports, paths, project, desired }: ActionContext,
  error: unknown,
): Promise<FactswayError | undefined> {
  if (!desired || !(error instanceof FactswayError)) return undefined;
  if (error.code !== 'FW-COMPOSE-REFUSED') return undefined;
  if (!(await ports.compose.accepts(paths.directory))) return undefined;
  const there = await ports.docker.networks(project);
  const missing = new Set(
    desired.catalog.workloads
      .filter(({ id }) => services.includes(id))
      .flatMap(({ networks }) => networks.map(({ name }) => name))
      .filter((name) => !there.includes(name)),
  );
  if (missing.size === 0) return undefined;
  return new FactswayError(
    'FW-NETWORK-CREATE',
    `Docker could not make the ${missing.size === 1 ? 'network' : 'networks'} ${[...missing].join(', ')}.`,
    desired.catalog.context.config.network.subnet === undefined
      ? 'The engine is often out of address ranges: name one that is free (--set network.subnet=10.77.0.0/24), remove networks nobody uses (docker network prune), or give it more with "default-address-pools" in /etc/docker/daemon.json. Then run the command again.'
      : 'Another network often has these addresses. See which: docker network inspect $(docker network ls -q) --format "{{.Name}} {{.IPAM.Config}}"   and name another range: --set network.subnet=RANGE',
    error.details,
  );
}

export async function removeContainers(
  action: ActionOf<'RemoveContainers'>,
  { ports, project }: ActionContext,
): Promise<void> {
  const containers = await ports.docker.containers(project);
  await Promise.all(
    containers
      .filter(({ service }) => action.services.includes(service))
      .map(({ id }) => ports.docker.remove(id)),
  );
  if (action.networks && action.networks.length > 0)
    await ports.docker.removeNetworks(project, action.networks);
}

/** One of them may run, where it was started in spite of its name: it is given the time to end. */
export async function removeHalfMade(
  action: ActionOf<'RemoveHalfMade'>,
  { ports: { docker }, project }: ActionContext,
): Promise<void> {
  const containers = await docker.containers(project);
  await Promise.all(
    containers
      .filter(({ name }) => action.containers.includes(name))
      .map(async ({ id, state }) => {
        if (state === 'running') await docker.stop(id);
        await docker.remove(id);
      }),
  );
}

export async function startComponents(
  action: ActionOf<'StartComponents'>,
  context: ActionContext,
  waiting: (message: string) => void,
): Promise<void> {
  const { formerSecret: secret } = action;
  if (secret !== undefined) await restoreSecret({ kind: 'RestoreSecret', secret }, context);
  await startAndWait(action.services, context, waiting, action.beside);
  await rememberApplied(action.configHashes, context);
}

export async function stopComponents(
  action: ActionOf<'StopComponents'>,
  context: ActionContext,
): Promise<void> {
  const containers = await context.ports.docker.containers(context.project);
  await Promise.all(
    containers
      .filter(({ service }) => action.services.includes(service))
      .map(({ id }) => context.ports.docker.stop(id)),
  );
}

export async function recordOverride(
  action: ActionOf<'RecordOverride'>,
  context: ActionContext,
): Promise<void> {
  await rememberApplied({ [OVERRIDE_FILE]: action.digest }, context);
}

export async function recordNetworks(
  action: ActionOf<'RecordNetworks'>,
  context: ActionContext,
): Promise<void> {
  await rememberApplied({ [NETWORKS_RECORD]: action.subnet }, context);
}

/** The public half of the edge's own authority, for administrators to hand out and for `verify` to trust. */
export async function saveRootCertificate(
  action: ActionOf<'SaveRootCertificate'>,
  context: ActionContext,
): Promise<void> {
  const { docker, files, clock, signal } = context.ports;
  const [container] = await findContainers(context, [action.service]);
  if (!container) return;
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const result = await docker.exec(container.id, ['cat', action.path]);
    if (result.exitCode === 0 && result.stdout.includes('END CERTIFICATE')) {
      await files.write(context.paths.rootCertificate, result.stdout, { mode: 0o644 });
      return;
    }
    // The authority is made on the first start, a moment after the proxy begins to answer.
    await clock.sleep(250, signal);
  }
  throw new FactswayError(
    'FW-NOT-HEALTHY',
    `${action.service} did not make its root certificate.`,
    `See its log: factsway-install logs ${action.service}`,
  );
}

export async function stopProject(
  action: ActionOf<'StopProject'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  const { project, byLabels = false } = action;
  await ports.compose.down(paths.directory, project, { byLabels });
}

/** A slot whose containers stay for a way back. They are stopped on purpose: neither a restart of the server nor of Docker starts them. */
export async function retireSlot(
  action: ActionOf<'RetireSlot'>,
  { ports: { docker }, project }: ActionContext,
): Promise<void> {
  const containers = await docker.containers(project);
  await Promise.all(
    containers
      .filter(({ service }) => action.services.includes(service))
      .map(async ({ id }) => {
        await docker.comesBack(id, false);
        await docker.stop(id);
      }),
  );
}

/** state/release.json: what is asked for by everybody who has to know where services are. */
export async function restoreServing(
  { version, slot }: ActionOf<'RestoreServing'>,
  { ports, paths }: ActionContext,
): Promise<void> {
  await ports.files.write(paths.release, `${JSON.stringify({ version, slot })}\n`, { mode: 0o644 });
}

/** releases/<version>/release.json: which images, by id, made up the release that served here. */
export async function recordRelease(
  action: ActionOf<'RecordRelease'>,
  context: ActionContext,
): Promise<void> {
  const { ports, paths } = context;
  const images = await ports.docker.images(action.references);
  const found = Object.values(images);
  const file = `${paths.releases}/${action.version}/release.json`;
  const previous =
    action.previous ?? (await readJson<RecordedRelease>(file, ports.files))?.previous;
  const release: RecordedRelease = {
    version: action.version,
    slot: action.slot,
    recordedAt: ports.clock.now().toISOString(),
    images: Object.fromEntries(found.map(({ reference, id }) => [reference, id])),
    digests: Object.fromEntries(
      found.flatMap(({ reference, digest }) => (digest === undefined ? [] : [[reference, digest]])),
    ),
    ...(previous === undefined ? {} : { previous }),
  };
  await ports.files.write(file, `${JSON.stringify(release, null, 2)}\n`, { mode: 0o644 });
  await restoreServing({ ...action, kind: 'RestoreServing' }, context);
  await forgetSchemaBefore(paths, ports.files);
}
