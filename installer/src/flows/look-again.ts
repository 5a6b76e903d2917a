import type { Catalog } from '../catalog/catalog.ts';
import { FactswayError } from '../model/errors.ts';
import { EXIT } from '../model/exit-codes.ts';
import { isHalfMade, type ObservedContainer } from '../model/observed.ts';
import type { Ports } from '../ports/ports.ts';

const POLL_MS = 500;
/** Longer than a component needs that Docker restarted by itself meanwhile. */
const PATIENCE_MS = 60_000;

type View = Pick<Ports, 'docker' | 'clock' | 'signal'>;

/**
 * The last look, after the steps: also what no step had to touch must run. Throws FW-NOT-HEALTHY naming what does not.
 */
export async function requireServing(
  { workloads, context }: Catalog,
  { docker, clock, signal }: View,
): Promise<void> {
  const services = workloads.filter(({ kind }) => kind === 'service').map(({ id }) => id);
  const deadline = clock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    const containers = await standing(context.config.project, docker);
    const found = services.map((service) => ({ service, container: containers.get(service) }));
    const bad = found.filter(({ container }) => !container || !isUp(container));
    if (bad.length === 0) return;
    const mayRecover = bad.every(({ container }) => container && isOnItsWay(container));
    if (!mayRecover || clock.monotonicMs() > deadline) {
      throw new FactswayError(
        'FW-NOT-HEALTHY',
        `Every step was done, and still not everything runs: ${bad.map(({ service, container }) => `${service} (${container ? wordFor(container) : 'missing'})`).join(', ')}.`,
        `See what it says: factsway-install logs ${bad[0]?.service.replace(/-[ab]$/, '') ?? ''}   and run factsway-install up: it brings back what is missing.`,
        [],
        EXIT.operator,
      );
    }
    await clock.sleep(POLL_MS, signal);
  }
}

/** Of containers that ran, in words, those that do not any more: after an undo, what it did not bring back. */
export async function findLost(
  before: readonly ObservedContainer[],
  project: string,
  { docker }: Pick<Ports, 'docker'>,
): Promise<string[]> {
  const now = await standing(project, docker);
  return before.flatMap(({ service }) => {
    const container = now.get(service);
    if (container?.state === 'running' || container?.state === 'restarting') return [];
    return [`${service} ran before and does not now (${container?.state ?? 'missing'})`];
  });
}

async function standing(
  project: string,
  docker: Ports['docker'],
): Promise<ReadonlyMap<string, ObservedContainer>> {
  const containers = await docker.containers(project);
  return new Map(
    containers
      .filter((container) => !isHalfMade(container, project))
      .map((container) => [container.service, container]),
  );
}

const wordFor = ({ state, health }: ObservedContainer): string =>
  state === 'running' ? health : state;
const isUp = ({ state, health }: ObservedContainer): boolean =>
  state === 'running' && (health === 'healthy' || health === 'none');
/** A server that has much else to do may miss a few of its own looks: what runs is given the time to say otherwise. */
const isOnItsWay = (container: ObservedContainer): boolean =>
  isUp(container) || ['starting', 'restarting', 'unhealthy'].includes(wordFor(container));
