import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { catalogWith, ENGINE } from '../../../test/fakes/builders.ts';
import { AXES, everyPair, takingTurns } from '../../../test/fakes/matrix.ts';
import { PROFILES } from './sizing-profiles.ts';
import { renderBundle } from '../render/render-bundle.ts';
import {
  HARDENING_RULES,
  type HardeningRule,
  type WrittenProject,
  type WrittenService,
} from './hardening.ts';

type Project = WrittenProject & {
  /** Rules each service has a written reason to break. */
  readonly excuses: Readonly<Record<string, readonly string[]>>;
};

/** The rendered Compose files, read as Compose reads them, with the exceptions that are on record. */
function written(settings: object): Project {
  const catalog = catalogWith(settings, ['a', 'b']);
  const { edge, monitoring } = catalog.context.config;
  const at = (bind: string, port: number) => `${bind.includes(':') ? `[${bind}]` : bind}:${port}`;
  const open = [at(edge.bind, edge.httpPort), at(edge.bind, edge.httpsPort)];
  const inside = [monitoring.prometheusPort, monitoring.alertmanagerPort];
  const services = renderBundle(catalog, ENGINE)
    .files.filter(({ path }) => /^compose\..*yaml$/.test(path))
    .map(({ content }) => load(content) as { services: Record<string, WrittenService> });
  return {
    services: Object.assign({}, ...services.map((file) => file.services)) as Project['services'],
    declared: { open, all: [...open, ...inside.map((port) => at('127.0.0.1', port))] },
    excuses: Object.fromEntries(
      catalog.workloads.map(({ id, exceptions }) => [id, exceptions.map(({ rule }) => rule)]),
    ),
  };
}

type Finding = { readonly service: string; readonly rule: string; readonly breach: string };
const findings = (project: WrittenProject): Finding[] =>
  Object.entries(project.services).flatMap(([service, text]) =>
    HARDENING_RULES.flatMap(({ name, breach }) => {
      const found = breach(text, project);
      return found === undefined ? [] : [{ service, rule: name, breach: found }];
    }),
  );

describe('every rendered combination', () => {
  // Profiles differ in numbers, the proxy in variables and receivers in secrets only: each of them takes its turn over
  // all the others.
  const TURNS = ['profile', 'proxy', 'receivers'];
  const inTurns = (name: string): boolean => TURNS.includes(name);
  const combinations = takingTurns(
    AXES.filter(({ name }) => inTurns(name)),
    AXES.filter(({ name }) => !inTurns(name)),
  );

  it('meets every profile and the proxy with every other choice', () => {
    const words = combinations.map(({ name }) => name.split(' '));
    const proxied = words
      .filter((all) => all.includes('proxied'))
      .map((all) => all.slice(TURNS.length));
    for (const axis of AXES.filter(({ name }) => !inTurns(name)))
      for (const value of Object.keys(axis.values))
        expect([value, proxied.some((all) => all.includes(value))]).toEqual([value, true]);
    expect(proxied.length).toBeGreaterThan(combinations.length / 3);
  });

  it('keeps every rule in every container, and breaks each one that has an exception', () => {
    const rendered = combinations.map(({ name, settings }) => [name, written(settings)] as const);
    expect(combinations.length).toBeGreaterThanOrEqual(32);
    for (const [name, project] of rendered) {
      const found = findings(project);
      const unexcused = found.filter(
        ({ service, rule }) => !project.excuses[service]?.includes(rule),
      );
      expect(unexcused, name).toEqual([]);
      const needed = found.map(({ service, rule }) => `${service}: ${rule}`);
      const given = Object.entries(project.excuses).flatMap(([service, rules]) =>
        rules.map((rule) => `${service}: ${rule}`),
      );
      // What nobody needs any more is an invitation to need it again.
      expect(given.sort(), name).toEqual(needed.sort());
    }
  }, 120_000);

  it('is made of every choice there is', () => {
    const values = Object.fromEntries(AXES.map((axis) => [axis.name, Object.keys(axis.values)]));
    expect(values).toMatchObject({
      profile: expect.arrayContaining(Object.keys(PROFILES)) as unknown,
      tls: ['internal', 'off', 'provided', 'acme'],
      source: ['upstream', 'debian'],
      database: ['bundled', 'external'],
      proxy: ['direct', 'proxied'],
      receivers: ['nobody', 'everybody'],
    });
  });

  it('meets any two choices in the few that Docker is asked about', () => {
    expect(everyPair(AXES).length).toBeLessThan(30);
    expect(everyPair(AXES)).toEqual(everyPair(AXES));
  });
});

it('exceptions are few, and each has its reason: they are invitations to look twice', () => {
  const exceptions = new Map(
    ['upstream', 'debian'].flatMap((source) =>
      catalogWith({ images: { source } }).workloads.flatMap(({ component, exceptions: list }) =>
        list.map(({ rule, reason }) => [`${component}: ${rule}`, reason] as const),
      ),
    ),
  );
  expect([...exceptions.keys()].sort()).toEqual([
    'edge: no capabilities',
    'edge: non-root user',
    'node-exporter: no sensitive host directories',
  ]);
  for (const reason of exceptions.values()) expect(reason.length).toBeGreaterThan(30);
});

const scratch = (options: string): string => `/tmp:${options},uid=10001,gid=10001,nosuid,nodev`;

/** A breach planted in a service that keeps every rule, and the rules that must see it; the others must not. */
const PLANTED: Readonly<Record<string, readonly [object, ...string[]]>> = {
  'user root by name': [{ user: 'root', tmpfs: [] }, 'non-root user', 'numeric user'],
  'user 0': [{ user: '0:0', tmpfs: [] }, 'non-root user'],
  'user of the image': [{ user: undefined, tmpfs: [] }, 'non-root user', 'numeric user'],
  'user by name': [{ user: 'caddy', tmpfs: [] }, 'numeric user'],
  'writable root': [{ read_only: false }, 'read-only root'],
  'capabilities kept': [{ cap_drop: ['NET_RAW'] }, 'no capabilities'],
  'capability given back': [{ cap_add: ['NET_BIND_SERVICE'] }, 'no capabilities'],
  'new privileges': [{ security_opt: ['no-new-privileges:false'] }, 'no new privileges'],
  'no profile': [
    { security_opt: ['no-new-privileges:true', 'seccomp:unconfined'] },
    'no new privileges',
  ],
  privileged: [{ privileged: true }, 'not privileged'],
  'network of the host': [{ network_mode: 'host' }, 'no host namespaces'],
  'processes of the host': [{ pid: 'host' }, 'no host namespaces'],
  'memory of the host': [{ ipc: 'host' }, 'no host namespaces'],
  'users of the host': [{ userns_mode: 'host' }, 'no host namespaces'],
  device: [{ devices: ['/dev/sda:/dev/sda'] }, 'no devices'],
  socket: [
    { volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro'] },
    'no Docker socket',
    'no sensitive host directories',
  ],
  'directory of the host': [{ volumes: ['/etc:/host-etc:ro'] }, 'no sensitive host directories'],
  'directory of the host, long form': [
    { volumes: [{ type: 'bind', source: '/etc', target: '/x', read_only: true }] },
    'no sensitive host directories',
  ],
  'writable configuration': [{ volumes: ['./config/edge:/etc/caddy'] }, 'read-only configuration'],
  'shared mount': [{ volumes: ['./config/edge:/x:ro,shared'] }, 'read-only configuration'],
  'scratch without end': [{ tmpfs: [scratch('noexec')] }, 'bounded scratch space'],
  'scratch that runs': [{ tmpfs: [scratch('size=1')] }, 'bounded scratch space'],
  'scratch of another user': [
    { tmpfs: [scratch('size=1,noexec').replace('uid=10001', 'uid=0')] },
    'bounded scratch space',
  ],
  'no memory limit': [{ mem_limit: undefined, memswap_limit: undefined }, 'memory limit'],
  swap: [{ memswap_limit: '2048m' }, 'memory limit'],
  'no CPU limit': [{ cpus: undefined }, 'CPU limit'],
  'no process limit': [{ pids_limit: -1 }, 'process limit'],
  'many processes': [{ pids_limit: 4096 }, 'process limit'],
  'no health check': [{ healthcheck: undefined }, 'health check'],
  'health check off': [{ healthcheck: { test: ['NONE'] } }, 'health check'],
  'stays down': [{ restart: 'no' }, 'restart policy'],
  'stays stopped once it was sent a signal': [{ restart: 'unless-stopped' }, 'restart policy'],
  'logs without end': [{ logging: { driver: 'json-file' } }, 'log rotation'],
  'latest image': [{ image: 'docker.io/library/caddy:latest' }, 'image with a version'],
  'image without a tag': [{ image: 'localhost:5000/caddy' }, 'image with a version'],
  'port nobody declared': [
    { ports: ['0.0.0.0:2019:2019/tcp'] },
    'declared ports only',
    'loopback for monitoring',
  ],
  'port on every address': [
    { ports: ['9090:9090'] },
    'declared ports only',
    'loopback for monitoring',
  ],
  'the shared network': [{ networks: { default: null } }, 'own networks'],
  'no network of its own': [{ networks: undefined }, 'own networks'],
  password: [{ environment: { DB_PASSWORD: 'secret' } }, 'no secrets in the environment'],
  'address with a password': [
    { environment: { DB: 'postgres://a:b@c/d' } },
    'no secrets in the environment',
  ],
  'file of variables': [{ env_file: ['.env'] }, 'no secrets in the environment'],
  'killed at once': [{ stop_grace_period: '1s' }, 'time to end'],
};

describe('a planted breach', () => {
  const project = written({ images: { source: 'debian' } });
  const good = project.services['edge']!;

  it.each(Object.entries(PLANTED))('%s is seen', (_, [change, ...rules]) => {
    const planted = { ...project, services: { edge: { ...good, ...change } } };
    expect(findings(planted).map(({ rule }) => rule)).toEqual(rules);
  });

  it('exists for every rule', () => {
    const seen = new Set(Object.values(PLANTED).flatMap(([, ...rules]) => rules));
    expect(
      HARDENING_RULES.map(({ name }: HardeningRule) => name).filter((name) => !seen.has(name)),
    ).toEqual([]);
  });
});
