import type { ActionOf } from '../../model/plan.ts';
import type { ActionContext } from './action-context.ts';

/** How well they do afterwards is their owner's to know: nothing of the platform waits for them. */
export async function startAdded(
  { create, services }: ActionOf<'StartAdded'>,
  { ports, paths, project }: ActionContext,
): Promise<void> {
  const { compose, docker } = ports;
  if (create.length > 0) await compose.create(paths.directory, create, { own: true });
  const containers = await docker.containers(project);
  await Promise.all(
    containers
      .filter(({ service, state }) => services.includes(service) && state !== 'running')
      .map(({ id }) => docker.start(id)),
  );
}
