import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from './support/cli.ts';
import { CustomerPostgres } from './support/customer-postgres.ts';
import { containersOf, docker } from './support/docker.ts';
import { Instance, TORTURE } from './support/instance.ts';

const SERVER = new CustomerPostgres(25_432);
const SYSTEM = new Instance('factsway-external', 26_080);
const PASSWORDS = {
  factsway_owner: 'owner-of-this-test',
  factsway_app: TORTURE,
  factsway_monitor: 'monitor-of-this-test',
};

const settings = (more: Record<string, string | number> = {}) => ({
  'postgres.mode': 'external',
  'postgres.external.host': SERVER.address,
  'postgres.external.port': SERVER.port,
  'postgres.external.tls.caFile': SERVER.file('ca.pem'),
  ...more,
});

async function giveSecrets(more: Record<string, string> = {}): Promise<void> {
  const values: Record<string, string> = {
    'postgres-owner-password': PASSWORDS.factsway_owner,
    'postgres-app-password': PASSWORDS.factsway_app,
    'postgres-monitor-password': PASSWORDS.factsway_monitor,
    ...more,
  };
  for (const [name, value] of Object.entries(values)) await SYSTEM.presetSecret(name, value);
}

/** Everything below the instance directory, which a refusal leaves as it is. */
const onDisk = async (): Promise<string[]> =>
  existsSync(SYSTEM.directory)
    ? (await readdir(SYSTEM.directory, { recursive: true })).sort()
    : ['(no directory)'];

async function expectRefusal(
  code: string,
  hint: RegExp,
  more: Record<string, string | number> = {},
): Promise<void> {
  const before = await onDisk();
  const { exitCode, errors } = await SYSTEM.install(settings(more));
  const found = errors.map((error) => error.code);
  expect(found, JSON.stringify(errors, null, 2)).toEqual([code]);
  expect(exitCode).toBe(3);
  expect(errors[0]?.hint).toMatch(hint);
  expect(JSON.stringify(errors)).not.toContain(PASSWORDS.factsway_owner);
  expect(await onDisk()).toEqual(before);
  expect(await containersOf(SYSTEM.project)).toEqual([]);
}

beforeAll(async () => {
  await SYSTEM.remove();
  await SERVER.start();
  await SERVER.makeRoles(PASSWORDS);
});
afterAll(async () => {
  await SYSTEM.keep().catch(() => undefined);
  await SYSTEM.remove();
  await SERVER.remove();
});

it('a password that only the customer knows is asked for by file and command, and no directory is made', async () => {
  await expectRefusal('FW-SECRET-NEEDED', /install -m 600 \/dev\/stdin .*postgres-owner-password/);
  expect(existsSync(SYSTEM.directory)).toBe(false);
});

it('a wrong password is told with the file it stands in', async () => {
  await giveSecrets({ 'postgres-app-password': 'something else' });
  await expectRefusal('FW-DB-LOGIN', /secrets\/postgres-app-password/);
  await giveSecrets();
});

it('a server that does not answer is told with where it was looked for', async () => {
  await expectRefusal('FW-DB-UNREACHABLE', /pg_isready/, { 'postgres.external.port': 25_499 });
});

it('a database that is not there is told with the statements that make it', async () => {
  await expectRefusal('FW-DB-NOT-FOUND', /factsway-install database/, {
    'postgres.database': 'elsewhere',
  });
});

it('an authority that did not sign the certificate is refused, and so is a file that is none', async () => {
  await expectRefusal('FW-DB-TLS', /openssl s_client/, {
    'postgres.external.tls.caFile': SERVER.file('other-ca.pem'),
  });
  const { errors } = await SYSTEM.install(
    settings({ 'postgres.external.tls.caFile': SERVER.file('server.key') }),
  );
  expect(errors.map(({ code }) => code)).toEqual(['FW-DB-CA-FILE']);
});

it('roles that may do too little or too much are refused', async () => {
  await SERVER.sql('REVOKE pg_monitor FROM factsway_monitor');
  await expectRefusal('FW-DB-RIGHTS-MISSING', /factsway-install database/);
  await SERVER.sql('GRANT pg_monitor TO factsway_monitor');

  await SERVER.sql('GRANT CREATE ON SCHEMA public TO factsway_app', 'factsway');
  await expectRefusal('FW-DB-RIGHTS-EXCESS', /factsway-install database/);
  await SERVER.sql('REVOKE CREATE ON SCHEMA public FROM factsway_app', 'factsway');

  await SERVER.sql('ALTER ROLE factsway_owner SUPERUSER');
  await expectRefusal('FW-DB-RIGHTS-EXCESS', /factsway-install database/);
  await SERVER.sql('ALTER ROLE factsway_owner NOSUPERUSER');
});

it('too few connections are refused', async () => {
  await SERVER.sql('ALTER ROLE factsway_app CONNECTION LIMIT 10');
  await expectRefusal('FW-DB-CONNECTIONS', /CONNECTION LIMIT/);
  await SERVER.sql('ALTER ROLE factsway_app CONNECTION LIMIT -1');
});

it('an installation on the server of the customer is green through every gate', async () => {
  const { exitCode, errors, result } = await SYSTEM.install(settings());
  expect(exitCode, JSON.stringify(errors, null, 2)).toBe(0);
  const gates = result?.['gates'] as { name: string; status: string; found: string }[];
  expect(gates.filter(({ status }) => status !== 'pass')).toEqual([]);
  expect(gates.find(({ name }) => name === 'database')?.found).toContain(SERVER.address);

  const running = await containersOf(SYSTEM.project);
  expect(running).not.toContain('postgres');
  expect(running).toContain('postgres-exporter');
  const filter = `label=com.docker.compose.project=${SYSTEM.project}`;
  expect(await docker('volume', 'ls', '--filter', filter, '--format', '{{.Name}}')).not.toContain(
    'postgres-data',
  );
  await execa('docker', ['compose', 'config', '--quiet'], { cwd: SYSTEM.directory });
});

it('of all the databases on that server only ours is watched', async () => {
  const query = 'group by (datname) (pg_stat_database_xact_commit)';
  const url = `http://127.0.0.1:${SYSTEM.ports.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
  type Answer = { data: { result: { metric: { datname?: string } }[] } };
  const { data } = (await (await fetch(url)).json()) as Answer;
  expect(data.result.map(({ metric }) => metric.datname)).toEqual(['factsway']);
  expect(Number(await SERVER.sql('SELECT count(*) FROM pg_database'))).toBeGreaterThan(1);
});

it('what clients write through the edge is in the database of the customer, and travels encrypted', async () => {
  await execa(
    process.execPath,
    [
      join(ROOT, 'node_modules/.bin/tsx'),
      'scripts/lib/crud-smoke.ts',
      '--url',
      SYSTEM.url,
      '--ca',
      SYSTEM.file('state/root-ca.crt'),
    ],
    { cwd: ROOT },
  );
  expect(
    await SERVER.sql(
      "SELECT bool_and(s.ssl)::text || ' ' || (count(DISTINCT a.usename) >= 2)::text FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.usename LIKE 'factsway%'",
    ),
  ).toBe('true true');
  expect(await SERVER.sql('SELECT count(*) > 0 FROM factsway_migrations.ledger', 'factsway')).toBe(
    't',
  );
});

it('a second installation has nothing to do, and up refuses a server that changed under it', async () => {
  const again = await SYSTEM.install(settings());
  expect(again.exitCode, JSON.stringify(again.errors)).toBe(0);
  expect((again.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);

  await SERVER.sql('GRANT CREATE ON DATABASE factsway TO factsway_app');
  const up = await SYSTEM.runJson('up', '--yes');
  expect(up.errors.map(({ code }) => code)).toEqual(['FW-DB-RIGHTS-EXCESS']);
  const verify = await SYSTEM.runJson('verify', '--gate', 'database', '--timeout', '2');
  expect(verify.exitCode).toBe(3);
  await SERVER.sql('REVOKE CREATE ON DATABASE factsway FROM factsway_app');
});

it('the bundled database of an instance is not left behind without a word', async () => {
  await SYSTEM.remove();
  await giveSecrets();
  const volume = `${SYSTEM.project}_postgres-data`;
  const label = (name: string, value: string) => ['--label', `com.docker.compose.${name}=${value}`];
  await docker(
    'volume',
    'create',
    ...label('project', SYSTEM.project),
    ...label('volume', 'postgres-data'),
    volume,
  );
  await expectRefusal('FW-DB-DATA-BEHIND', /postgres\.mode=bundled/);
  await docker('volume', 'rm', volume);
});
