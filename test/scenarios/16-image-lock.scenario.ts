import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { containersOf, docker } from './support/docker.ts';
import { deriveImage, removeImages } from './support/images.ts';
import { Instance } from './support/instance.ts';
import { TestRegistry } from './support/registry.ts';

const REGISTRY = new TestRegistry(25_500);
const SYSTEM = new Instance('factsway-locked', 26_280);
const RELEASE = ['migrations', ...SERVICES.map(({ name }) => name)];
const COMPONENTS = [
  'edge',
  'prometheus',
  'alertmanager',
  'node-exporter',
  'postgres-exporter',
  'blackbox-exporter',
];
/** Digest at the registry by reference. */
const digests = new Map<string, string>();
const MOVED = 'factsway-test/moved:1';

const settings = (more: Record<string, string> = {}) => ({
  'images.source': 'upstream',
  'images.registry': `${REGISTRY.host}/onprem`,
  'monitoring.grafana': 'off',
  ...Object.fromEntries(
    COMPONENTS.map((name) => [`images.overrides.${name}`, `${REGISTRY.host}/mirror/${name}:1`]),
  ),
  ...more,
});
const images = (...argv: string[]) =>
  SYSTEM.runJson('images', ...argv, '--yes', ...SYSTEM.arguments(settings()).slice(2));
const lockFile = (): string => SYSTEM.file('images.lock.yaml');
const locked = async (): Promise<Record<string, string>> =>
  (load(await readFile(lockFile(), 'utf8')) as { images: Record<string, string> }).images;
const codes = ({ errors }: { errors: { code: string }[] }): string[] =>
  errors.map(({ code }) => code);

async function push(image: string, name: string): Promise<void> {
  digests.set(`${REGISTRY.host}/${name}`, await REGISTRY.push(image, name));
}

const loginBefore = process.env['DOCKER_CONFIG'];
beforeAll(async () => {
  await SYSTEM.remove();
  await REGISTRY.start();
  await REGISTRY.login();
  for (const name of RELEASE) await push(`factsway/${name}:1.0.0`, `onprem/${name}:1.0.0`);
  await push('factsway/postgres:debian-13', 'onprem/postgres:17-1');
  for (const name of COMPONENTS) await push(`factsway/${name}:debian-13`, `mirror/${name}:1`);
});
afterAll(async () => {
  if (loginBefore === undefined) delete process.env['DOCKER_CONFIG'];
  else process.env['DOCKER_CONFIG'] = loginBefore;
  await SYSTEM.keep().catch(() => undefined);
  await SYSTEM.remove();
  await REGISTRY.stop();
  await removeImages(MOVED).catch(() => undefined);
});

it('a registry that asks for a login is told with the command that logs in, and nothing is written', async () => {
  process.env['DOCKER_CONFIG'] = '/nonexistent';
  const lock = await images('lock');
  expect(new Set(codes(lock))).toEqual(new Set(['FW-REGISTRY-LOGIN']));
  expect(lock.exitCode).toBe(3);
  expect(lock.errors[0]?.hint).toContain(`docker login ${REGISTRY.host}`);
  const skipped = ['--skip-check', 'registry', '--skip-check', 'images'];
  const pull = await SYSTEM.install(settings(), skipped);
  expect(codes(pull), JSON.stringify(pull.errors)).toContain('FW-REGISTRY-LOGIN');
  expect(pull.errors[0]?.hint).toContain(`docker login ${REGISTRY.host}`);
  expect(await containersOf(SYSTEM.project)).toEqual([]);
  await SYSTEM.remove();
});

it('images lock writes the digest of every tag, and a second time there is nothing to do', async () => {
  process.env['DOCKER_CONFIG'] = REGISTRY.loginDirectory;
  const first = await images('lock');
  expect(first.exitCode, JSON.stringify(first.errors)).toBe(0);
  expect(await locked()).toEqual(Object.fromEntries(digests));
  const text = await readFile(lockFile(), 'utf8');
  const again = await images('lock');
  expect((again.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
  expect(await readFile(lockFile(), 'utf8')).toBe(text);
});

it('a locked installation is fetched by digest from the registry and comes up', async () => {
  // Of another make than the official image of the proxy, which root owns.
  await SYSTEM.override('services:\n  edge:\n    user: "10001:10001"\n');
  const { exitCode, errors, result } = await SYSTEM.install(settings());
  expect(exitCode, JSON.stringify(errors, null, 2)).toBe(0);
  const plan = (result?.['plan'] as { text: string }).text;
  for (const [reference, digest] of digests) {
    expect(plan).toContain(`PullImage ${reference}@${digest}`);
    expect(
      await docker('image', 'inspect', '--format', '{{.Id}}', `${reference}@${digest}`),
    ).toMatch(/^sha256:/);
  }
  const id = await SYSTEM.servingId('records-service');
  const reference = `${REGISTRY.host}/onprem/records-service:1.0.0`;
  expect(await docker('inspect', '--format', '{{.Config.Image}}', id)).toBe(
    `${reference}@${digests.get(reference) ?? ''}`,
  );
  await execa('docker', ['compose', 'config', '--quiet'], { cwd: SYSTEM.directory });
  const list = await SYSTEM.runJson('images', 'list');
  const listed = list.result?.['images'] as { digest: string; here: boolean }[];
  expect(listed).toHaveLength(digests.size);
  expect(listed.filter(({ digest, here }) => !here || digest === '')).toEqual([]);
});

it('a tag that moved is found by --check, changes nothing, and is taken only with --refresh', async () => {
  const reference = `${REGISTRY.host}/onprem/records-service:1.0.0`;
  const before = await readFile(lockFile(), 'utf8');
  expect((await SYSTEM.runJson('images', 'lock', '--check')).exitCode).toBe(0);
  await deriveImage(MOVED, 'factsway/records-service:1.0.0', { '/app/moved': 'another one' });
  const digest = await REGISTRY.push(MOVED, 'onprem/records-service:1.0.0');

  const check = await SYSTEM.runJson('images', 'lock', '--check');
  expect(codes(check)).toEqual(['FW-IMAGE-LOCK-MOVED']);
  expect(check.exitCode).toBe(3);
  expect(await readFile(lockFile(), 'utf8')).toBe(before);
  const up = await SYSTEM.runJson('up', '--yes');
  expect((up.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);

  const refresh = await SYSTEM.runJson('images', 'lock', '--refresh', '--yes');
  expect(refresh.exitCode, JSON.stringify(refresh.errors)).toBe(0);
  expect((await locked())[reference]).toBe(digest);
  const planned = await SYSTEM.runJson('up', '--dry-run');
  expect((planned.result?.['plan'] as { text: string }).text).toContain(
    `PullImage ${reference}@${digest}`,
  );
});

it('a release the lock does not know is refused until it is locked too; unlocked, tags count again', async () => {
  const next = ['--set', 'release.version=1.1.0'];
  const before = await readFile(SYSTEM.file('factsway.yaml'), 'utf8');
  const upgrade = ['upgrade', '--to', '1.1.0'] as const;
  const stale = await SYSTEM.runJson(...upgrade, '--yes');
  expect(codes(stale)).toEqual(['FW-IMAGE-LOCK-STALE']);
  expect(stale.exitCode).toBe(3);
  expect(stale.errors[0]?.hint).toMatch(/images .*lock --set release\.version=1\.1\.0/);
  expect(await readFile(SYSTEM.file('factsway.yaml'), 'utf8')).toBe(before);

  const absent = await SYSTEM.runJson('images', 'lock', '--yes', ...next);
  expect(new Set(codes(absent))).toEqual(new Set(['FW-IMAGE-MISSING']));
  for (const name of RELEASE) await push(`factsway/${name}:1.1.0`, `onprem/${name}:1.1.0`);
  expect((await SYSTEM.runJson('images', 'lock', '--yes', ...next)).exitCode).toBe(0);
  // The release that serves stays locked beside the one after it.
  expect(Object.keys(await locked())).toHaveLength(digests.size);
  expect((await SYSTEM.runJson(...upgrade, '--dry-run')).errors).toEqual([]);

  expect((await SYSTEM.runJson('images', 'unlock', '--yes')).exitCode).toBe(0);
  expect(existsSync(lockFile())).toBe(false);
});

it('a lock that nobody can read is refused, and so is one of images built here', async () => {
  await writeFile(lockFile(), 'version: 1\nimages: [yes]\n');
  expect(codes(await SYSTEM.runJson('up', '--yes'))).toEqual(['FW-IMAGE-LOCK-INVALID']);
  const local = await SYSTEM.runJson('images', 'unlock', '--yes');
  expect(local.exitCode, JSON.stringify(local.errors)).toBe(0);
  const debian = await SYSTEM.runJson(
    'images',
    'lock',
    '--yes',
    ...['--set', 'images.source=debian', '--set', 'images.registry=registry.factsway.com/onprem'],
  );
  expect(codes(debian)).toEqual(['FW-IMAGE-LOCK-LOCAL']);
});
