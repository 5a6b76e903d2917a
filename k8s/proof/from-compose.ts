import {
  imageParts,
  onlyKnown,
  SERVICE_KEYS,
  seconds,
  undollared,
  type ComposeProject,
  type ComposeService,
} from './compose-project.ts';
import type { ComponentFacts, Facts, SecretFacts, TmpfsFacts } from './facts.ts';
import { leavesHost, meets } from './reachability.ts';

/** The files of the instance directory by their path below it: Compose names directories only. */
export type ComposeFiles = Readonly<
  Record<string, { readonly content: string; readonly mode: number }>
>;

const SLOT_LABEL = 'io.factsway.slot';
const COMPONENT_LABEL = 'io.factsway.component';
const SECRETS = '/run/secrets/';
/** Inside a container, which is nobody else's way in. */
const LOOPBACK = /^(127\.|::1:|\[::1\])/;
/** What a container engine adds to Compose's own words. */
const CONDITIONS: Readonly<Record<string, string>> = {
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
  service_started: 'started',
};

/**
 * Facts of `docker compose config --format json`.
 * @param directory where that was run: paths of bind mounts begin with it
 * @throws Error where the project says something that is not read here
 */
export function factsFromCompose(printed: unknown, files: ComposeFiles, directory: string): Facts {
  const project = undollared(printed as ComposeProject);
  const services = Object.entries(project.services).map(([id, service]) => ({
    id,
    service,
    component: service.labels?.[COMPONENT_LABEL] ?? id,
    slot: service.labels?.[SLOT_LABEL] ?? null,
    networks: Object.keys(service.networks ?? { default: null }),
  }));
  const all: World = {
    project,
    files,
    directory,
    services,
    internal: new Set(
      Object.entries(project.networks ?? {}).flatMap(([name, network]) =>
        network?.internal ? [name] : [],
      ),
    ),
    mentioned: mentioned(services),
  };
  const components = new Map<string, ComponentFacts>();
  for (const one of services) {
    onlyKnown(one.service, SERVICE_KEYS, `service ${one.id}`);
    if (components.has(one.component))
      throw new Error(`${one.component} runs twice: the facts are those of one release`);
    components.set(one.component, componentFacts(one, all));
  }
  return { components: Object.fromEntries(components) };
}

type Named = {
  readonly id: string;
  readonly service: ComposeService;
  readonly component: string;
  readonly slot: string | null;
  readonly networks: readonly string[];
};
type World = {
  readonly project: ComposeProject;
  readonly files: ComposeFiles;
  readonly directory: string;
  readonly services: readonly Named[];
  readonly internal: ReadonlySet<string>;
  readonly mentioned: ReadonlyMap<string, ReadonlySet<number>>;
};

function componentFacts(named: Named, world: World): ComponentFacts {
  const { service, slot, id } = named;
  const once = service.restart === undefined || service.restart === 'no';
  const { grace, check } = timing(service);
  return {
    slot,
    kind: once ? 'one-shot' : 'service',
    beside: [],
    collectsOrphans: service.init ?? false,
    restart: service.restart ?? 'no',
    job: { retries: 0, deadlineSeconds: null },
    image: { ...imageParts(service.image), pull: service.pull_policy ?? 'missing' },
    entrypoint: service.entrypoint ?? [],
    command: service.command ?? [],
    environment: Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([name, value]) => [name, value ?? '']),
    ),
    secrets: secrets(service, world),
    ...mounts(named, world),
    tmpfs: Object.fromEntries((service.tmpfs ?? []).map(tmpfs)),
    security: security(service, id),
    resources: {
      memoryBytes: Number(service.mem_limit ?? 0),
      swapBytes: Number(service.memswap_limit ?? 0) - Number(service.mem_limit ?? 0),
      cpus: service.cpus ?? 0,
      pids: service.pids_limit ?? null,
      shmBytes: service.shm_size === undefined ? null : Number(service.shm_size),
      requestedMemoryBytes: null,
      requestedCpus: null,
      diskBytes: null,
      requestedDiskBytes: null,
    },
    health: check,
    readiness: {},
    liveness: {},
    stop: { graceSeconds: grace, preStopSeconds: 0, signal: service.stop_signal ?? null },
    logs: {
      driver: service.logging?.driver ?? null,
      size: service.logging?.options?.['max-size'] ?? null,
      files: service.logging?.options?.['max-file'] ?? null,
    },
    copies: { least: 1, most: 1, away: null },
    waitsFor: Object.fromEntries(
      Object.entries(service.depends_on ?? {}).map(([other, { condition }]) => [
        world.services.find((one) => one.id === other)?.component ?? other,
        CONDITIONS[condition] ?? condition,
      ]),
    ),
    gates: {},
    tasks: {},
    ...traffic(named, world),
  };
}

function secrets(service: ComposeService, { project }: World): Record<string, SecretFacts> {
  return Object.fromEntries(
    (service.secrets ?? []).map(({ source, target, mode }) => [
      target?.startsWith('/') ? target : SECRETS + (target ?? source),
      {
        name: source,
        key: project.secrets?.[source]?.file?.split('/').at(-1) ?? '',
        // A file keeps the mode it has on the host, which Compose does not say.
        mode: mode === undefined ? null : Number.parseInt(mode, 8),
      },
    ]),
  );
}

type Mounts = Pick<ComponentFacts, 'files' | 'volumes' | 'secretDirectories' | 'hostPaths'>;

function mounts(named: Named, { files, directory, services }: World): Mounts {
  const { service, id } = named;
  const found = {
    files: {} as Record<string, ComponentFacts['files'][string]>,
    volumes: {} as Record<string, ComponentFacts['volumes'][string]>,
    secretDirectories: {} as Record<string, string>,
    hostPaths: {} as Record<string, string>,
  };
  for (const { type, source = '', target, read_only: readOnly } of service.volumes ?? []) {
    const inside = source.startsWith(`${directory}/`) ? source.slice(directory.length + 1) : '';
    const writable = readOnly !== true;
    if (type === 'volume') {
      const sharedWith = services
        .filter((other) => other !== named)
        .flatMap((other) =>
          (other.service.volumes ?? [])
            .filter((one) => one.type === 'volume' && one.source === source)
            .map((one) => `${other.component}:${one.target}`),
        );
      const own = { bytes: null, writable, sharedWith: sharedWith.sort() };
      found.volumes[target] = { kind: 'persistent', ...own };
    } else if (type !== 'bind') throw new Error(`service ${id}: a mount of type ${type}`);
    else if (inside.startsWith('config/')) {
      for (const [path, { content, mode }] of Object.entries(files))
        if (path.startsWith(`${inside}/`))
          found.files[target + path.slice(inside.length)] = {
            text: content,
            executable: (mode & 0o111) !== 0,
            writable,
          };
    } else if (inside.startsWith('secrets/')) found.secretDirectories[target] = inside;
    // Where the instance is does not matter; what is beside its files does.
    else found.hostPaths[target] = inside === '' ? source : `./${inside}`;
  }
  return found;
}

function tmpfs(entry: string): [string, TmpfsFacts] {
  const [path = '', options = ''] = entry.split(':');
  const words = options.split(',').map((word) => word.split('='));
  const value = (key: string): string | undefined => words.find(([name]) => name === key)?.[1];
  const number = (key: string): number | null => {
    const text = value(key);
    return text === undefined ? null : Number(text);
  };
  const flags = words.flatMap(([name = '', given]) => (given === undefined ? [name] : []));
  const facts = {
    bytes: number('size') ?? 0,
    mode: value('mode') ?? null,
    flags: flags.sort().join(','),
    uid: number('uid'),
    gid: number('gid'),
    sharedWith: [],
  };
  return [path, facts];
}

function security(service: ComposeService, id: string): ComponentFacts['security'] {
  const [uid = '0', gid = uid] = (service.user ?? '0:0').split(':');
  const options = service.security_opt ?? [];
  const strange = options.find((option) => !/^(no-new-privileges|seccomp)[:=]/.test(option));
  if (strange !== undefined) throw new Error(`service ${id}: security_opt ${strange}`);
  const profile = options.find((option) => option.startsWith('seccomp'))?.slice('seccomp:'.length);
  const shared = { network: service.network_mode, pid: service.pid, ipc: service.ipc };
  return {
    uid: Number(uid),
    gid: Number(gid),
    volumeGroup: null,
    nonRoot: null,
    privileged: service.privileged ?? false,
    escalation: !options.some((option) => /^no-new-privileges[:=]true$/.test(option)),
    readOnlyRoot: service.read_only ?? false,
    added: [...(service.cap_add ?? [])].sort(),
    dropped: [...(service.cap_drop ?? [])].sort(),
    seccomp: profile ?? 'default',
    // The socket of the engine would be a mount of the host.
    controlToken: false,
    hostNamespaces: Object.entries(shared).flatMap(([name, mode]) =>
      mode === 'host' ? [name] : [],
    ),
  };
}

function timing({ stop_grace_period: grace, healthcheck: check }: ComposeService) {
  const [how, ...argv] = check?.test ?? [];
  return {
    grace: seconds(grace ?? '10s'),
    check:
      !check || check.disable || how === 'NONE'
        ? {}
        : {
            argv: how === 'CMD-SHELL' ? ['/bin/sh', '-c', ...argv] : argv,
            intervalSeconds: seconds(check.interval ?? '30s'),
            timeoutSeconds: seconds(check.timeout ?? '30s'),
            retries: check.retries ?? 3,
            startPeriodSeconds: seconds(check.start_period ?? '0s'),
          },
  };
}

/** Ports under which containers are spoken of: Compose has no list of them. */
function mentioned(services: readonly Named[]): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  const add = (name: string, port: number): void => {
    const owner = services.find(
      ({ id, component, service }) =>
        [id, component].includes(name) ||
        Object.values(service.networks ?? {}).some((network) => network?.aliases?.includes(name)),
    );
    if (owner && Number.isInteger(port))
      found.set(owner.id, new Set([...(found.get(owner.id) ?? []), port]));
  };
  for (const { service, id } of services) {
    const environment = service.environment ?? {};
    const words = [...Object.values(environment), ...(service.command ?? [])].join('\n');
    for (const [, name = '', port] of words.matchAll(/([a-z][a-z0-9-]*):(\d+)\b/g))
      add(name, Number(port));
    for (const [name, host] of Object.entries(environment))
      if (name.endsWith('_HOST'))
        add(host ?? '', Number(environment[name.replace(/_HOST$/, '_PORT')] ?? NaN));
    const asked = (service.healthcheck?.test ?? []).join(' ').matchAll(/127\.0\.0\.1:(\d+)/g);
    for (const [, port] of asked) add(id, Number(port));
    if (environment['PORT'] !== undefined) add(id, Number(environment['PORT']));
    for (const { target } of service.ports ?? []) add(id, target);
  }
  return found;
}

type Traffic = Pick<
  ComponentFacts,
  'listens' | 'names' | 'exposure' | 'reaches' | 'entered' | 'leaves' | 'resolvesNames'
>;

function traffic(named: Named, { services, internal, mentioned: ports }: World): Traffic {
  const { service, id, networks } = named;
  const listens = (one: Named): number[] => [...(ports.get(one.id) ?? [])].sort((a, b) => a - b);
  const texts = (one: Named): string[] => listens(one).map(String);
  const aliases = Object.values(service.networks ?? {}).flatMap(
    (network) => network?.aliases ?? [],
  );
  const exposure: Record<string, string[]> = {};
  for (const { host_ip: address = '0.0.0.0', target, published = '' } of service.ports ?? [])
    exposure[String(target)] = [...(exposure[String(target)] ?? []), `${address}:${published}`];
  return {
    listens: listens(named),
    names: Object.fromEntries(
      listens(named).length === 0 ? [] : [id, ...aliases].map((name) => [name, texts(named)]),
    ),
    exposure,
    reaches: Object.fromEntries(
      services
        .filter((other) => other !== named && listens(other).length > 0 && meets(named, other))
        .map((other) => [other.component, texts(other)]),
    ),
    entered: Object.entries(exposure).flatMap(([port, places]) =>
      places.some((place) => !LOOPBACK.test(place)) ? [port] : [],
    ),
    leaves: leavesHost(named, internal) ? ['*'] : [],
    // The engine answers for names on every network (Docker documentation, "Networking": DNS services).
    resolvesNames: networks.length > 0,
  };
}
