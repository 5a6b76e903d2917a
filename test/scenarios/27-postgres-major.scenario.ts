import { appendFile, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONSENT, contentOf, listedOf } from './support/backed-up.ts';
import { containerId, docker, query } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { Instance } from './support/instance.ts';
import { runKilledAt } from './support/kill.ts';

/** A database of the version before the one that installations begin with today. */
const OLD = new Instance('factsway-major', 26_680, {
  'services.drainSeconds': 2,
  'backup.mode': 'on',
  'postgres.version': 15,
});
const sql = (text: string): Promise<string> => query(OLD.project, text);
const version = async (): Promise<string> => (await sql('SHOW server_version')).split('.')[0] ?? '';
const now = (): Promise<string> =>
  sql(`SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`);
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1100));
/** What nothing in the rows shows: who may do what, and what is set for whom. Since 17 an owner has one right more (m). */
const rights = (): Promise<string> =>
  sql(
    `SELECT string_agg(line, E'\n' ORDER BY line) FROM (
       SELECT concat_ws(' ', rolname, rolcanlogin, rolconnlimit) AS line FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%'
       UNION ALL SELECT concat_ws(' ', relname, relowner::regrole, replace(array_to_string(relacl, ','), 'arwdDxtm', 'arwdDxt')) FROM pg_class
         WHERE relnamespace::regnamespace::text LIKE 'factsway%' AND relkind IN ('r', 'S', 'v')
       UNION ALL SELECT concat_ws(' ', setrole::regrole, array_to_string(setconfig, ',')) FROM pg_db_role_setting
     ) AS lines`,
  );

async function servingVolume(): Promise<string> {
  const format =
    '{{range .Mounts}}{{if eq .Destination "/var/lib/postgresql/data"}}{{.Name}}{{end}}{{end}}';
  return docker('inspect', await containerId(OLD.project, 'postgres'), '--format', format);
}
const volume = (name: string): Promise<string> =>
  docker('volume', 'ls', '-q', '--filter', `name=^${OLD.project}_${name}$`);

/** As a user and an administrator see it: it answers, nothing is left to do, every backup is whole. */
async function expectSound(): Promise<void> {
  const answer = await throughEdge(`${OLD.url}/api/templates`, OLD.file('state/root-ca.crt'));
  expect(answer.status).toBe(200);
  const again = await OLD.runJson('up', '--dry-run');
  expect([again.errors, (again.result?.['plan'] as { steps: unknown[] }).steps]).toEqual([[], []]);
  expect((await OLD.runJson('backup', 'check')).errors).toEqual([]);
}

beforeAll(async () => {
  expect((await OLD.install()).errors).toEqual([]);
  await sql(
    `CREATE TABLE factsway.ledger_probe (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL, at timestamptz DEFAULT now(), part numeric, raw bytea);
     GRANT ALL ON factsway.ledger_probe TO factsway_app; ALTER ROLE factsway_app_a SET lock_timeout = '7s';
     CREATE VIEW factsway.probe_view AS SELECT p.text, count(*) AS times FROM factsway.ledger_probe p WHERE p.id > 3 GROUP BY p.text;
     INSERT INTO factsway.ledger_probe (text, part, raw) SELECT md5(g::text), g / 7.0, decode(md5(g::text), 'hex') FROM generate_series(1, 50000) AS g`,
  );
}, 600_000);
afterAll(async () => {
  await OLD.keep();
  await OLD.remove();
});

it('another version in factsway.yaml is refused, and the refusal names what brings the database there', async () => {
  expect(await version()).toBe('15');
  const { exitCode, errors } = await OLD.runJson('up', '--yes', '--set', 'postgres.version=17');
  expect([exitCode, errors[0]?.code]).toEqual([3, 'FW-POSTGRES-VERSION']);
  expect(errors[0]?.hint).toMatch(/factsway-install upgrade .*--postgres 17/);
  expect(await version()).toBe('15');
});

it.each([
  ['15', 2, 'FW-POSTGRES-TARGET'],
  ['16', 2, 'FW-POSTGRES-TARGET'],
])('upgrade --postgres %s is refused before anything is touched', async (wanted, exit, code) => {
  const { exitCode, errors } = await OLD.runJson('upgrade', '--yes', '--postgres', wanted);
  expect([exitCode, errors[0]?.code]).toEqual([exit, code]);
});

it('an upgrade that is killed while it copies is finished by the same command, and everything in the database is as it was', async () => {
  await appendFile(OLD.file('factsway.yaml'), '# a note of the administrator\n');
  const [content, granted, former] = [await contentOf(OLD), await rights(), await servingVolume()];
  const argv = ['upgrade', '--postgres', '17', '--yes'];
  const dir = ['--dir', OLD.directory];
  expect((await runKilledAt([...argv, ...dir], 'CopyDatabase', 2500)).killed).toBe(true);
  expect([await version(), await contentOf(OLD)]).toEqual(['15', content]);

  const run = await OLD.runJson('upgrade', ...argv.slice(1));
  expect(run.errors).toEqual([]);
  expect(await version()).toBe('17');
  expect([await contentOf(OLD), await rights()]).toEqual([content, granted]);
  expect(await servingVolume()).toBe(`${OLD.project}_postgres-data-2`);
  expect(await volume('postgres-data')).toBe(former);
  const text = await readFile(OLD.file('factsway.yaml'), 'utf8');
  expect(text).toMatch(/^ {2}version: 17$/m);
  expect(text).toContain('# a note of the administrator');
  const [place] = (await listedOf(OLD)).places;
  // Restore point, proven, and the first of the new version; the run that was cut off made the only restore point.
  expect(place?.backups.filter(({ type }) => type === 'full').length).toBeGreaterThanOrEqual(2);
  await expectSound();
});

it('the backups go on with the new version: the moment before a mishap can be restored', async () => {
  const content = await contentOf(OLD);
  await pause();
  const before = await now();
  await pause();
  await sql('DELETE FROM factsway.ledger_probe');
  const run = await OLD.runJson('restore', '--to', before, '--force-lose', '3600', ...CONSENT);
  expect(run.errors).toEqual([]);
  expect([await version(), await contentOf(OLD)]).toEqual(['17', content]);
});

it('a backup of the former version is not given to a server that cannot start on it', async () => {
  const [place] = (await listedOf(OLD)).places;
  const label = place?.backups[0]?.label ?? '';
  const { errors } = await OLD.runJson(
    'restore',
    '--to',
    label,
    '--force-lose',
    '3600',
    ...CONSENT,
  );
  expect(errors[0]?.code).toBe('FW-RESTORE-TARGET');
  expect(await version()).toBe('17');
});

it('the way back leads to the database as it was left, once somebody has agreed to what is lost', async () => {
  const content = await contentOf(OLD);
  await sql(`INSERT INTO factsway.ledger_probe (text) VALUES ('written since')`);
  const refused = await OLD.runJson('rollback', '--postgres', '15', ...CONSENT);
  expect([refused.exitCode, refused.errors[0]?.code]).toEqual([3, 'FW-POSTGRES-LOSES']);
  expect(await version()).toBe('17');
  const unconfirmed = await OLD.runJson(
    'rollback',
    '--postgres',
    '15',
    '--force-lose',
    '3600',
    '--yes',
  );
  expect([unconfirmed.exitCode, unconfirmed.errors[0]?.code]).toEqual([2, 'FW-NOT-CONFIRMED']);

  const run = await OLD.runJson('rollback', '--postgres', '15', '--force-lose', '3600', ...CONSENT);
  expect(run.errors).toEqual([]);
  expect([await version(), await contentOf(OLD)]).toEqual(['15', content]);
  expect(await servingVolume()).toBe(`${OLD.project}_postgres-data`);
  expect(await volume('postgres-data-3')).not.toBe('');
  await expectSound();
});
