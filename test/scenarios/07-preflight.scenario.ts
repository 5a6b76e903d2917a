import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { COMPONENT_IMAGES } from '../../installer/src/catalog/images.ts';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { cli, ROOT, type JsonDocument } from './support/cli.ts';
import { containersOf, docker, dockerTry, networksOf } from './support/docker.ts';
import { Instance } from './support/instance.ts';
import { closedRegistry, engineOf, registryAt, withServer } from './support/stubs.ts';

/** Never installed: every obligation here is that nothing happens. */
const SERVER = new Instance('factsway-preflight', 47080);
const MOUNT = join(ROOT, 'build/scenarios/mount');
const IS_ROOT = process.getuid?.() === 0;
/** A program of the system, by name: none of the package's own. */
const call = ([program = '', ...argv]: readonly string[]) => execa(program, argv);
const HAS_IP = await call(['ip', '-V']).then(
  () => true,
  () => false,
);
const NO_PROXY_SETTINGS = {
  HTTP_PROXY: '',
  HTTPS_PROXY: '',
  NO_PROXY: '',
  http_proxy: '',
  https_proxy: '',
  no_proxy: '',
  // Whatever this machine has stored of logins has no part in this.
  DOCKER_CONFIG: join(ROOT, 'build/scenarios/no-docker-config'),
};

type Check = { name: string; status: string; found: string; remedy: string };
type Found = JsonDocument & { exitCode: number; checks: Check[] };

async function run(argv: readonly string[], environment = {}): Promise<Found> {
  const { exitCode, stdout } = await cli([...argv, '--json'], {
    ...NO_PROXY_SETTINGS,
    ...environment,
  });
  const document = JSON.parse(stdout) as JsonDocument;
  return { ...document, exitCode, checks: (document.result?.['checks'] ?? []) as Check[] };
}
const preflight = (settings = {}, more: readonly string[] = [], environment = {}): Promise<Found> =>
  run(['preflight', ...SERVER.arguments(settings), ...more], environment);
const install = (settings = {}, more: readonly string[] = [], environment = {}): Promise<Found> =>
  run(['install', '--yes', ...SERVER.arguments(settings), ...more], environment);

const checkOf = ({ checks }: Found, name: string): Check =>
  checks.find((check) => check.name === name)!;
const codes = ({ errors }: Found): string[] => errors.map(({ code }) => code);

/** Real state first: no file, no container, no network. */
async function expectNothingHappened(directory = SERVER.directory): Promise<void> {
  expect(existsSync(directory)).toBe(false);
  expect(await containersOf(SERVER.project)).toEqual([]);
  expect(await networksOf(SERVER.project)).toEqual([]);
}

afterEach(() => SERVER.remove());

/**
 * What a machine for tests may be without, each for its reason. In a container there is no systemd to say
 * that Docker starts at boot or that the clock is kept right; a machine busy with tests has a slow disk,
 * and often one that would not hold years of data; images built here need no name server.
 */
const UNKNOWABLE = ['clock', 'docker-boot', 'disk-latency', 'disk-space', 'dns'];

it('a machine that can run the platform passes every check, and nothing is left on it', async () => {
  const above = join(SERVER.directory, '..');
  await mkdir(above, { recursive: true });
  const before = await readdir(above);

  const found = await preflight(
    {},
    UNKNOWABLE.flatMap((name) => ['--skip-check', name]),
  );

  await expectNothingHappened();
  expect(await readdir(above)).toEqual(before);
  expect(
    found.checks
      .filter(({ status }) => status !== 'pass')
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...UNKNOWABLE].sort());
  expect([found.exitCode, found.ok, found.errors, found.warnings]).toEqual([0, true, [], []]);
  expect(found.checks.length).toBeGreaterThan(25);
});

it('a check that only warns ends preflight with 4 and does not keep install from its plan', async () => {
  const settings = { 'host.name': 'no-such-host.invalid' };
  const skips = UNKNOWABLE.flatMap((name) => ['--skip-check', name]);
  const found = await preflight(settings, skips);
  expect(checkOf(found, 'host-name').status).toBe('warn');
  expect([found.exitCode, found.ok]).toEqual([4, true]);
  const dry = await run(['install', '--dry-run', ...SERVER.arguments(settings), ...skips]);
  expect([dry.exitCode, dry.ok]).toEqual([0, true]);
  expect(JSON.stringify(dry.result?.['preflight'])).toContain('no-such-host.invalid');
  await expectNothingHappened();
});

it('a port that is taken is told with the program that holds it, and stops the installation', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(SERVER.ports.https, '127.0.0.1', resolve));
  try {
    const found = await install();
    await expectNothingHappened();
    expect([codes(found), found.exitCode]).toEqual([['FW-PORT-IN-USE'], 3]);
    expect(found.errors[0]?.message).toContain(`pid ${process.pid}`);
    expect(found.errors[0]?.hint).toContain('--set edge.httpsPort=PORT');
  } finally {
    server.close();
  }
});

it('a skipped check still says what it found, and what it stood for is refused all the same', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(SERVER.ports.https, '127.0.0.1', resolve));
  try {
    const found = await preflight({}, ['--skip-check', 'ports']);
    expect(checkOf(found, 'ports').status).toBe('skip');
    expect(checkOf(found, 'ports').found).toContain(`would be fail: port ${SERVER.ports.https}`);
    expect(found.errors).toEqual([]);
    const refused = await install({}, ['--skip-check', 'ports']);
    await expectNothingHappened();
    expect([codes(refused), refused.exitCode]).toEqual([['FW-PORT-IN-USE'], 3]);
  } finally {
    server.close();
  }
});

it('checks are skipped by name and no other way', async () => {
  for (const name of ['all', 'port']) {
    const found = await install({}, ['--skip-check', name]);
    expect([codes(found), found.exitCode]).toEqual([['FW-USAGE'], 2]);
    expect(found.errors[0]?.hint).toContain('Known: platform, ');
  }
  const { errors } = await preflight({}, ['--skip-check', 'port']);
  expect(errors[0]?.hint).toContain('Did you mean "ports"?');
  await expectNothingHappened();
});

it('a project of the same name from elsewhere is told once, and left alone', async () => {
  const label = (name: string, value: string) => ['--label', `com.docker.compose.${name}=${value}`];
  const ours = label('project', SERVER.project);
  const volume = `${SERVER.project}_postgres-data`;
  await docker('volume', 'create', ...ours, ...label('volume', 'postgres-data'), volume);
  const elsewhere = [...label('project.working_dir', '/srv/old'), ...label('service', 'other')];
  const container = await docker('create', ...ours, ...elsewhere, 'factsway/node:debian-13');

  const found = await install();

  expect(existsSync(SERVER.directory)).toBe(false);
  expect(await docker('inspect', '--format', '{{.State.Status}}', container)).toBe('created');
  expect(await containersOf(SERVER.project)).toEqual(['other']);
  expect([codes(found), found.exitCode]).toEqual([['FW-PROJECT-FOREIGN'], 3]);
  expect(found.errors[0]?.message).toContain('/srv/old');
});

/** Every image of the platform as it is on this host: with source upstream no registry has to give any. */
const LOCAL_IMAGES = Object.fromEntries([
  ...Object.keys(COMPONENT_IMAGES)
    .filter((name) => name !== 'grafana')
    .map((name) => [`images.overrides.${name}`, `factsway/${name}:debian-13`]),
  ...['migrations', ...SERVICES.map(({ name }) => name)].map((name) => [
    `images.overrides.${name}`,
    `factsway/${name}:1.0.0`,
  ]),
  ['images.source', 'upstream'],
  ['monitoring.grafana', 'off'],
]) as Record<string, string>;

it('a registry that asks for a login is told with the command that logs in', async () => {
  await withServer(closedRegistry, async (host) => {
    const found = await install({
      ...LOCAL_IMAGES,
      'images.overrides.edge': `${host}/factsway/edge:1`,
      'images.registry': `${host}/factsway`,
    });
    await expectNothingHappened();
    expect([codes(found), found.exitCode]).toEqual([['FW-REGISTRY-LOGIN'], 3]);
    expect(found.errors[0]?.hint).toContain(`docker login ${host}`);
  });
});

it('a registry nobody answers at is told before anything is pulled', async () => {
  const found = await install({
    ...LOCAL_IMAGES,
    'images.overrides.edge': 'localhost:1/factsway/edge:1',
  });
  await expectNothingHappened();
  expect([codes(found), found.exitCode]).toEqual([['FW-REGISTRY-UNREACHABLE'], 3]);
  expect(found.errors[0]?.message).toContain('localhost:1');
});

it.each([86_400, -86_400])('a clock %d s off that of the registry is told', async (seconds) => {
  await withServer(registryAt(-seconds), async (host) => {
    const found = await install({ ...LOCAL_IMAGES, 'images.registry': `${host}/factsway` });
    await expectNothingHappened();
    expect([codes(found), found.exitCode]).toEqual([['FW-CLOCK-WRONG'], 3]);
    expect(found.errors[0]?.message).toContain(host);
  });
});

it('an engine that is too old is told with both versions', async () => {
  await withServer(engineOf('20.10.24'), async (host) => {
    const found = await install({}, [], { DOCKER_HOST: `tcp://${host}` });
    await expectNothingHappened();
    expect([codes(found), found.exitCode]).toEqual([['FW-DOCKER-TOO-OLD'], 3]);
    expect(found.errors[0]?.message).toContain('20.10.24; 25.0 or newer');
  });
});

it('without an engine that is the one error, and what needs one is not judged', async () => {
  const environment = { DOCKER_HOST: 'tcp://127.0.0.1:1' };
  const found = await preflight({}, [], environment);
  await expectNothingHappened();
  expect([codes(found), found.exitCode]).toEqual([['FW-DOCKER-UNREACHABLE'], 3]);
  expect(checkOf(found, 'ports')).toMatchObject({
    status: 'skip',
    found: 'not looked at: see docker',
  });
  expect(checkOf(found, 'kernel').status).toBe('pass');
  expect(codes(await install({}, [], environment))).toEqual(['FW-DOCKER-UNREACHABLE']);
  await expectNothingHappened();
});

it('an engine on another machine is refused: its disk is not this one', async () => {
  await withServer(engineOf('28.0.0'), async (host) => {
    const found = await install({}, [], {
      DOCKER_HOST: `tcp://${host.replace('127.0.0.1', '0.0.0.0')}`,
    });
    await expectNothingHappened();
    expect([codes(found), found.exitCode]).toEqual([['FW-DOCKER-REMOTE'], 3]);
  });
});

it('too few address ranges are told before a network is made', async () => {
  const taken: string[] = [];
  try {
    // Bounded: the engine's default pools hold some thirty networks.
    for (let index = 0; index < 100; index += 1) {
      const name = `factsway-ranges-${index}`;
      const { exitCode } = await dockerTry('network', 'create', name);
      if (exitCode !== 0) break;
      taken.push(name);
    }
    const found = await install();
    await expectNothingHappened();
    expect([codes(found), found.exitCode]).toEqual([['FW-NETWORK-RANGES'], 3]);
    expect(found.errors[0]?.message).toContain('6 networks are to be made');
    expect(found.errors[0]?.hint).toContain('default-address-pools');
  } finally {
    if (taken.length > 0) await docker('network', 'rm', ...taken);
  }
});

it.runIf(IS_ROOT && HAS_IP)(
  'a network of the platform that covers a route of the server is told',
  async () => {
    const network = `${SERVER.project}_collides`;
    const route = ['blackhole', '10.231.7.128/25'];
    await docker('network', 'create', '--subnet', '10.231.7.0/24', network);
    try {
      await call(['ip', 'route', 'add', ...route]);
      const found = await install();
      await expectNothingHappened();
      expect([codes(found), found.exitCode]).toEqual([['FW-NETWORK-COLLISION'], 3]);
      expect(found.errors[0]?.message).toContain('10.231.7.0/24');
    } finally {
      await call(['ip', 'route', 'del', ...route]).catch(() => undefined);
      await docker('network', 'rm', network);
    }
  },
);

async function onMount(options: string, work: (directory: string) => Promise<void>): Promise<void> {
  await mkdir(MOUNT, { recursive: true });
  await call(['mount', '-t', 'tmpfs', '-o', options, 'factsway-test', MOUNT]);
  try {
    await work(join(MOUNT, 'instance'));
  } finally {
    await call(['umount', MOUNT]);
    await rm(MOUNT, { recursive: true });
  }
}
/** The later --dir counts. */
const installIn = (directory: string): Promise<Found> => install({}, ['--dir', directory]);

it.runIf(IS_ROOT)(
  'a disk that is too small for the instance is told with the numbers',
  async () => {
    await onMount('size=1m', async (directory) => {
      const found = await installIn(directory);
      await expectNothingHappened(directory);
      expect(await readdir(MOUNT)).toEqual([]);
      expect([codes(found), found.exitCode]).toEqual([['FW-DISK-SPACE'], 3]);
      expect(found.errors[0]?.message).toContain('1 MiB free of 1 MiB; 50 MiB needed now');
    });
  },
);

it.runIf(IS_ROOT)('a directory on a read-only file system is told as that', async () => {
  await onMount('ro', async (directory) => {
    const found = await installIn(directory);
    await expectNothingHappened(directory);
    expect([codes(found), found.exitCode]).toEqual([['FW-DIR-NOT-WRITABLE'], 3]);
    expect(found.errors[0]?.message).toContain('mounted read-only');
  });
});

it('everything that is wrong is told at once, each with its own code', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(SERVER.ports.http, '127.0.0.1', resolve));
  try {
    const found = await install({
      'host.cores': 512,
      'images.overrides.edge': 'factsway-test/none:1',
    });
    await expectNothingHappened();
    expect(codes(found)).toEqual(['FW-CORES-TOO-FEW', 'FW-PORT-IN-USE', 'FW-IMAGE-MISSING']);
    expect(found.exitCode).toBe(3);
    for (const { hint } of found.errors) expect(hint).not.toBe('');
  } finally {
    server.close();
  }
});
