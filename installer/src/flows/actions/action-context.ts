import type { Desired } from '../../planner/desired.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { FactswayError } from '../../model/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { InstancePaths } from '../paths.ts';

/** What a handler needs to carry out an action of one instance. */
export type ActionContext = {
  readonly ports: Ports;
  readonly paths: InstancePaths;
  readonly project: string;
  /** Absent for commands that render nothing, such as `down`. */
  readonly desired?: Desired;
  /** Containers are still those of the former configuration, whatever is done to them. */
  readonly recordsNothing?: boolean;
  readonly mask: (text: string) => string;
  /** Runs work that shares a file one after the other, although steps run side by side. */
  readonly serially: (work: () => Promise<void>) => Promise<void>;
  /** Identifies this run in the journal and among kept artefacts. */
  readonly run: string;
};

export function requireDesired({ desired }: ActionContext): Desired {
  if (!desired) throw new Error('this action needs the desired bundle');
  return desired;
}

/** Containers by service id; throws when one of them is not there. */
export async function findContainers(
  { ports, project }: ActionContext,
  services: readonly string[],
): Promise<ObservedContainer[]> {
  const containers = await ports.docker.containers(project);
  return services.map((service) => {
    const found = containers.find((container) => container.service === service);
    if (found) return found;
    throw new FactswayError(
      'FW-DOCKER-COMMAND',
      `Docker has no container of ${service}.`,
      'Run the command again; it creates what is missing.',
    );
  });
}

/** A queue of one: each piece of work begins when the one before it has ended, however it ended. */
export function serialQueue(): ActionContext['serially'] {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const current = last.then(work);
    last = current.catch(() => undefined);
    return current;
  };
}
