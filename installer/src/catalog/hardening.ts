import { credentialIn, looksSecret } from './secret-looks.ts';

/** A service as it stands in a Compose file that was read: nothing is taken for granted. */
export type WrittenService = Readonly<Record<string, unknown>>;
export type WrittenProject = {
  readonly services: Readonly<Record<string, WrittenService>>;
  /** `address:port` of every host port that factsway.yaml has a key for, and of them those open to others. */
  readonly declared: { readonly all: readonly string[]; readonly open: readonly string[] };
};

export type HardeningRule = {
  readonly name: string;
  /** Its counterpart in the CIS Docker Benchmark, in a few words: numbers differ from edition to edition. */
  readonly cis?: string;
  /** What is asked of every container, as a sentence. */
  readonly asks: string;
  /** How a service breaks it, in its own words; undefined where it does not. */
  readonly breach: (service: WrittenService, project: WrittenProject) => string | undefined;
};

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const entries = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
const field = (value: unknown, key: string): unknown => Object.fromEntries(entries(value))[key];
const unless = (holds: boolean, breach: string): string | undefined => (holds ? undefined : breach);
const show = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));
/** `512m`, `1g` or a number of bytes; NaN for anything else. */
const bytes = (value: unknown): number => {
  const [, amount = '', unit = ''] = /^(\d+)([bkmg]?)$/.exec(String(value)) ?? [];
  return Number.parseInt(amount, 10) * 1024 ** 'bkmg'.indexOf(unit === '' ? 'b' : unit);
};
/** Nothing at all of these keys. */
const absent =
  (...keys: string[]): HardeningRule['breach'] =>
  (service) => {
    const found = keys.find((key) => service[key] !== undefined && service[key] !== false);
    return found === undefined ? undefined : `${found}: ${show(service[found])}`;
  };
/** Source and options of each mount, in the short form and in the long one. */
const mounts = (service: WrittenService): { source: string; options: string[] }[] =>
  (Array.isArray(service['volumes']) ? (service['volumes'] as unknown[]) : []).map((entry) => {
    if (typeof entry !== 'string')
      return {
        source: String(field(entry, 'source')),
        options: [field(entry, 'read_only') === true ? 'ro' : 'rw'],
      };
    const [source = '', , options = 'rw'] = entry.split(':');
    return { source, options: options.split(',') };
  });
const finished = (name: string, { services }: WrittenProject): boolean =>
  Object.values(services).some(
    (service) =>
      field(field(service['depends_on'], name), 'condition') === 'service_completed_successfully',
  );

/** The rules of spec 02 "Hardening", asked of what is written in the rendered files. */
export const HARDENING_RULES: readonly HardeningRule[] = [
  {
    name: 'non-root user',
    cis: 'a user for the container has been created',
    asks: 'Runs as another user than root.',
    breach: ({ user }) =>
      unless(
        !/^(0|root)(:|$)/.test(
          user === undefined ? 'root' : JSON.stringify(user).replaceAll('"', ''),
        ),
        `user: ${show(user)}`,
      ),
  },
  {
    name: 'numeric user',
    asks: 'User and group are numbers, so that no image decides who they are.',
    breach: ({ user }) => unless(/^\d+:\d+$/.test(String(user)), `user: ${show(user)}`),
  },
  {
    name: 'read-only root',
    cis: 'the root file system is mounted read-only',
    asks: 'Cannot write to its own file system.',
    breach: (service) =>
      unless(service['read_only'] === true, `read_only: ${show(service['read_only'])}`),
  },
  {
    name: 'no capabilities',
    cis: 'kernel capabilities are restricted',
    asks: 'Gives up every capability of the kernel and gets none back.',
    breach: (service) =>
      list(service['cap_drop']).join() === 'ALL'
        ? absent('cap_add')(service, NOTHING)
        : `cap_drop: ${show(service['cap_drop'])}`,
  },
  {
    name: 'no new privileges',
    cis: 'no additional privileges can be acquired',
    asks: 'Cannot gain privileges by a program it runs, and keeps the profiles of Docker.',
    breach: ({ security_opt: options }) =>
      unless(list(options).join() === 'no-new-privileges:true', `security_opt: ${show(options)}`),
  },
  {
    name: 'not privileged',
    cis: 'privileged containers are not used',
    asks: 'Is not privileged.',
    breach: absent('privileged'),
  },
  {
    name: 'no host namespaces',
    cis: 'namespaces of the host are not shared',
    asks: 'Has a network, processes, shared memory, host name and users of its own.',
    breach: absent('network_mode', 'pid', 'ipc', 'uts', 'userns_mode', 'cgroup', 'cgroup_parent'),
  },
  {
    name: 'no devices',
    cis: 'host devices are not exposed',
    asks: 'Sees no device of the host.',
    breach: absent('devices', 'device_cgroup_rules', 'gpus'),
  },
  {
    name: 'no Docker socket',
    cis: 'the Docker socket is not mounted',
    asks: 'Cannot speak to the engine.',
    breach: (service) => {
      const socket = mounts(service).find(({ source }) =>
        /(docker|containerd|podman)[^/]*\.sock/.test(source),
      );
      return socket && `volumes: ${socket.source}`;
    },
  },
  {
    name: 'no sensitive host directories',
    cis: 'sensitive host directories are not mounted',
    asks: 'Sees nothing of the host but its own files of the instance directory.',
    breach: (service) => {
      const host = mounts(service).find(({ source }) => /^(\/|~|\.\.)/.test(source));
      return host && `volumes: ${host.source}`;
    },
  },
  {
    name: 'read-only configuration',
    asks: 'Cannot write to what it sees of the instance directory, and mounts nothing shared.',
    breach: (service) => {
      const open = mounts(service).find(
        ({ source, options }) => /^[./~]/.test(source) && options.join() !== 'ro',
      );
      return open && `volumes: ${open.source} (${open.options.join()})`;
    },
  },
  {
    name: 'bounded scratch space',
    asks: 'What it may write to outside of volumes is in memory, its own, has a size, and runs no program.',
    breach: ({ tmpfs, user }) => {
      const [uid = ''] = String(user).split(':');
      const wanted = ['size=', `uid=${uid},`, 'noexec', 'nosuid', 'nodev'];
      const loose = list(tmpfs).find((one) => !wanted.every((word) => one.includes(word)));
      return loose === undefined ? undefined : `tmpfs: ${loose}`;
    },
  },
  {
    name: 'memory limit',
    cis: 'memory is limited',
    asks: 'Has a limit of memory, and none beside it on disk.',
    breach: (service) =>
      unless(
        bytes(service['mem_limit']) > 0 && service['memswap_limit'] === service['mem_limit'],
        `mem_limit: ${show(service['mem_limit'])}, memswap_limit: ${show(service['memswap_limit'])}`,
      ),
  },
  {
    name: 'CPU limit',
    cis: 'CPU priority is set',
    asks: 'Has a limit of processor time.',
    breach: ({ cpus }) => unless(Number(cpus) > 0, `cpus: ${show(cpus)}`),
  },
  {
    name: 'process limit',
    cis: 'the PIDs limit is used',
    asks: 'Has a limit of processes, 512 at most.',
    breach: ({ pids_limit: pids }) =>
      unless(Number(pids) > 0 && Number(pids) <= 512, `pids_limit: ${show(pids)}`),
  },
  {
    name: 'health check',
    cis: 'container health is checked',
    asks: 'Can be asked how it is, unless it ends by itself.',
    breach: (service) =>
      unless(
        service['restart'] === 'no' ||
          (list(field(service['healthcheck'], 'test')).length > 1 &&
            field(service['healthcheck'], 'disable') !== true),
        `healthcheck: ${show(service['healthcheck'])}`,
      ),
  },
  {
    name: 'restart policy',
    cis: 'the restart policy is set',
    asks: 'Comes back by itself, also where Docker was killed or the container was sent a signal, unless it is one whose end others wait for.',
    breach: (service, project) => {
      const policy = service['restart'];
      if (policy === 'always') return undefined;
      const name = Object.entries(project.services).find(([, one]) => one === service)?.[0] ?? '';
      return unless(policy === 'no' && finished(name, project), `restart: ${show(policy)}`);
    },
  },
  {
    name: 'log rotation',
    asks: 'Cannot fill the disk with what it says.',
    breach: ({ logging }) => {
      const options = field(logging, 'options');
      const rotates = ['max-size', 'max-file'].every((key) => field(options, key) !== undefined);
      return unless(
        rotates && field(logging, 'driver') === 'json-file',
        `logging: ${show(logging)}`,
      );
    },
  },
  {
    name: 'image with a version',
    cis: 'images are of a fixed version',
    asks: 'Is of an image with a version or a digest, never of the latest.',
    breach: ({ image }) => {
      const reference = String(image);
      const tag = /:([^/:@]+)$/.exec(reference)?.[1];
      const named = tag !== undefined && /\d/.test(tag) && tag !== 'latest';
      return unless(named || /@sha256:[a-f0-9]{64}$/.test(reference), `image: ${show(image)}`);
    },
  },
  {
    name: 'declared ports only',
    cis: 'only needed ports are open',
    asks: 'Publishes no port but those of factsway.yaml, each on a named address.',
    breach: ({ ports }, { declared }) => {
      const odd = list(ports).find((port) => !declared.all.includes(hostSide(port)));
      return odd === undefined ? undefined : `ports: ${odd}`;
    },
  },
  {
    name: 'loopback for monitoring',
    cis: 'traffic is bound to a host interface',
    asks: 'What is not the front door listens on the server itself only.',
    breach: ({ ports }, { declared }) => {
      const open = list(ports).find(
        (port) =>
          !declared.open.includes(hostSide(port)) && !hostSide(port).startsWith('127.0.0.1:'),
      );
      return open === undefined ? undefined : `ports: ${open}`;
    },
  },
  {
    name: 'own networks',
    cis: 'the default bridge is not used',
    asks: 'Is in networks of the platform, never in the one all containers of the host share.',
    breach: ({ networks }) =>
      unless(
        entries(networks).length > 0 && !entries(networks).some(([name]) => name === 'default'),
        `networks: ${show(networks)}`,
      ),
  },
  {
    name: 'no secrets in the environment',
    asks: 'Reads secrets from files: an environment is shown to whoever may inspect.',
    breach: (service) => {
      const named = entries(service['environment']).find(
        ([name, value]) =>
          looksSecret(name, String(value)) || credentialIn(String(value)) !== undefined,
      );
      return named ? `environment: ${named[0]}` : absent('env_file')(service, NOTHING);
    },
  },
  {
    name: 'time to end',
    asks: 'Is given ten seconds or more to end before it is killed.',
    breach: ({ stop_grace_period: period }) =>
      unless(
        Number(/^(\d+)s$/.exec(String(period))?.[1]) >= 10,
        `stop_grace_period: ${show(period)}`,
      ),
  },
];

const NOTHING: WrittenProject = { services: {}, declared: { all: [], open: [] } };
/** `0.0.0.0:443` of `0.0.0.0:443:8443/tcp`. */
const hostSide = (port: string): string => port.replace(/:\d+(\/\w+)?$/, '');
