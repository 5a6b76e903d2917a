import { neededAlertSecrets } from '../../installer/src/catalog/alert-secrets.ts';
import type { Catalog } from '../../installer/src/catalog/catalog.ts';
import type { AnyCheck, Verdict } from '../../installer/src/checks/analysers/preflight/check.ts';
import type {
  Certificate,
  PreflightFacts,
  Purpose,
} from '../../installer/src/checks/facts-preflight.ts';
import type { PreflightView } from '../../installer/src/checks/collectors/preflight/view.ts';
import { externalDatabase } from './external-database.ts';
import { GiB } from '../../installer/src/model/units.ts';
import type { EngineDetails } from '../../installer/src/model/engine-details.ts';
import type { EngineProbes } from '../../installer/src/ports/engine-probes.ts';
import type { Machine } from '../../installer/src/ports/machine.ts';
import { catalogWith, DIRECTORY } from './builders.ts';
import { panicking } from './panic.ts';
import { fakePorts, type FakePorts } from './ports.ts';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const DAY = 86_400_000;

export const ENGINE: EngineDetails = {
  version: '28.0.0',
  endpoint: 'unix:///var/run/docker.sock',
  context: '',
  rootDirectory: '/var/lib/docker',
  operatingSystem: 'Debian GNU/Linux 13 (trixie)',
  platform: 'linux/amd64',
  driver: 'overlay2',
  driverStatus: { 'Backing Filesystem': 'extfs', 'Supports d_type': 'true' },
  cgroupVersion: '2',
  memoryLimit: true,
  pidsLimit: true,
  cpuQuota: true,
  securityOptions: ['name=seccomp,profile=builtin'],
  liveRestore: false,
  proxy: '',
  addressPools: [],
  insecureRegistries: [],
  containerProxy: '',
};

export const CERTIFICATE: Certificate = {
  subject: 'factsway.example.com',
  issuer: 'Example Intermediate',
  names: ['factsway.example.com'],
  notBeforeMs: NOW - 10 * DAY,
  notAfterMs: NOW + 80 * DAY,
  key: { type: 'ec', bits: 256 },
  selfSigned: false,
  signedByNext: undefined,
};

/** A server with nothing to find fault with, ready for a first installation. */
export function goodFacts(catalog: Catalog = catalogWith()): PreflightFacts {
  const wanted = [...new Set(catalog.workloads.map(({ image }) => image))];
  const ofRelease = [
    ...new Set(catalog.workloads.filter(({ slot }) => slot).map(({ image }) => image)),
  ];
  const place = {
    type: 'ext4',
    readOnly: false,
    device: 1,
    totalBytes: 200 * GiB,
    freeBytes: 100 * GiB,
    inodes: 10_000_000,
    freeInodes: 9_000_000,
  };
  return {
    machine: {
      system: 'linux',
      architecture: 'x64',
      kernel: '6.12.0-1-amd64',
      cores: 4,
      memoryBytes: 16 * GiB,
      overcommit: 0,
      openFiles: { open: 2000, most: 1_000_000 },
      engineOpenFiles: 20_000,
    },
    clock: {
      nowMs: NOW,
      builtMs: NOW - DAY,
      synchronised: { yes: true, source: 'timedatectl' },
      registry: undefined,
    },
    disks: {
      places: [
        { ...place, use: 'instance', path: '/opt' },
        { ...place, use: 'docker', path: '/var/lib/docker' },
      ],
    },
    latency: { places: [{ path: '/opt', samplesMs: [1, 1, 1, 2] }] },
    directory: {
      path: DIRECTORY,
      kind: 'absent',
      nearest: '/opt',
      writable: true,
      type: 'ext4',
      readOnly: false,
      release: undefined,
    },
    engine: { ...ENGINE, rootIsHere: true },
    compose: { version: '2.30.0' },
    boot: { state: 'enabled', unit: 'docker.service' },
    networks: {
      docker: [{ name: 'bridge', subnet: '172.17.0.0/16' }],
      missing: ['edge', 'app-a', 'app-b', 'data', 'monitoring', 'egress'],
      routes: [{ subnet: '192.0.2.0/24', device: 'eth0' }],
      needed: [
        { address: '192.0.2.1', use: 'gateway' },
        { address: '192.0.2.53', use: 'name server' },
      ],
    },
    ports: { wanted: 4, absent: [], busy: [] },
    project: { elsewhere: [], containers: 0 },
    secrets: {
      files: catalog.secrets.map(({ name }) => ({ name, state: 'absent', unlocks: undefined })),
    },
    dns: { servers: ['192.0.2.53'], answers: true },
    hostName: { name: 'localhost', resolved: ['127.0.0.1'], own: ['127.0.0.1', '192.0.2.10'] },
    proxy: { shell: {}, engine: '', containers: '' },
    proxyAnswers: {
      asked: [
        {
          key: 'network.proxy.https',
          proxy: 'http://proxy.example.com:3128',
          method: 'CONNECT',
          target: 'factsway.invalid:443',
          needed: false,
          result: { answer: 'status', status: 503 },
        },
      ],
    },
    images: {
      wanted,
      ofRelease,
      local: wanted.map((reference) => ({
        reference,
        version: ofRelease.includes(reference) ? catalog.context.config.release.version : '',
        platform: 'linux/amd64',
      })),
    },
    registry: { asked: [] },
    databaseSize: { exists: false, bytes: undefined },
    externalDatabase: externalDatabase(),
    alertSecrets: {
      secrets: neededAlertSecrets(catalog.context.config).map((secret) => ({
        ...secret,
        found: { state: 'text', form: 'https', isRoutingKey: true },
      })),
    },
    backupDirectory: {
      path: '/mnt/backups',
      kind: 'directory',
      real: '/mnt/backups',
      access: { uid: 999, mode: 0o700 },
      device: 7,
      freeBytes: 100 * GiB,
      instance: DIRECTORY,
      docker: { path: '/var/lib/docker', device: 1 },
      user: '999:999',
    },
    tls: {
      certificateFile: '/etc/tls/chain.crt',
      keyFile: '/etc/tls/server.key',
      chain: [
        { ...CERTIFICATE, signedByNext: true },
        { ...CERTIFICATE, subject: 'Example Intermediate', issuer: 'Example Root', names: [] },
      ],
      keyOf: 0,
      keyMode: 0o600,
      endsAtKnownRoot: true,
    },
  };
}

/** What a check says of the good server with some facts changed. */
export function judge(
  check: AnyCheck,
  change: (facts: PreflightFacts) => Partial<PreflightFacts> = () => ({}),
  { settings, purpose = 'install' }: { settings?: object; purpose?: Purpose } = {},
): Verdict {
  const catalog = catalogWith(settings);
  const facts = goodFacts(catalog);
  return check.analyse({ ...facts, ...change(facts) }, { purpose, catalog, directory: DIRECTORY });
}

/** `fail FW-CORES-TOO-FEW: 2 cores, …`: a verdict as a line to compare. */
export const lineOf = ({ status, code, found }: Verdict): string =>
  `${status}${code === undefined ? '' : ` ${code}`}: ${found}`;

/** A machine that answers what a good server would; a call it was not made for panics. */
export function fakeMachine(given: Partial<Machine> = {}): Machine {
  return panicking<Machine>('machine', {
    platform: async () => ({ system: 'linux', architecture: 'x64', kernel: '6.12.0' }),
    addresses: async () => ['127.0.0.1', '192.0.2.10'],
    builtAt: async () => new Date(NOW - DAY),
    environment: async () => ({}),
    kindOf: async (path) => (path === DIRECTORY ? 'absent' : 'directory'),
    fileSystem: async (path) => ({
      path: path === DIRECTORY ? '/opt' : path,
      device: 1,
      totalBytes: 200 * GiB,
      freeBytes: 100 * GiB,
      inodes: 10_000_000,
      freeInodes: 9_000_000,
      writable: true,
    }),
    writeLatencies: async () => [1, 1, 2],
    portHolder: async () => undefined,
    nameServers: async () => ['192.0.2.53'],
    nameServerAnswers: async () => true,
    resolve: async (name) => (name === 'localhost' ? ['127.0.0.1'] : ['192.0.2.10']),
    ask: async ([program]) =>
      program === 'timedatectl' ? { exitCode: 0, stdout: 'yes\n' } : undefined,
    ...given,
  });
}

export function fakeProbes(given: Partial<EngineProbes> = {}): EngineProbes {
  return panicking<EngineProbes>('engineProbes', {
    details: async () => ENGINE,
    networks: async () => [{ name: 'bridge', device: 'docker0', subnets: ['172.17.0.0/16'] }],
    platforms: async (references) =>
      Object.fromEntries(references.map((reference) => [reference, 'linux/amd64'])),
    ...given,
  });
}

/** What a collector looks at: good ports with some changed, and the facts of a good server with some changed. */
export function viewWith({
  settings,
  purpose = 'install',
  facts = {},
  ports = {},
}: {
  settings?: object;
  purpose?: Purpose;
  facts?: Partial<PreflightFacts>;
  ports?: Partial<FakePorts>;
} = {}): PreflightView {
  const catalog = catalogWith(settings);
  const all: PreflightFacts = { ...goodFacts(catalog), ...facts };
  const given = fakePorts({ machine: fakeMachine(), engineProbes: fakeProbes(), ...ports });
  return {
    purpose,
    directory: DIRECTORY,
    catalog,
    ports: given,
    fact: async (name) => all[name],
    containers: () => given.docker.containers('factsway'),
  };
}
