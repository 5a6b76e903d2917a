import { readdir, readFile, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { containerId, containersOf, docker, dockerTry, query } from './support/docker.ts';
import { SHARED, TORTURE, TORTURE_NEWLINE } from './support/instance.ts';
import { collectSecrets, filesOf, leaksOf } from './support/secret-watch.ts';

/** Arguments of every process on the machine, from /proc: a bare system has no `ps`. */
async function commandLines(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.map((line) => line.replaceAll('\0', ' ')).join('\n');
}

/** Runs a statement over TCP as a role that has to prove its password. */
async function queryAs(role: string, password: string, sql: string) {
  const postgres = await containerId(SHARED.project, 'postgres');
  const psql = ['psql', '-XAtq', '-h', '127.0.0.1', '-U', role, '-d', 'factsway', '-c', sql];
  return dockerTry('exec', '--env', `PGPASSWORD=${password}`, postgres, ...psql);
}

it('a password of any characters reaches PostgreSQL unchanged', async () => {
  const login = (role: string, password: string) => queryAs(role, password, 'SELECT current_user');
  expect((await login('factsway_app_a', TORTURE)).output).toBe('factsway_app_a');
  expect((await login('factsway_app_b', TORTURE)).output).toBe('factsway_app_b');
  expect((await login('factsway_monitor', TORTURE)).output).toBe('factsway_monitor');
  expect((await login('factsway_owner', TORTURE_NEWLINE)).output).toBe('factsway_owner');
  expect((await login('postgres', TORTURE_NEWLINE)).output).toBe('postgres');
  expect((await login('factsway_app_a', `${TORTURE}x`)).exitCode).not.toBe(0);
});

it('the same password reaches the services, the migrations and the exporter', async () => {
  // They prove it by working: the services answer from the database, the schema is there, statistics arrive.
  const verify = await SHARED.runJson('verify', '--timeout', '60');
  expect(verify.result?.['gates']).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'contract', status: 'pass' }),
      expect.objectContaining({ name: 'migrations', status: 'pass' }),
    ]),
  );
  const connected = await query(
    SHARED.project,
    `SELECT string_agg(DISTINCT usename, ',' ORDER BY usename) FROM pg_stat_activity WHERE usename LIKE 'factsway%'`,
  );
  const slot = await SHARED.servingSlot();
  expect(connected.split(',')).toContain(`factsway_app_${slot}`);
  const services = (await containersOf(SHARED.project, 'running')).filter((name) =>
    name.endsWith(`-service-${slot}`),
  );
  expect(services).toHaveLength(8);
  for (const service of services) {
    const bytes = await docker(
      'exec',
      await containerId(SHARED.project, service),
      'cat',
      '/run/secrets/postgres-app-password',
    );
    expect(bytes, service).toBe(TORTURE);
  }
});

it('the application role writes rows and nothing else, the monitor sees no rows', async () => {
  for (const sql of [
    'CREATE TABLE factsway.mine (id int)',
    'DROP TABLE factsway.cases',
    'CREATE SCHEMA mine',
    'DELETE FROM factsway_migrations.ledger',
    'CREATE ROLE me',
  ]) {
    const { exitCode, output } = await queryAs('factsway_app_a', TORTURE, sql);
    expect(exitCode, sql).not.toBe(0);
    expect(output, sql).toMatch(/permission denied|must be owner/);
  }
  expect(
    (await queryAs('factsway_monitor', TORTURE, 'SELECT * FROM factsway.cases')).output,
  ).toContain('permission denied');
});

it('secret files are private and owned by who reads them', async () => {
  expect((await stat(SHARED.file('secrets'))).mode & 0o777).toBe(0o700);
  for (const name of await readdir(SHARED.file('secrets'))) {
    const { mode } = await stat(SHARED.file(`secrets/${name}`));
    expect(mode & 0o337, name).toBe(0);
  }
});

it('no secret shows in inspect, in environments, on command lines, in rendered files, logs, journal or state', async () => {
  const values = new Map<string, string>();
  await collectSecrets(SHARED, values);
  expect(values.size).toBeGreaterThan(1);
  const places = await filesOf(SHARED);
  places.set('process list', await commandLines());
  for (const service of await containersOf(SHARED.project)) {
    const id = await containerId(SHARED.project, service);
    places.set(`inspect ${service}`, await docker('inspect', id));
    places.set(`logs ${service}`, (await dockerTry('logs', id)).output);
  }
  expect(leaksOf(values, places)).toEqual([]);
  expect(places.size).toBeGreaterThan(40);
});
