import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { cli, ROOT, type JsonDocument } from './support/cli.ts';
import { containersOf, docker, dockerTry, networksOf } from './support/docker.ts';
import { Instance } from './support/instance.ts';

/** Never installed: every obligation here is that nothing happens. */
const SERVER = new Instance('factsway-preflight', 27_080);
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
