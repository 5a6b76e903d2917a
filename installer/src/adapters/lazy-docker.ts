import type { Docker } from '../ports/docker.ts';

/** The engine adapter, loaded with the first call: `render` never needs dockerode. */
export function lazyDocker(): Docker {
  let engine: Promise<Docker> | undefined;
  const load = (): Promise<Docker> =>
    (engine ??= import('./docker-engine.ts').then(({ DockerEngine }) => new DockerEngine()));
  return {
    info: async () => (await load()).info(),
    containers: async (project) => (await load()).containers(project),
    container: async (id) => (await load()).container(id),
    images: async (references) => (await load()).images(references),
    volumes: async (project) => (await load()).volumes(project),
    pull: async (reference, progress) => (await load()).pull(reference, progress),
    start: async (id) => (await load()).start(id),
    stop: async (id) => (await load()).stop(id),
    remove: async (id) => (await load()).remove(id),
    signal: async (id, signal) => (await load()).signal(id, signal),
    exec: async (id, argv) => (await load()).exec(id, argv),
    logs: async (id, options) => (await load()).logs(id, options),
  };
}
