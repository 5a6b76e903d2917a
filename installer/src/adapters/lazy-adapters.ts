import type { Belongings } from '../ports/belongings.ts';
import type { Compose } from '../ports/compose.ts';
import type { Database } from '../ports/database.ts';
import type { Docker } from '../ports/docker.ts';
import type { EngineProbes } from '../ports/engine-probes.ts';
import type { Http } from '../ports/http.ts';
import type { Kustomize } from '../ports/kustomize.ts';
import type { Machine } from '../ports/machine.ts';
import { lazily } from './lazily.ts';

const DOCKER = [
  'info',
  'containers',
  'container',
  'images',
  'volumes',
  'networks',
  'subnets',
  'removeNetworks',
  'pull',
  'start',
  'stop',
  'comesBack',
  'weigh',
  'remove',
  'signal',
  'exec',
  'runApart',
  'runBeside',
  'logs',
  'keptLines',
  'execLines',
] as const satisfies readonly (keyof Docker)[];
const COMPOSE = [
  'version',
  'accepts',
  'config',
  'read',
  'create',
  'down',
  'run',
] as const satisfies readonly (keyof Compose)[];
const MACHINE = [
  'platform',
  'addresses',
  'builtAt',
  'environment',
  'kindOf',
  'fileSystem',
  'writeLatencies',
  'portHolder',
  'nameServers',
  'nameServerAnswers',
  'resolve',
  'askProxy',
  'ask',
] as const satisfies readonly (keyof Machine)[];
const ENGINE_PROBES = [
  'details',
  'networks',
  'platforms',
  'askRegistry',
] as const satisfies readonly (keyof EngineProbes)[];
const BELONGINGS = [
  'projectsAt',
  'volumes',
  'outsiders',
  'images',
  'removeVolumes',
  'removeImage',
] as const satisfies readonly (keyof Belongings)[];

/** A method that is missing from a list would be missing at run time: the compiler counts them. */
type Complete<T, Listed> = Exclude<keyof T, Listed> extends never ? T : never;

/** `signal` ends what may be given up half way, such as a download. */
export const lazyDocker = (signal: AbortSignal): Complete<Docker, (typeof DOCKER)[number]> =>
  lazily<Docker>(DOCKER, async () => new (await import('./docker-engine.ts')).DockerEngine(signal));

export const lazyCompose = (
  environment: Readonly<Record<string, string | undefined>>,
): Complete<Compose, (typeof COMPOSE)[number]> =>
  lazily<Compose>(
    COMPOSE,
    async () => new (await import('./compose-cli.ts')).ComposeCli(environment),
  );

export const lazyKustomize = (): Kustomize =>
  lazily<Kustomize>(['build'], async () => (await import('./kubectl-cli.ts')).kubectlCli);

export const lazyDatabase = (): Database =>
  lazily<Database>(['ask'], async () => new (await import('./pg-database.ts')).PgDatabase());

export const lazyBelongings = (): Complete<Belongings, (typeof BELONGINGS)[number]> =>
  lazily<Belongings>(
    BELONGINGS,
    async () => new (await import('./docker-belongings.ts')).DockerBelongings(),
  );

export const lazyHttp = (): Http =>
  lazily<Http>(['request'], async () => (await import('./node-http.ts')).nodeHttp);

export const lazyMachine = (): Complete<Machine, (typeof MACHINE)[number]> =>
  lazily<Machine>(MACHINE, async () => new (await import('./node-machine.ts')).NodeMachine());

export const lazyEngineProbes = (): Complete<EngineProbes, (typeof ENGINE_PROBES)[number]> =>
  lazily<EngineProbes>(
    ENGINE_PROBES,
    async () => new (await import('./docker-probes.ts')).DockerProbes(),
  );
