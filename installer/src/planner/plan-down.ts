import type { ObservedContainer } from '../model/observed.ts';
import { PlanBuilder, type Plan } from '../model/plan.ts';

/** Stops and removes every container and network of the project; data volumes and the instance directory stay. */
export function planDown(
  project: string,
  containers: readonly ObservedContainer[],
  networks: readonly string[],
): Plan {
  const builder = new PlanBuilder();
  if (containers.length > 0 || networks.length > 0) {
    builder.add({
      action: {
        kind: 'StopProject',
        project,
        services: containers.map(({ service }) => service).sort(),
        networks: [...networks].sort(),
      },
      cause: 'the platform is to stop; its data stays',
      // What stopped is not started again behind the back of somebody who wants it stopped.
      irreversible: 'Part of it may have stopped, the data is untouched: run the command again.',
    });
  }
  return builder.build('Stop the platform');
}
