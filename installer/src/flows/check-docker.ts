import { isOlder, MINIMUM_COMPOSE, MINIMUM_ENGINE } from '../model/docker-versions.ts';
import { FactswayError } from '../model/errors.ts';
import type { Ports } from '../ports/ports.ts';

export type DockerVersions = { readonly engine: string; readonly compose: string };

/** Engine and Compose answer and are new enough. Throws FW-DOCKER-UNREACHABLE, FW-COMPOSE-MISSING or FW-DOCKER-TOO-OLD. */
export async function requireDocker({
  docker,
  compose,
}: Pick<Ports, 'docker' | 'compose'>): Promise<DockerVersions> {
  const [engine, plugin] = await Promise.all([docker.info(), compose.version()]);
  if (isOlder(engine.version, MINIMUM_ENGINE))
    throw tooOld('Docker Engine', engine.version, MINIMUM_ENGINE);
  if (isOlder(plugin, MINIMUM_COMPOSE)) throw tooOld('Docker Compose', plugin, MINIMUM_COMPOSE);
  return { engine: engine.version, compose: plugin };
}

function tooOld(what: string, found: string, wanted: string): FactswayError {
  return new FactswayError(
    'FW-DOCKER-TOO-OLD',
    `${what} is ${found}; ${wanted} or newer is needed.`,
    'Update it (https://docs.docker.com/engine/install/), then run the command again.',
  );
}
