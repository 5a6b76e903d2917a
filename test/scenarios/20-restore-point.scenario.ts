import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerEngine } from '../../installer/src/adapters/docker-engine.ts';
import { DumpPoints } from '../../installer/src/flows/restore-points/dump-points.ts';
import { CREATE } from '../../installer/src/flows/restore-points/scripts.ts';
import { containerId, docker, dockerTry, query, until } from './support/docker.ts';
import { SHARED } from './support/instance.ts';
import { runKilledAt } from './support/kill.ts';

const { project } = SHARED;
const POINTS = '/var/lib/postgresql/restore-points';
const CONTENT = `SELECT count(*) || ' ' || md5(string_agg(t::text, ',' ORDER BY id)) FROM factsway.restore_probe AS t`;
const CONSENT = ['--yes', '--confirm', 'localhost'];
const inPostgres = async (...argv: string[]) =>
  dockerTry('exec', await containerId(project, 'postgres'), ...argv);
const restore = (id: string, ...more: string[]) =>
  SHARED.runJson('database', 'restore', '--point', id, ...more);

type Found = { points: { id: string; state: string; head: string }[]; replaced: string[] };
const found = async () => (await SHARED.runJson('database', 'points')).result as Found;
const names = async (): Promise<string[]> =>
  (await inPostgres('ls', '-A', POINTS)).output.split('\n').filter((name) => name !== '.lock');

describe('a restore point of the database', () => {
  let point = '';
  let then = '';

  beforeAll(async () => {
    await query(
      project,
      'CREATE TABLE factsway.restore_probe AS SELECT g AS id, md5(g::text) || md5((g * 7)::text) AS text FROM generate_series(1, 200000) AS g; GRANT SELECT ON factsway.restore_probe TO factsway_app',
    );
  });

  afterAll(async () => {
    await query(project, 'DROP TABLE IF EXISTS factsway.restore_probe');
    for (const name of (await found()).replaced) await query(project, `DROP DATABASE "${name}"`);
    await inPostgres('rm', '-rf', POINTS);
  });

  it('whose making is killed is not there or whole, and a second one is made', async () => {
    const argv = ['database', 'save', '--dir', SHARED.directory, '--yes'];
    expect((await runKilledAt(argv, 'CreateRestorePoint', 250)).killed).toBe(true);
    const made = await SHARED.runJson('database', 'save', '--yes', '--reason', 'a scenario');
    expect(made.errors).toEqual([]);
    then = await query(project, CONTENT);
    point = (made.result?.['point'] as { id: string }).id;
    const { points } = await found();
    expect(points.map(({ state }) => state)).not.toContain('damaged');
    expect(points[0]).toMatchObject({
      id: point,
      reason: 'a scenario',
      head: '0004_idempotency_keys',
    });
    expect(await names()).toEqual(points.map(({ id }) => id).sort());
  });

  it('that is damaged is refused before anything stops', async () => {
    const before = await docker(
      'ps',
      '--no-trunc',
      '--format',
      '{{.ID}}',
      '--filter',
      `name=${project}-`,
    );
    const copy = '20200101-000000';
    const script = `cp -r ${POINTS}/${point} ${POINTS}/${copy} && cd ${POINTS}/${copy} && sed -i s/${point}/${copy}/ manifest.json && printf X | dd of=database.dump bs=1 seek=300 conv=notrunc`;
    expect((await inPostgres('bash', '-c', script)).exitCode).toBe(0);
    const refused = await restore(copy, ...CONSENT);
    expect([refused.exitCode, refused.errors[0]?.code]).toEqual([3, 'FW-RESTORE-POINT-DAMAGED']);
    expect((await restore('20200101-999999', ...CONSENT)).errors[0]?.code).toBe(
      'FW-RESTORE-POINT-MISSING',
    );
    expect(
      await docker('ps', '--no-trunc', '--format', '{{.ID}}', '--filter', `name=${project}-`),
    ).toBe(before);
    await inPostgres('rm', '-rf', `${POINTS}/${copy}`);
  });

  it('is gone back to by nobody who only says --yes', async () => {
    expect((await restore(point, '--yes')).errors[0]?.code).toBe('FW-NOT-CONFIRMED');
  });

  it('gone back to by a run that is killed and then again gives every row of then, and the services serve', async () => {
    await query(
      project,
      `DELETE FROM factsway.restore_probe WHERE id = 7; INSERT INTO factsway.restore_probe SELECT g, 'later' FROM generate_series(1, 500) AS g; CREATE TABLE factsway.later ()`,
    );
    const argv = ['database', 'restore', '--point', point, ...CONSENT, '--dir', SHARED.directory];
    expect((await runKilledAt(argv, 'RestoreDatabase', 900)).killed).toBe(true);
    const again = await restore(point, ...CONSENT);
    expect(again.errors).toEqual([]);
    expect(await query(project, CONTENT)).toBe(then);
    expect(
      await query(
        project,
        `SELECT to_regclass('factsway.later') IS NULL, has_table_privilege('factsway_app', 'factsway.restore_probe', 'SELECT')`,
      ),
    ).toBe('t|t');
    expect((await SHARED.run('status')).exitCode).toBe(0);
    // Nothing half made is left, and what was written later is set aside, not lost.
    const databases = (
      await query(
        project,
        `SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'factsway%'`,
      )
    ).split(' ');
    const { replaced } = await found();
    expect(databases.sort()).toEqual(['factsway', ...replaced]);
    expect(
      await query(
        project,
        `SELECT count(*) FROM factsway.restore_probe WHERE text = 'later'`,
        `factsway_replaced_${point}`,
      ),
    ).toBe('500');
  });

  it('that nobody will go back to is removed when it is asked for, as is what was set aside', async () => {
    const before = await found();
    expect(before.replaced).toContain(`factsway_replaced_${point}`);
    for (const name of [point, ...before.replaced]) {
      const remove = ['database', 'remove', '--point', name] as const;
      expect((await SHARED.runJson(...remove)).errors[0]?.code).toBe('FW-NOT-CONFIRMED');
      expect((await SHARED.runJson(...remove, '--yes')).errors).toEqual([]);
      const again = await SHARED.runJson(...remove, '--yes');
      expect(again.errors[0]?.code).toBe('FW-RESTORE-POINT-MISSING');
    }
    const after = await found();
    expect(after.points).toHaveLength(before.points.length - 1);
    expect(after.replaced).toEqual([]);
    expect(await query(project, CONTENT)).toBe(then);
  });
});

describe('a restore point for which there is no room', () => {
  const name = 'factsway-test-points';
  const labels = [
    ['project', name],
    ['service', 'postgres'],
  ].flatMap(([key = '', value = '']) => ['--label', `com.docker.compose.${key}=${value}`]);

  beforeAll(async () => {
    const small = [
      '--opt',
      'type=tmpfs',
      '--opt',
      'device=tmpfs',
      '--opt',
      'o=size=24m,uid=999,gid=999',
    ];
    await docker('volume', 'create', '--driver', 'local', ...small, name);
    const storage = [
      '--volume',
      `${name}:/var/lib/postgresql`,
      '--tmpfs',
      '/var/run/postgresql:mode=1777',
    ];
    await docker(
      'run',
      '--detach',
      '--name',
      name,
      '--network',
      'none',
      ...labels,
      ...storage,
      '--env',
      'POSTGRES_PASSWORD=only-for-this-test',
      '--env',
      'POSTGRES_DB=factsway',
      'factsway/postgres:debian-13',
    );
    await until(
      'PostgreSQL answers',
      60,
      async () =>
        (await dockerTry('exec', name, 'pg_isready', '-q', '-h', '127.0.0.1')).exitCode === 0,
    );
  });

  afterAll(async () => {
    await dockerTry('rm', '--force', '--volumes', name);
    await dockerTry('volume', 'rm', name);
  });

  it('is refused before anything is written; one whose disk fills all the same leaves nothing', async () => {
    const points = new DumpPoints(new DockerEngine(new AbortController().signal), name, 'factsway');
    const wish = {
      id: '20260101-000000',
      createdAt: '2026-01-01T00:00:00Z',
      release: '1.0.0',
      reason: 'test',
    };
    await expect(points.create(wish)).rejects.toMatchObject({ code: 'FW-RESTORE-POINT-SPACE' });
    const fill = `CREATE TABLE big AS SELECT sha512(g::text::bytea) || sha512((-g)::text::bytea) AS b FROM generate_series(1, 250000) AS g`;
    await docker('exec', name, 'psql', '-XqU', 'postgres', '-d', 'factsway', '-c', fill);
    const made = await dockerTry(
      'exec',
      name,
      'bash',
      '-c',
      CREATE,
      'create',
      'factsway',
      ...Object.values(wish),
    );
    expect(made.exitCode).not.toBe(0);
    expect(made.output).toContain('No space left on device');
    expect((await dockerTry('exec', name, 'ls', '-A', POINTS)).output).toBe('.lock');
    expect(await points.list()).toEqual([]);
  });
});
