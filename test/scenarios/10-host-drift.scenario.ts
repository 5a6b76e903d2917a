import { execa } from 'execa';
import { chmod, chown, readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { containerId, containersOf, docker, fingerprint, until } from './support/docker.ts';
import { deriveImage, removeImages } from './support/images.ts';
import { SHARED } from './support/instance.ts';

const CONFIG = SHARED.file('factsway.yaml');
const OVERRIDE = SHARED.file('compose.override.yaml');
const REBUILT = ['migrations', 'export-service'] as const;
const mine = (name: string): string => `factsway-drift/${name}:1.0.0`;
const buildAgain = (time: string) =>
  Promise.all(
    REBUILT.map((name) =>
      deriveImage(mine(name), `factsway/${name}:1.0.0`, { '/tmp/built': time }, { built: time }),
    ),
  );
const madeAs = async (service: string): Promise<string> => {
  const id = await containerId(SHARED.project, service);
  return docker('inspect', '--format', '{{.Id}} {{index .Config.Labels "built"}}', id);
};

afterAll(() => removeImages(...REBUILT.map(mine)));

it('an image built again under its tag is told by diff, and taken up by up with the migrations first', async () => {
  const [config, override] = await Promise.all(
    [CONFIG, OVERRIDE].map((path) => readFile(path, 'utf8')),
  );
  const settings = REBUILT.flatMap((name) => ['--set', `images.overrides.${name}=${mine(name)}`]);
  await buildAgain('first');
  expect((await SHARED.runJson('up', '--yes', ...settings)).errors).toEqual([]);
  try {
    await buildAgain('second');
    const [slot, next] = [await SHARED.servingSlot(), await SHARED.nextSlot()];
    // A change of something else is not to carry half of it along.
    await writeFile(
      OVERRIDE,
      `services: { records-service-${slot}: { environment: { LOG_LEVEL: debug } } }\n`,
    );
    const seen = await SHARED.runJson('diff');
    expect([seen.exitCode, seen.result?.['containers']]).toEqual([
      3,
      expect.arrayContaining([
        { service: `migrations-${slot}`, state: 'image' },
        { service: `export-service-${slot}`, state: 'image' },
      ]),
    ]);
    const others = ['postgres', 'edge', `facts-service-${slot}`];
    const before = await Promise.all(others.map(madeAs));

    const up = await SHARED.runJson('up', '--yes');
    expect(up.errors).toEqual([]);
    expect(await SHARED.servingSlot()).toBe(next);
    expect(await madeAs(`migrations-${next}`)).toMatch(/ second$/);
    expect(await madeAs(`export-service-${next}`)).toMatch(/ second$/);
    expect(await Promise.all(others.map(madeAs))).toEqual(before);
    const { steps } = up.result?.['plan'] as { steps: { kind: string; action: string }[] };
    const indexOf = (kind: string, of = ''): number =>
      steps.findIndex((step) => step.kind === kind && step.action.includes(of));
    const migrated = indexOf('RunMigrations');
    expect(migrated).toBeGreaterThan(-1);
    // Monitoring may start before it: it asks the database for nothing of ours.
    expect(migrated).toBeLessThan(indexOf('StartComponents', `export-service-${next}`));
    expect(migrated).toBeLessThan(indexOf('SwitchTraffic'));
    expect((await SHARED.runJson('status')).exitCode).toBe(0);
    expect((await SHARED.run('diff')).stdout).toContain('Nothing differs.');
    // Nor does Compose, asked by hand, find anything to do.
    const compose = await execa('docker', ['compose', 'up', '--detach', '--dry-run'], {
      cwd: SHARED.directory,
      stdin: 'ignore',
      all: true,
    });
    expect(compose.all).toContain('Running');
    expect(compose.all).not.toContain('Recreate');
  } finally {
    await Promise.all([writeFile(CONFIG, config ?? ''), writeFile(OVERRIDE, override ?? '')]);
    await SHARED.runJson('up', '--yes');
  }
});

it('secrets whose containers cannot read them are told by diff, preflight and verify, and put right by up', async () => {
  const secret = (name: string): string => SHARED.file(`secrets/${name}`);
  const names = ['postgres-monitor-password', 'postgres-app-password', 'postgres-owner-password'];
  const accessOf = async () =>
    Promise.all(
      [SHARED.file('secrets'), ...names.map(secret)].map(async (path) => {
        const { mode, uid, gid } = await stat(path);
        return [path, mode, uid, gid];
      }),
    );
  const before = await accessOf();
  await chmod(secret('postgres-monitor-password'), 0);
  await chown(secret('postgres-app-password'), 12345, 12345);
  await chmod(secret('postgres-owner-password'), 0o666);
  await chmod(SHARED.file('secrets'), 0o755);

  const { result } = await SHARED.runJson('diff');
  expect((result?.['secrets'] as { name: string }[]).map(({ name }) => name).sort()).toEqual(
    [...names, 'secrets/'].sort(),
  );
  const { result: checked } = await SHARED.runJson('preflight', '--for', 'upgrade');
  expect(checked?.['checks']).toContainEqual(
    expect.objectContaining({
      name: 'secret-files',
      status: 'warn',
      remedy: expect.stringContaining('factsway-install up') as string,
    }),
  );
  const gate = await SHARED.run('verify', '--gate', 'secrets', '--timeout', '5');
  expect(gate.exitCode).toBe(3);
  expect(gate.stdout).toMatch(/postgres-app-password is 0440 and closed to user/);

  // By now two of them keep dying of it.
  const broken = ['postgres-exporter', await SHARED.serving('records-service')];
  for (const service of broken) await docker('restart', await containerId(SHARED.project, service));
  await until('both of them keep restarting', 60, async () => {
    const restarting = await containersOf(SHARED.project, 'restarting');
    return broken.every((service) => restarting.includes(service));
  });
  const up = await SHARED.runJson('up', '--yes');
  expect(up.errors).toEqual([]);
  expect(await accessOf()).toEqual(before);
  expect((await SHARED.runJson('verify', '--timeout', '60')).errors).toEqual([]);
  expect((await SHARED.run('diff')).exitCode).toBe(0);
});

it('an image that an override names and this host has not is refused before anything stops', async () => {
  const [before, override] = [await fingerprint(SHARED.project), await readFile(OVERRIDE, 'utf8')];
  await writeFile(OVERRIDE, 'services: { postgres: { image: "factsway/postgres:nope" } }\n');
  try {
    const run = await SHARED.runJson('up', '--yes');
    expect([run.exitCode, run.errors[0]?.code]).toEqual([3, 'FW-IMAGE-MISSING']);
    expect(run.errors[0]?.message).toContain('factsway/postgres:nope (postgres)');
    expect(await fingerprint(SHARED.project)).toBe(before);
  } finally {
    await writeFile(OVERRIDE, override);
  }
});

it('of a platform that is down diff says what up would make', async () => {
  expect((await SHARED.runJson('down', '--yes')).errors).toEqual([]);
  try {
    const seen = await SHARED.run('diff');
    expect(seen.exitCode).toBe(3);
    expect(seen.stdout).toMatch(/^container {2}\d+ containers {2}missing/m);
  } finally {
    await SHARED.runJson('up', '--yes');
  }
  expect((await SHARED.run('diff')).exitCode).toBe(0);
});
