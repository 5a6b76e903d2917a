import { FactswayError } from '../model/errors.ts';
import type { Ports } from '../ports/ports.ts';

/** `healthcheck.start_interval` came with Engine 25; Compose passes it on since 2.20. */
export const MINIMUM_ENGINE = '25.0';
export const MINIMUM_COMPOSE = '2.20';

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

/** Compares major and minor of two versions; what cannot be read counts as older. */
export function isOlder(found: string, wanted: string): boolean {
  const numbers = (version: string): [number, number] => {
    const match = /(\d+)\.(\d+)/.exec(version);
    return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  };
  const [major, minor] = numbers(found);
  const [wantedMajor, wantedMinor] = numbers(wanted);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
