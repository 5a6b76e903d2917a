import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Load } from '../load/load.ts';
import { containerId, containersOf, docker, dockerTry, query } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { deriveImage, removeImages } from './support/images.ts';
import {
  installed,
  judge,
  schemaText,
  serving,
  underLoad,
  UPGRADING,
} from './support/upgrading.ts';

const migration = (kind: string, up: string): string => `-- factsway: release=1.2.0 kind=${kind}
-- Up Migration
${up}

-- Down Migration
SELECT 1;
`;
const SERVICES = [
  ...['records', 'ingestion', 'export', 'caseblock'],
  ...['signature', 'facts', 'exhibits', 'caselaw'],
].map((name) => `${name}-service`);
const MIGRATIONS = {
  failing: 'factsway-test/migrations:1.1.0',
  of: (version: string) => `factsway/migrations:${version}`,
};
/** A release after 1.1.0 whose migration takes away what 1.1.0 needs. */
const NEXT = [...SERVICES, 'migrations'].map((name) => `factsway/${name}:1.2.0`);
const ILL = 'factsway-test/ill:1.1.0';
const derived = [MIGRATIONS.failing, ILL, 'factsway-test/facts-service:1.1.0', ...NEXT];

const upgradeTo = (version: string, ...more: string[]) =>
  UPGRADING.runJson('upgrade', '--to', version, '--yes', '--no-verify', ...more);
const ofSlot = async (slot: 'a' | 'b') =>
  (await containersOf(UPGRADING.project, 'running')).filter((name) => name.endsWith(`-${slot}`));

const POINTS_DISK = '/var/lib/postgresql';
/** The disk of the restore points is one of its own here, which is soon full and takes no room from anybody. */
async function smallPointsDisk(): Promise<void> {
  const labels = ['project=factsway-upgrading', 'volume=postgres-restore-points'];
  const options = ['type=tmpfs', 'device=tmpfs', 'o=size=96m,uid=999,gid=999'];
  await docker(
    'volume',
    'create',
    ...labels.flatMap((label) => ['--label', `com.docker.compose.${label}`]),
    ...options.flatMap((option) => ['--opt', option]),
    'factsway-upgrading_postgres-restore-points',
  );
}

beforeAll(async () => {
  await smallPointsDisk();
  // What is ill is known to be so sooner; the name without a slot means the service in either.
  await UPGRADING.override(`services:
  facts-service:
    healthcheck: { start_period: 2s, interval: 1s, retries: 3 }
`);
  await installed({ 'services.drainSeconds': 1 });
  const sql = migration('expand', 'ALTER TABLE factsway.no_such_table ADD COLUMN x text;');
  await deriveImage(MIGRATIONS.failing, MIGRATIONS.of('1.1.0'), {
    '/app/sql/0099_broken.sql': sql.replace('1.2.0', '1.1.0'),
  });
  await deriveImage('factsway-test/facts-service:1.1.0', 'factsway/facts-service:1.0.0', {});
  await deriveImage(ILL, 'factsway/facts-service:1.1.0', {
    '/app/healthcheck.mjs': 'process.exit(1);\n',
  });
});
afterAll(async () => {
  await UPGRADING.remove();
  await removeImages(...derived);
});

/**
 * A program of 1.1.0 that says it is of 1.2.0, which was written into it when it was built, and that does without the
 * columns that came with 1.1.0.
 */
const programOf = async (image: string, file: string): Promise<string> =>
  (await docker('run', '--rm', '--entrypoint', 'cat', `factsway/${image}:1.1.0`, `/app/${file}`))
    .replaceAll('since:"1.1.0"', 'since:"9.0.0"')
    .replaceAll('"1.1.0"', '"1.2.0"');

const hasMatterNumber = async (): Promise<boolean> =>
  (await query(
    UPGRADING.project,
    `SELECT count(*) FROM information_schema.columns WHERE column_name = 'matter_number'`,
  )) === '1';

let load: Load;
let before: { schema: string; config: string; running: string[] };

/** An upgrade that comes to nothing leaves what was, and nobody has noticed. */
async function leavesWhatWas(): Promise<void> {
  expect(await serving()).toEqual({ version: '1.0.0', slot: 'a' });
  expect(await schemaText()).toBe(before.schema);
  expect(await readFile(UPGRADING.file('factsway.yaml'), 'utf8')).toBe(before.config);
  expect(await containersOf(UPGRADING.project, 'running')).toEqual(before.running);
  expect(await ofSlot('b')).toEqual([]);
}

const LEAVES_1_0_0 = 'an upgrade leaves the old release serving and the database as it was';

beforeEach(async ({ task }) => {
  if (!task.name.includes(LEAVES_1_0_0)) return;
  before = {
    schema: await schemaText(),
    config: await readFile(UPGRADING.file('factsway.yaml'), 'utf8'),
    running: await containersOf(UPGRADING.project, 'running'),
  };
  load = await underLoad(20, 300, 200);
});
afterEach(async ({ task }) => {
  if (!task.name.includes(LEAVES_1_0_0)) return;
  await leavesWhatWas();
  const { problems, summary } = await judge(load);
  expect(problems, summary).toEqual([]);
});

it(`${LEAVES_1_0_0} when its migration fails`, async () => {
  const run = await upgradeTo(
    '1.1.0',
    '--set',
    `images.overrides.migrations=${MIGRATIONS.failing}`,
  );
  expect([run.errors[0]?.code, run.exitCode]).toEqual(['FW-MIGRATION-FAILED', 5]);
  expect(run.errors[0]?.message).toContain('0099_broken');
});

it(`${LEAVES_1_0_0} when a service of it never becomes healthy`, async () => {
  const set = `images.overrides.facts-service=${ILL}`;
  const run = await upgradeTo('1.1.0', '--set', set);
  expect([run.errors[0]?.code, run.exitCode], JSON.stringify(run.errors)).toEqual([
    'FW-NOT-HEALTHY',
    5,
  ]);
  expect(run.errors[0]?.message).toContain('facts-service-b');
});

it(`${LEAVES_1_0_0} when an image is missing`, async () => {
  const run = await upgradeTo('1.1.7');
  expect(run.exitCode, JSON.stringify(run.errors)).toBe(3);
  expect(run.errors[0]?.message).toContain('1.1.7');
  expect(run.errors[0]?.hint).not.toBe('');
});

it(`${LEAVES_1_0_0} when versions disagree`, async () => {
  const set = 'images.overrides.facts-service=factsway-test/facts-service:1.1.0';
  const run = await upgradeTo('1.1.0', '--set', set);
  expect([run.errors[0]?.code, run.exitCode]).toEqual(['FW-IMAGE-VERSION', 3]);
});

it(`${LEAVES_1_0_0} when the memory does not suffice for two`, async () => {
  const run = await upgradeTo('1.1.0', '--set', 'host.memory=6GiB');
  expect(run.exitCode, JSON.stringify(run.errors)).toBe(3);
  expect(run.errors[0]?.code).toBe('FW-UPGRADE-MEMORY');
  expect(run.errors[0]?.hint).toContain('--strategy recreate');
});

it(`${LEAVES_1_0_0} when the disk does not suffice`, async () => {
  const inPostgres = async (script: string) =>
    dockerTry('exec', await containerId(UPGRADING.project, 'postgres'), 'sh', '-c', script);
  const filler = `${POINTS_DISK}/filler`;
  expect((await inPostgres(`cat /dev/zero > ${filler}`)).output).toContain('No space left');
  try {
    const run = await upgradeTo('1.1.0');
    expect([run.errors[0]?.code, run.exitCode]).toEqual(['FW-RESTORE-POINT-SPACE', 3]);
    expect(run.errors[0]?.hint).toContain('factsway-install');
    // Enough when it was asked, and not when it came to it.
    await inPostgres(`truncate --size=-56M ${filler}`);
    const point = upgradeTo('1.1.0');
    await inPostgres(
      `until ls -d ${POINTS_DISK}/restore-points/*.partial; do sleep 0.01; done; cat /dev/zero >> ${filler}`,
    );
    const late = await point;
    expect([late.errors[0]?.code, late.exitCode]).toEqual(['FW-RESTORE-POINT-FAILED', 5]);
  } finally {
    await inPostgres(`rm -f ${filler}`);
  }
});

it('a release before the one that serves is no upgrade, and the same release is none either', async () => {
  expect((await upgradeTo('0.9.0')).errors[0]?.code).toBe('FW-UPGRADE-DOWN');
  const same = await upgradeTo('1.0.0');
  expect(same.errors).toEqual([]);
  expect((same.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
  expect((await UPGRADING.runJson('rollback', '--yes')).errors[0]?.code).toBe('FW-ROLLBACK-NONE');
});

it('where memory holds one release only, an upgrade runs behind a maintenance page and comes back', async () => {
  const ca = UPGRADING.file('state/root-ca.crt');
  const run = upgradeTo('1.1.0', '--strategy', 'recreate');
  const seen = new Set<number>();
  let page = '';
  const ended = run.then(() => true);
  while (!(await Promise.race([ended, new Promise((r) => setTimeout(r, 300, false))]))) {
    const { status, body } = await throughEdge(`${UPGRADING.url}/api/templates`, ca, {
      headers: { accept: 'text/html' },
    }).catch(() => ({ status: 0, body: '' }));
    seen.add(status);
    if (status === 503) page = body;
  }
  const { errors, result } = await run;
  expect(errors).toEqual([]);
  expect([...seen].sort()).toEqual([200, 503]);
  expect(page).toContain('Back in a few minutes');
  expect((result?.['measured'] as { downtimeMs: number }).downtimeMs).toBeGreaterThan(0);
  expect(await serving()).toEqual({ version: '1.1.0', slot: 'a' });
  expect((await UPGRADING.runJson('verify', '--timeout', '60')).exitCode).toBe(0);
});

it('a rollback whose image was removed is refused before anything is touched', async () => {
  const image = 'factsway/caselaw-service:1.0.0';
  const id = await docker('image', 'inspect', '--format', '{{.Id}}', image);
  const kept = 'factsway-test/kept:1.0.0';
  await docker('tag', image, kept);
  const running = await docker('ps', '--quiet', '--no-trunc');
  const journal = await readFile(UPGRADING.file('state/journal.jsonl'), 'utf8');
  await docker('image', 'rm', image);
  try {
    const run = await UPGRADING.runJson('rollback', '--yes');
    expect([run.errors[0]?.code, run.exitCode]).toEqual(['FW-ROLLBACK-IMAGE', 3]);
    expect(run.errors[0]?.details).toEqual([image]);
    expect(await docker('ps', '--quiet', '--no-trunc')).toBe(running);
    expect(await readFile(UPGRADING.file('state/journal.jsonl'), 'utf8')).toBe(journal);
  } finally {
    await docker('tag', id, image);
    await docker('image', 'rm', kept);
  }
});

it('after a contract migration a rollback is refused and names the restore, which then leads back', async () => {
  const name = '0008_drop_matter_number';
  const release = {
    version: '1.2.0',
    history: ['1.0.0', '1.1.0', '1.2.0'].map((version) => ({ version })),
    migrations: [{ name, release: '1.2.0', kind: 'contract', down: true }],
  };
  const label = { 'org.opencontainers.image.version': '1.2.0' };
  const service = await programOf('facts-service', 'service.mjs');
  for (const one of SERVICES)
    await deriveImage(
      `factsway/${one}:1.2.0`,
      `factsway/${one}:1.1.0`,
      { '/app/service.mjs': service },
      label,
    );
  await deriveImage(
    MIGRATIONS.of('1.2.0'),
    MIGRATIONS.of('1.1.0'),
    {
      '/app/migrate.mjs': await programOf('migrations', 'migrate.mjs'),
      [`/app/sql/${name}.sql`]: migration(
        'contract',
        'ALTER TABLE factsway.cases DROP COLUMN matter_number;',
      ),
    },
    { ...label, 'io.factsway.release': JSON.stringify(release).replaceAll('"', '\\"') },
  );
  const unasked = await upgradeTo('1.2.0');
  expect([unasked.errors[0]?.code, unasked.exitCode]).toEqual(['FW-UPGRADE-CONTRACT', 3]);
  expect(unasked.errors[0]?.hint).toContain('--allow-contract');

  const cases = await query(UPGRADING.project, 'SELECT count(*) FROM factsway.cases');
  const run = await upgradeTo('1.2.0', '--allow-contract', '--strategy', 'recreate');
  expect(run.errors).toEqual([]);
  expect((await serving()).version).toBe('1.2.0');
  expect(await hasMatterNumber()).toBe(false);

  const refused = await UPGRADING.runJson('rollback', '--yes');
  expect([refused.errors[0]?.code, refused.exitCode]).toEqual(['FW-ROLLBACK-SCHEMA', 3]);
  expect(refused.errors[0]?.hint).toMatch(/rollback .*--point/);
  expect((await serving()).version).toBe('1.2.0');

  const points = await UPGRADING.runJson('database', 'points');
  const [point] = points.result?.['points'] as { id: string; release: string }[];
  expect(point?.release).toBe('1.1.0');
  const back = await UPGRADING.runJson('rollback', '--yes', '--point', point?.id ?? '');
  expect(back.errors).toEqual([]);
  expect((await serving()).version).toBe('1.1.0');
  expect(await hasMatterNumber()).toBe(true);
  expect(await query(UPGRADING.project, 'SELECT count(*) FROM factsway.cases')).toBe(cases);
  expect((await UPGRADING.runJson('verify', '--timeout', '60')).exitCode).toBe(0);
});
