import { FactswayError } from '../../model/errors.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { findContainers, type ActionContext } from './action-context.ts';

const POLL_MS = 250;
/** A container that came back this often in one start is in a crash loop. */
const CRASH_LOOP = 3;
/** Beyond Docker's own verdict: an engine that never gives one must not hold us for ever. */
const HARD_LIMIT_MS = 15 * 60_000;
const LOG_LINES = 20;

/**
 * Starts the containers that are not running and waits until every one is healthy (running, where it has
 * no health check). Throws FW-NOT-HEALTHY or FW-CONTAINER-EXITED with the container's last log lines.
 */
export async function startAndWait(
  services: readonly string[],
  context: ActionContext,
  waiting: (message: string) => void,
  beside = false,
): Promise<void> {
  const { docker, clock, signal } = context.ports;
  const containers = await findContainers(context, services);
  // Docker counts from nought again when a stopped container is started by hand.
  const restartsBefore = new Map(
    containers.map(({ id, state, restarts }) => [id, state === 'running' ? restarts : 0]),
  );
  await Promise.all(
    containers
      .filter(({ state }) => state !== 'running')
      .map(async ({ id, state, slot }) => {
        // Docker waits ever longer before it tries again by itself, and goes on counting.
        if (state === 'restarting') await docker.stop(id);
        // One of a slot that was retired was told to stay down.
        if (slot !== undefined) {
          await docker.comesBack(id, true);
          await docker.weigh(id, beside ? 'background' : 'normal');
        }
        await docker.start(id);
      }),
  );

  const deadline = clock.monotonicMs() + HARD_LIMIT_MS;
  for (;;) {
    const now = await Promise.all(
      containers.map(
        async ({ id, service }) => (await docker.container(id)) ?? raise(gone(service)),
      ),
    );
    for (const container of now)
      await refuseBroken(container, restartsBefore.get(container.id) ?? 0, context);
    const pending = now.filter((container) => !isUp(container));
    const [first] = pending;
    if (!first) return;
    if (clock.monotonicMs() > deadline)
      throw await notHealthy(first, 'did not become healthy within 15 minutes', context);
    waiting(
      `waiting for ${pending.map(({ service, health, state }) => `${service} (${health === 'none' ? state : health})`).join(', ')}`,
    );
    await clock.sleep(POLL_MS, signal);
  }
}

const isUp = ({ state, health }: ObservedContainer): boolean =>
  state === 'running' && (health === 'healthy' || health === 'none');

async function refuseBroken(
  container: ObservedContainer,
  restartsBefore: number,
  context: ActionContext,
): Promise<void> {
  const { service, state, health, exitCode } = container;
  if (state === 'running' && health === 'unhealthy')
    throw await notHealthy(container, 'is running but reports that it is not healthy', context);
  if (state === 'exited' || state === 'dead')
    throw await exited(container, `stopped with exit code ${exitCode} instead of running`, context);
  if (container.restarts - restartsBefore >= CRASH_LOOP)
    throw await exited(
      container,
      `keeps stopping (exit code ${exitCode}, ${container.restarts - restartsBefore} restarts)`,
      context,
    );
  if (state === 'removing') raise(gone(service));
}

async function notHealthy(
  container: ObservedContainer,
  what: string,
  context: ActionContext,
): Promise<FactswayError> {
  return new FactswayError(
    'FW-NOT-HEALTHY',
    `${container.service} ${what}.`,
    hintFor(container.service, context),
    await lastLines(container, context),
  );
}

async function exited(
  container: ObservedContainer,
  what: string,
  context: ActionContext,
): Promise<FactswayError> {
  return new FactswayError(
    'FW-CONTAINER-EXITED',
    `${container.service} ${what}.`,
    hintFor(container.service, context),
    await lastLines(container, context),
  );
}

function gone(service: string): FactswayError {
  return new FactswayError(
    'FW-CONTAINER-EXITED',
    `${service} was removed while it was being started.`,
    'Make sure nobody else works on this Compose project, then run the command again.',
  );
}

function raise(error: Error): never {
  throw error;
}

const hintFor = (service: string, { paths, run }: ActionContext): string =>
  `Its whole log is kept in ${paths.failures}/${run}/${service}.log`;

/** The last lines of a container for the error, and all of it kept on disk: undo may remove the container. */
export async function lastLines(
  container: ObservedContainer,
  { ports, paths, run, mask }: ActionContext,
): Promise<string[]> {
  const lines = (await ports.docker.logs(container.id, { tail: 2000 })).map(mask);
  await ports.files.write(
    `${paths.failures}/${run}/${container.service}.log`,
    `${lines.join('\n')}\n`,
    { mode: 0o600 },
  );
  return lines.slice(-LOG_LINES).map((line) => `${container.service} | ${line}`);
}
