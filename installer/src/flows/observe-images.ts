import type { ObservedContainer, ObservedImages } from '../model/observed.ts';
import type { Desired } from '../planner/desired.ts';
import type { Docker } from '../ports/docker.ts';

/** What the names stand for on this host that the platform is to be made of, and that its containers were made of. */
export function observeImages(
  { catalog }: Desired,
  containers: readonly ObservedContainer[],
  docker: Pick<Docker, 'images'>,
): Promise<ObservedImages> {
  return docker.images([
    ...new Set([...catalog.workloads, ...containers].map(({ image }) => image)),
  ]);
}
