import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  containersOf,
  docker,
  containerId,
  dockerTry,
  networksOf,
  query,
} from './support/docker.ts';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { throughEdge } from './support/http.ts';
import { deriveImage, removeImages } from './support/images.ts';
import { SCRATCH } from './support/instance.ts';

const BROKEN_SQL = `-- factsway: release=1.1.0 kind=expand
-- Up Migration
CREATE TABLE factsway.half_done (id bigint);
ALTER TABLE factsway.no_such_table ADD COLUMN x text;

-- Down Migration
DROP TABLE factsway.half_done;
`;
const BROKEN = { first: 'factsway-test/migrations:1.0.0', next: 'factsway-test/migrations:1.1.0' };
const schema = async () =>
  // The token that psql restricts its input with differs from dump to dump.
  (
    await docker(
      'exec',
      await containerId(SCRATCH.project, 'postgres'),
      'pg_dump',
      '-U',
      'postgres',
      '--schema-only',
      'factsway',
    )
  ).replaceAll(/^\\(un)?restrict .*$/gm, '');

/** The eight services as containers: id and start would differ had anybody touched them. */
const servingContainers = async () => {
  const services = (await containersOf(SCRATCH.project, 'running')).filter((name) =>
    /-service-[ab]$/.test(name),
  );
  expect(services).toEqual(
    await Promise.all(SERVICES.map(({ name }) => SCRATCH.serving(name))).then((all) => all.sort()),
  );
  const ids = await Promise.all(services.map((name) => containerId(SCRATCH.project, name)));
  return docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', ...ids);
};

beforeAll(async () => {
  await deriveImage(BROKEN.first, 'factsway/migrations:1.0.0', {
    '/app/sql/0099_broken.sql': BROKEN_SQL.replace('1.1.0', '1.0.0'),
  });
  await deriveImage(BROKEN.next, 'factsway/migrations:1.1.0', {
    '/app/sql/0099_broken.sql': BROKEN_SQL,
  });
});
afterAll(() => removeImages(BROKEN.first, BROKEN.next));
afterEach(() => SCRATCH.remove());

it('a migration that fails on a new database starts no service, names itself and its reason, and leaves nothing running', async () => {
  const run = await SCRATCH.install({ 'images.overrides.migrations': BROKEN.first });
  expect(await containersOf(SCRATCH.project)).toEqual([]);
  expect(await networksOf(SCRATCH.project)).toEqual([]);
  expect(run.exitCode).toBe(5);
  expect(run.errors[0]?.code, JSON.stringify(run.errors)).toBe('FW-MIGRATION-FAILED');
  expect(run.errors[0]?.message).toContain('0099_broken');
  expect(run.errors[0]?.message).toContain('no_such_table');

  // The cause removed, the same directory and the same data go on to the end.
  const again = await SCRATCH.install({
    'images.overrides.migrations': 'factsway/migrations:1.0.0',
  });
  expect(again.errors).toEqual([]);
  expect(again.exitCode).toBe(0);
  expect(
    await query(SCRATCH.project, `SELECT count(*) FROM pg_tables WHERE tablename = 'half_done'`),
  ).toBe('0');
});

it('a migration that fails on a living system leaves the old release serving and the database as it was', async () => {
  expect((await SCRATCH.install()).exitCode).toBe(0);
  const ca = SCRATCH.file('state/root-ca.crt');
  const created = await throughEdge(`${SCRATCH.url}/api/templates`, ca, {
    method: 'POST',
    body: { name: 'Kept', category: 'motion', body: 'text' },
  });
  expect(created.status).toBe(201);
  const before = await schema();
  const serving = await servingContainers();
  const slot = await SCRATCH.servingSlot();
  const files = () =>
    Promise.all(
      [`compose.app-${slot}.yaml`, '.env', 'config/prometheus/prometheus.yml'].map((path) =>
        readFile(SCRATCH.file(path), 'utf8'),
      ),
    );
  const written = await files();

  const upgrade = ['--to', '1.1.0', '--yes', '--no-verify'] as const;
  const run = await SCRATCH.runJson(
    'upgrade',
    ...upgrade,
    '--set',
    `images.overrides.migrations=${BROKEN.next}`,
  );

  expect(run.exitCode).toBe(5);
  expect(run.errors[0]?.code, JSON.stringify(run.errors)).toBe('FW-MIGRATION-FAILED');
  expect(run.errors[0]?.message).toContain('0099_broken');
  expect(await schema()).toBe(before);
  expect(await servingContainers()).toBe(serving);
  expect(await files()).toEqual(written);
  expect(await SCRATCH.servingSlot()).toBe(slot);
  expect(await readFile(SCRATCH.file('factsway.yaml'), 'utf8')).toMatch(/version: "?1\.0\.0/);
  const verify = await SCRATCH.runJson('verify', '--timeout', '60');
  expect(verify.exitCode, JSON.stringify(verify.result)).toBe(0);
  const list = await throughEdge(`${SCRATCH.url}/api/templates`, ca);
  expect(list.body).toContain('Kept');

  // Without the broken migration the same step works, with its real schema change.
  const good = await SCRATCH.runJson('upgrade', ...upgrade);
  expect(good.errors).toEqual([]);
  expect(
    await query(
      SCRATCH.project,
      `SELECT count(*) FROM information_schema.columns WHERE table_name = 'cases' AND column_name = 'matter_number'`,
    ),
  ).toBe('1');
  expect((await SCRATCH.runJson('verify', '--timeout', '60')).exitCode).toBe(0);
  expect(await SCRATCH.servingSlot()).not.toBe(slot);
  expect((await throughEdge(`${SCRATCH.url}/api/templates`, ca)).body).toContain('Kept');
});

it('a service that never becomes healthy ends the installation with its last log lines and leaves nothing running', async () => {
  await SCRATCH.override(`services:
  facts-service-a:
    environment: { REFERENCE_FAULTS: "on", FAULT_NEVER_READY: "on" }
    healthcheck: { start_period: 2s, interval: 1s, retries: 3 }
`);
  const run = await SCRATCH.install();
  expect(await containersOf(SCRATCH.project)).toEqual([]);
  expect(run.exitCode).toBe(5);
  expect(run.errors[0]?.code).toBe('FW-NOT-HEALTHY');
  expect(run.errors[0]?.message).toContain('facts-service-a');
  expect(run.errors[0]?.details?.some((line) => line.startsWith('facts-service-a | {'))).toBe(true);
  const kept = run.errors[0]?.hint.split(' ').at(-1) ?? '';
  expect(await readFile(kept, 'utf8')).toContain('facts');

  await SCRATCH.override('services: {}\n');
  const again = await SCRATCH.install();
  expect(again.errors).toEqual([]);
  expect(again.exitCode).toBe(0);
});

it('a service that keeps crashing is told from one that is slow', async () => {
  await SCRATCH.override(`services:
  export-service-a:
    environment: { POSTGRES_PORT: "not-a-port" }
`);
  const run = await SCRATCH.install();
  expect(run.exitCode).toBe(5);
  expect(run.errors[0]?.code).toBe('FW-CONTAINER-EXITED');
  expect(run.errors[0]?.message).toContain('export-service-a');
  expect(run.errors[0]?.details?.join('\n')).toContain('POSTGRES_PORT');
});

it('a compose.override.yaml that Compose refuses is said before anything stops', async () => {
  await SCRATCH.override('services:\n  facts-service-a:\n    no_such_key: 1\n');
  const run = await SCRATCH.install();
  expect(run.errors[0]?.code).toBe('FW-COMPOSE-REFUSED');
  expect(run.errors[0]?.details?.join('\n')).toContain('no_such_key');
  expect(await containersOf(SCRATCH.project)).toEqual([]);
});

it('an override whose services do not start leaves those that serve alone, asks the person to take it back, and taking it back heals', async () => {
  expect((await SCRATCH.install()).exitCode).toBe(0);
  const serving = await servingContainers();
  const next = `facts-service-${await SCRATCH.nextSlot()}`;
  await SCRATCH.override(`services:
  facts-service:
    environment: { POSTGRES_PORT: "not-a-port" }
`);
  const broken = await SCRATCH.runJson('up', '--yes');
  expect(await servingContainers()).toBe(serving);
  const facts = await throughEdge(`${SCRATCH.url}/api/facts`, SCRATCH.file('state/root-ca.crt'));
  expect(facts.status).toBe(200);
  expect(broken.exitCode).toBe(6);
  expect(broken.errors[0]?.code).toBe('FW-CONTAINER-EXITED');
  expect(broken.errors[0]?.message).toContain(next);
  expect(broken.errors[0]?.hint).toContain('compose.override.yaml is yours');

  await SCRATCH.override('services: {}\n');
  const healed = await SCRATCH.runJson('up', '--yes');
  expect(healed.errors).toEqual([]);
  expect((await SCRATCH.runJson('verify', '--timeout', '60')).exitCode).toBe(0);
});

it('networks that Docker has no address range for are named, and nothing of the attempt stays', async () => {
  const taken: string[] = [];
  try {
    // Bounded: the engine's default pools hold some thirty networks.
    for (let index = 0; index < 100; index += 1) {
      const name = `factsway-taken-${index}`;
      const { exitCode } = await dockerTry('network', 'create', name);
      if (exitCode !== 0) break;
      taken.push(name);
    }
    // Preflight would say so before anything is done.
    const run = await SCRATCH.install({}, ['--skip-check', 'address-ranges']);
    expect(await containersOf(SCRATCH.project)).toEqual([]);
    expect(await networksOf(SCRATCH.project)).toEqual([]);
    expect([run.errors[0]?.code, run.exitCode]).toEqual(['FW-NETWORK-CREATE', 5]);
    expect(run.errors[0]?.hint).toContain('default-address-pools');
  } finally {
    if (taken.length > 0) await docker('network', 'rm', ...taken);
  }
});
