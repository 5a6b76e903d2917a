import type { ObservedContainer } from '../../installer/src/model/observed.ts';
import type { Desired } from '../../installer/src/planner/desired.ts';
import type { Belongings, Outsider } from '../../installer/src/ports/belongings.ts';
import type { Compose } from '../../installer/src/ports/compose.ts';
import type { Docker } from '../../installer/src/ports/docker.ts';
import { composedHash, containerOf, imagesOf } from './builders.ts';
import { panicking } from './panic.ts';

/** What a container does when it is started; by default it runs and is healthy at once. */
export type Behaviour = (before: ObservedContainer) => Partial<ObservedContainer>;

/**
 * A Docker Engine and a Compose that hold containers and do what plans ask for. A call it was not made
 * for panics.
 */
export class FakeEngine {
  readonly containers = new Map<string, ObservedContainer>();
  readonly behaviours = new Map<string, Behaviour>();
  readonly logs = new Map<string, string[]>();
  /** Those of every container ever created: no container takes its data with it. */
  readonly volumes = new Set<string>();
  /** Those of every container created and not taken down since. */
  readonly networks = new Set<string>();
  /** By service, whether it starts again by itself, where somebody said so. */
  readonly comesBack = new Map<string, boolean>();
  /** By service, how much of a processor it gets, where somebody said so. */
  readonly weights = new Map<string, string>();
  /** Every change, in order: `start records-service-a`. */
  readonly calls: string[] = [];
  readonly docker: Docker;
  readonly compose: Compose;
  readonly belongings: Belongings;
  /** Containers of somebody else that use what is ours. */
  readonly outsiders: Outsider[] = [];
  /** Images beyond those of the platform, with the project of the container that uses each; empty for none. */
  readonly otherImages = new Map<string, string>();
  /** By service, what the override says of it; one that the platform has not is added. */
  readonly override = new Map<string, string>();
  /** Images that were built again since the first time: reference and new id. */
  readonly rebuilt = new Map<string, string>();
  /** As `docker network inspect` has it. */
  readonly subnets: Record<string, string> = {};
  /** When a container is started, as the engine tells it. */
  now = (): string => '2026-01-01T00:00:00Z';
  /** The slot that the proxy says requests go to. */
  leadsTo = (): string => 'a';
  desired: Desired;
  /** The same for the other slot, where services may be made in either. */
  inOther: Desired | undefined;

  /** One on which everything runs and is healthy. */
  static running(desired: Desired): FakeEngine {
    const engine = new FakeEngine(desired);
    for (const workload of desired.catalog.workloads) {
      const container = containerOf(workload, desired);
      engine.containers.set(container.id, container);
    }
    return engine;
  }

  constructor(desired: Desired) {
    this.desired = desired;
    this.docker = panicking<Docker>('docker', {
      info: async () => ({ version: '28.0.0', apiVersion: '1.48', rootDirectory: '/docker' }),
      containers: async () => [...this.containers.values()],
      container: async (id) => this.containers.get(id),
      images: async (references) =>
        Object.fromEntries(
          Object.entries(imagesOf(this.desired.catalog))
            .filter(([reference]) => references.includes(reference))
            .map(([reference, image]) => [reference, { ...image, id: this.#imageId(reference) }]),
        ),
      volumes: async () => [...this.volumes],
      networks: async () => [...this.networks],
      subnets: async () => this.subnets,
      removeNetworks: async (_project, names) => {
        this.calls.push(`remove networks ${[...names].sort().join(' ')}`);
        for (const name of names) this.networks.delete(name);
      },
      start: async (id) => {
        this.#start(this.#get(id));
      },
      weigh: async (id, weight) => {
        this.weights.set(this.#get(id).service, weight);
      },
      comesBack: async (id, always) => {
        this.comesBack.set(this.#get(id).service, always);
      },
      stop: async (id) => {
        const container = this.#get(id);
        this.calls.push(`stop ${container.service}`);
        this.change(id, { state: 'exited', health: 'none' });
      },
      remove: async (id) => {
        this.calls.push(`remove ${this.#get(id).service}`);
        this.containers.delete(id);
      },
      exec: async (id, argv) => {
        this.calls.push(`exec ${this.#get(id).service} ${argv[0] ?? ''}`);
        return { exitCode: 0, stdout: this.#answer(argv), stderr: 'HTTP/1.1 200 OK' };
      },
      signal: async (id, signal) => {
        this.calls.push(`signal ${this.#get(id).service} ${signal}`);
      },
      logs: async (id) => this.logs.get(id) ?? [],
    });
    this.belongings = this.#belongings();
    this.compose = panicking<Compose>('compose', {
      version: async () => '2.30.0',
      create: async (_directory, services, { anew = false } = {}) => {
        this.calls.push(`create ${anew ? 'anew ' : ''}${services.join(' ')}`);
        for (const service of services) this.#create(service);
      },
      read: async () => {
        const ours = this.desired.catalog.workloads.map(({ id }) => id);
        return Object.fromEntries(
          [...new Set([...ours, ...this.override.keys()])].map((id) => [
            id,
            { hash: composedHash(id, this.desired, this.override.get(id)) },
          ]),
        );
      },
      down: async () => {
        this.calls.push('down');
        this.containers.clear();
        this.networks.clear();
      },
    });
  }

  #belongings(): Belongings {
    const volume = (name: string) => ({ name, fullName: `factsway_${name}` });
    return panicking<Belongings>('belongings', {
      projectsAt: async (directory) => [
        ...new Set(
          [...this.containers.values()]
            .filter(({ workingDirectory }) => workingDirectory === directory)
            .map(() => 'factsway'),
        ),
      ],
      volumes: async () => [...this.volumes].sort().map(volume),
      outsiders: async () => this.outsiders,
      images: async (references) =>
        references.flatMap((reference) => {
          const project = this.otherImages.get(reference);
          if (project === undefined) return [];
          const users = project === '' ? [] : [{ container: 'theirs', project }];
          return [{ reference, id: `sha256:${reference}`, users }];
        }),
      removeVolumes: async (_project, names) => {
        this.calls.push(`remove volumes ${[...names].sort().join(' ')}`);
        for (const name of names) this.volumes.delete(name);
      },
      removeImage: async (reference) => {
        this.calls.push(`remove image ${reference}`);
        this.otherImages.delete(reference);
      },
    });
  }

  change(id: string, changes: Partial<ObservedContainer>): void {
    this.containers.set(id, { ...this.#get(id), ...changes });
  }

  /** Of programs inside containers: health of a service, where the proxy leads, a certificate. */
  #answer(argv: readonly string[]): string {
    const { version } = (this.inOther ?? this.desired).catalog.context.config.release;
    const url = argv.at(-1) ?? '';
    if (url.endsWith('/serving')) return this.leadsTo();
    if (url.includes('/health')) return JSON.stringify({ version });
    return '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  }

  /** The rendering that has the service; services of a slot are in that of the slot. */
  #desiredOf(service: string): Desired {
    const has = ({ catalog }: Desired): boolean =>
      catalog.workloads.some(({ id }) => id === service);
    return this.inOther && !has(this.desired) && has(this.inOther) ? this.inOther : this.desired;
  }

  #imageId(reference: string): string {
    return this.rebuilt.get(reference) ?? `sha256:${reference}`;
  }

  #get(id: string): ObservedContainer {
    const found = this.containers.get(id);
    if (!found) throw new Error(`the test's engine has no container ${id}`);
    return found;
  }

  /** Like Compose: a container whose definition and image are the same stays as it is. */
  #create(service: string): void {
    const desired = this.#desiredOf(service);
    const workload = desired.catalog.workloads.find(({ id }) => id === service);
    const configHash = composedHash(service, desired, this.override.get(service));
    if (!workload && this.override.has(service)) {
      this.#add(service, configHash);
      return;
    }
    if (!workload) throw new Error(`the test's Compose file has no service ${service}`);
    for (const { name } of workload.volumes) this.volumes.add(name);
    for (const { name } of workload.networks) this.networks.add(name);
    const imageId = this.#imageId(workload.image);
    const made = { ...containerOf(workload, desired), imageId };
    const before = this.containers.get(made.id);
    if (before?.configHash === configHash && before.imageId === imageId) return;
    this.containers.set(made.id, { ...made, configHash, state: 'created', health: 'none' });
  }

  #add(service: string, configHash: string): void {
    const [like] = this.desired.catalog.workloads.map((one) => containerOf(one, this.desired));
    if (!like) return;
    const id = `container-${service}`;
    if (this.containers.get(id)?.configHash === configHash) return;
    const made = {
      ...like,
      id,
      service,
      name: `factsway-${service}-1`,
      spec: '',
      configHash,
      composeFiles: ['compose.yaml', 'compose.override.yaml'],
    };
    this.containers.set(id, { ...made, state: 'created', health: 'none', ports: [] });
  }

  #start(container: ObservedContainer): void {
    this.calls.push(`start ${container.service}`);
    const { workloads } = this.#desiredOf(container.service).catalog;
    const workload = workloads.find(({ id }) => id === container.service);
    const behaviour =
      this.behaviours.get(container.service) ??
      ((): Partial<ObservedContainer> =>
        workload?.kind === 'one-shot'
          ? { state: 'exited', exitCode: 0 }
          : { state: 'running', health: workload?.health ? 'healthy' : 'none' });
    this.change(container.id, { startedAt: this.now(), ...behaviour(container) });
  }
}
