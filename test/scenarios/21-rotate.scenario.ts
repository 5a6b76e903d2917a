import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Load } from '../load/load.ts';
import { problemsOf } from '../load/verdict.ts';
import { containerId, dockerTry } from './support/docker.ts';
import { Instance } from './support/instance.ts';
import { killWorkers, runKilledAt } from './support/kill.ts';

const HERE = new Instance('factsway-rotate', 23180);
const NAME = 'postgres-app-password';
const ROTATE = ['secrets', 'rotate', NAME, '--yes', '--dir', HERE.directory];
const SLOT_ROLES = ['factsway_app_a', 'factsway_app_b'];
const password = async (): Promise<string> =>
  (await readFile(HERE.file(`secrets/${NAME}`), 'utf8')).trimEnd();

/** As whom the password gets in over the network. */
async function opened(value: string): Promise<string[]> {
  const postgres = await containerId(HERE.project, 'postgres');
  const found = await Promise.all(
    SLOT_ROLES.map(async (role) => {
      const psql = ['psql', '-XAtqw', '-h', '127.0.0.1', '-U', role, '-d', 'factsway'];
      const login = ['exec', '-e', `PGPASSWORD=${value}`, postgres, ...psql, '-c', 'SELECT 1'];
      return (await dockerTry(...login)).exitCode === 0 ? [role] : [];
    }),
  );
  return found.flat();
}

async function begin(ratePerSecond: number): Promise<Load> {
  const ca = await readFile(HERE.file('state/root-ca.crt'), 'utf8');
  return Load.begin({ url: HERE.url, ca, ratePerSecond, seconds: 1200, documentPages: 200 });
}

async function problemsWith(load: Load): Promise<string[]> {
  await load.stop();
  try {
    return problemsOf(load.report(), await load.settle());
  } finally {
    load.close();
  }
}

/** Of some kinds a plan has two: their whole text tells them apart. */
async function rotationSteps(): Promise<string[]> {
  const { result } = await HERE.runJson('secrets', 'rotate', NAME, '--dry-run');
  const [first] = result?.['rotated'] as { plan: { steps: { kind: string; action: string }[] } }[];
  return (first?.plan.steps ?? []).map(({ kind, action }) =>
    ['WriteBundle', 'ReloadConfig', 'SetRolePassword'].includes(kind) ? action : kind,
  );
}

describe('rotating the password of the services', () => {
  beforeAll(async () => {
    expect((await HERE.install({ 'services.drainSeconds': 1 })).errors).toEqual([]);
  });
  afterAll(() => HERE.remove());

  it('fails no request, and the old password opens nothing afterwards', async () => {
    const old = await password();
    const load = await begin(60);
    const { errors } = await HERE.runJson('secrets', 'rotate', NAME, '--yes');
    const problems = await problemsWith(load);
    expect(errors).toEqual([]);
    expect(problems).toEqual([]);
    expect(await opened(old)).toEqual([]);
    expect(await opened(await password())).toEqual(SLOT_ROLES);
  });

  it('that is killed at every one of its steps fails no request, and ends with one new password and nothing left beside it', async () => {
    const steps = await rotationSteps();
    expect(steps.length).toBeGreaterThan(12);
    const old = await password();
    const load = await begin(20);
    // Each run is killed one step further than the one before it.
    for (const step of steps) {
      const { killed, all } = await runKilledAt(ROTATE, step, 0);
      expect(killed, `killed at ${step}:\n${all}`).toBe(true);
      await killWorkers(HERE.directory);
      expect(load.failures, step).toBe(0);
    }
    expect((await HERE.runJson('secrets', 'rotate', NAME, '--yes')).errors).toEqual([]);
    expect(await problemsWith(load)).toEqual([]);
    expect(await password()).not.toBe(old);
    expect(await opened(old)).toEqual([]);
    expect(await opened(await password())).toEqual(SLOT_ROLES);
    const { result } = await HERE.runJson('secrets', 'list');
    const listed = result?.['secrets'] as { name: string; halfway: boolean }[];
    expect(listed.find(({ name }) => name === NAME)).toMatchObject({ halfway: false });
    expect((await HERE.run('verify')).exitCode).toBe(0);
  }, 900_000);
});
