import { execa } from 'execa';
import { chown, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contentOf, inBackupOf, listedOf, metricOf } from './support/backed-up.ts';
import { cliJson, ROOT } from './support/cli.ts';
import { docker, fingerprint, query, removeProject, until } from './support/docker.ts';
import { hasten } from './support/hasten.ts';
import { throughEdge } from './support/http.ts';
import { Instance } from './support/instance.ts';
import { startCli } from './support/cli.ts';
import { ObjectStorage } from './support/object-storage.ts';
import { SmallDisk } from './support/small-disk.ts';

const SYSTEM = new Instance('factsway-s3', 26_580, { 'services.drainSeconds': 2 });
const ACCESS = { 'backup-s3-access-key-id': 'firm', 'backup-s3-secret-access-key': 'opens it' };
const OUTSIDE = join(ROOT, 'build/scenarios/safe-deposit');
const REPOSITORY_MIB = 96;
const sql = (text: string) => query(SYSTEM.project, text);
const NEXT = new SmallDisk(
  join(ROOT, 'build/scenarios/room-for-a-restore'),
  join(ROOT, 'build/scenarios/room-for-a-restore.img'),
  '2G',
);
let storage: ObjectStorage;
let settings: Record<string, string>;

/** A volume that is there before the installation is, which takes it for its own. */
async function presetVolume(name: string, ...options: string[]): Promise<void> {
  const label = (key: string, value: string) => ['--label', `com.docker.compose.${key}=${value}`];
  await docker(
    ...['volume', 'create', ...label('project', SYSTEM.project), ...label('volume', name)],
    ...options.flatMap((option) => ['--opt', option]),
    `${SYSTEM.project}_${name}`,
  );
}

/** A small disk for the backups on this server, as memory: it fills in a moment and takes nothing from anybody. */
const smallRepository = (): Promise<void> =>
  presetVolume(
    'backup-repository',
    ...['type=tmpfs', 'device=tmpfs', `o=size=${REPOSITORY_MIB}m,uid=999,gid=999,mode=0700`],
  );

/** And one for what is restored. */
async function diskForRestore(): Promise<void> {
  await NEXT.mount();
  await chown(NEXT.mountpoint, 999, 999);
  await presetVolume('postgres-data-2', 'type=none', 'o=bind', `device=${NEXT.mountpoint}`);
}

beforeAll(async () => {
  storage = await ObjectStorage.start();
  settings = {
    'backup.mode': 'on',
    'backup.s3.bucket': storage.bucket,
    'backup.s3.endpoint': storage.endpoint,
    'backup.s3.style': 'path',
    'backup.s3.caFile': storage.caFile,
  };
  for (const [name, value] of Object.entries(ACCESS)) await SYSTEM.presetSecret(name, value);
  // Ours to bring: its volume is there before it is.
  await SYSTEM.presetSecret('backup-key', 'the key of the firm, kept in a safe');
  await smallRepository();
  // So is room for a database, and then nobody makes up passwords for what may be in it.
  for (const who of ['superuser', 'owner', 'app', 'monitor'])
    await SYSTEM.presetSecret(`postgres-${who}-password`, `that of the ${who}`);
  await diskForRestore();
  expect((await SYSTEM.install(settings)).errors).toEqual([]);
  await sql(
    `CREATE TABLE factsway.ledger_probe (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL); GRANT ALL ON factsway.ledger_probe TO factsway_app; INSERT INTO factsway.ledger_probe (text) SELECT md5(g::text) FROM generate_series(1, 20000) AS g`,
  );
}, 600_000);
afterAll(async () => {
  // A test that failed may have left no directory.
  await SYSTEM.keep().catch(() => undefined);
  await SYSTEM.remove();
  await storage.remove();
  await NEXT.remove();
  await rm(OUTSIDE, { recursive: true, force: true });
});

it('both places get a backup, and each is complete: a drill proves that of S3', async () => {
  expect((await SYSTEM.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
  const { places } = await listedOf(SYSTEM);
  expect(places.map(({ name, backups }) => [name, backups.length > 0])).toEqual([
    ['local', true],
    ['s3', true],
  ]);
  const drill = await SYSTEM.runJson('backup', 'drill', '--place', 's3');
  expect([drill.exitCode, drill.errors]).toEqual([0, []]);
});

it('a restore for which there is no room is refused before anybody is stopped for it, and planned once there is', async () => {
  const restore = (...argv: string[]) => SYSTEM.runJson('restore', '--to', 'latest', ...argv);
  const before = await fingerprint(SYSTEM.project);
  const fill = `cd /var/lib/postgresql/next && fallocate --length $(( $(df --block-size=1 --output=avail . | tail -n 1) - 48 * 1024 * 1024 )) filler`;
  expect((await inBackupOf(SYSTEM, 'bash', '-c', fill)).exitCode).toBe(0);
  const refused = await restore('--yes', '--confirm', 'localhost');
  await inBackupOf(SYSTEM, 'rm', '/var/lib/postgresql/next/filler');
  expect([refused.exitCode, refused.errors[0]?.code]).toEqual([3, 'FW-RESTORE-SPACE']);
  expect(refused.errors[0]?.message).toMatch(/needs \d+ MiB.*and \d+ MiB are free/);
  expect(await fingerprint(SYSTEM.project)).toBe(before);
  expect((await restore('--dry-run')).errors).toEqual([]);
});

/** The rules as they are, but for their patience: an alert that waits five minutes for each of two things waits seconds. */
async function impatient(): Promise<void> {
  const path = SYSTEM.file('config/prometheus/rules/alerts.yml');
  const rules = await readFile(path, 'utf8');
  const changed = rules.replace('oldest_waiting_seconds) > 300"', 'oldest_waiting_seconds) > 30"');
  expect(changed).not.toBe(rules);
  await writeFile(path, changed);
  await hasten(SYSTEM, 8);
}

it('while S3 is away writes go on, the log waits and is told of; once it is back nothing is missing', async () => {
  await impatient();
  await storage.away();
  const waiting = () => metricOf(SYSTEM, 'factsway_backup_log_oldest_waiting_seconds{place="s3"}');
  try {
    for (let turn = 0; turn < 3; turn += 1)
      await sql(
        `INSERT INTO factsway.ledger_probe (text) SELECT md5(random()::text) FROM generate_series(1, 20000); SELECT pg_switch_wal()`,
      );
    const answer = await throughEdge(
      `${SYSTEM.url}/api/templates`,
      SYSTEM.file('state/root-ca.crt'),
    );
    expect(answer.status).toBe(200);
    await until('the alert', 180, async () => {
      const alerts = (await (
        await fetch(`http://127.0.0.1:${SYSTEM.ports.prometheus}/api/v1/alerts`)
      ).json()) as { data: { alerts: { labels: Record<string, string>; state: string }[] } };
      return alerts.data.alerts.some(
        ({ labels, state }) =>
          labels['alertname'] === 'BackupLogWaiting' &&
          labels['place'] === 's3' &&
          state === 'firing',
      );
    });
    expect(await waiting()).toBeGreaterThan(30);
    expect(await metricOf(SYSTEM, 'factsway_backup_log_waiting_segments{place="local"}')).toBe(0);
  } finally {
    await storage.back();
  }
  await until('the log in S3', 180, async () => (await waiting()) === 0);
  expect((await SYSTEM.runJson('backup', 'check')).errors).toEqual([]);
}, 480_000);

it('a backup whose disk is full fails in that place alone, and the next one is clean', async () => {
  // The log still has room: what does not fit is the backup.
  const fill = `cd /var/lib/factsway-backup/local && head -c $(( $(df --block-size=1 --output=avail . | tail -n 1) - 2 * 1024 * 1024 )) /dev/zero > filler`;
  expect((await inBackupOf(SYSTEM, 'bash', '-c', fill)).exitCode).toBe(0);
  const run = await SYSTEM.runJson('backup', 'create', '--type', 'full', '--yes');
  expect([run.exitCode, run.errors[0]?.code]).toEqual([5, 'FW-BACKUP-INCOMPLETE']);
  expect(run.errors[0]?.details?.join('\n')).toMatch(/^local: .*FW-BACKUP-(SPACE|FAILED)/m);
  expect((await SYSTEM.run('status')).exitCode).toBe(0);
  await inBackupOf(SYSTEM, 'rm', '/var/lib/factsway-backup/local/filler');
  expect((await SYSTEM.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
  expect((await SYSTEM.runJson('backup', 'drill', '--place', 'local')).errors).toEqual([]);
}, 480_000);

it('a server that is lost with all its volumes is built anew from S3 and the key alone, also when that is cut off', async () => {
  const content = await contentOf(SYSTEM);
  expect((await inBackupOf(SYSTEM, 'factsway-backup', 'flush')).exitCode).toBe(0);
  const before = {
    config: await readFile(SYSTEM.file('factsway.yaml'), 'utf8'),
    secret: await readFile(SYSTEM.file('secrets/postgres-owner-password'), 'utf8'),
    authority: await readFile(SYSTEM.file('state/root-ca.crt'), 'utf8'),
  };
  await execa('mkdir', ['-p', OUTSIDE]);
  const outside = async (name: string, value: string): Promise<string> => {
    await writeFile(join(OUTSIDE, name), `${value}\n`, { mode: 0o600 });
    return join(OUTSIDE, name);
  };
  const key = await outside('key', 'the key of the firm, kept in a safe');
  const ca = join(OUTSIDE, 'ca.crt');
  await writeFile(ca, await readFile(storage.caFile, 'utf8'));
  await removeProject(SYSTEM.project);
  await rm(SYSTEM.directory, { recursive: true });

  const argv = (keyFile: string) => [
    ...['recover', '--yes', '--dir', SYSTEM.directory, '--key', keyFile],
    ...['--set', 'images.source=debian', '--set', `backup.s3.caFile=${ca}`],
    ...['--set', `backup.s3.bucket=${storage.bucket}`, '--set', 'backup.s3.style=path'],
    ...['--set', `backup.s3.endpoint=${storage.endpoint}`],
  ];
  const access = [
    ...['--access-key-id', await outside('id', ACCESS['backup-s3-access-key-id'])],
    ...['--secret-access-key', await outside('secret', ACCESS['backup-s3-secret-access-key'])],
  ];
  const wrong = await cliJson([...argv(await outside('wrong', 'another key')), ...access]);
  expect(wrong.errors[0]?.code).toBe('FW-RESTORE-KEY');
  expect(await docker('volume', 'ls', '--quiet', '--filter', `name=${SYSTEM.project}`)).toBe('');

  const cutOff = startCli([...argv(key), ...access]);
  await until('the database to be restored', 120, async () =>
    (await readFile(SYSTEM.file('state/journal.jsonl'), 'utf8').catch(() => '')).includes(
      'RestoreVolume',
    ),
  );
  cutOff.kill('SIGKILL');
  await cutOff;
  const up = await SYSTEM.runJson('up', '--yes');
  expect(up.errors[0]?.code).toBe('FW-RECOVER-UNFINISHED');
  const run = await cliJson(['recover', '--yes', '--dir', SYSTEM.directory]);
  expect(run.errors).toEqual([]);
  process.stdout.write(`    built anew in ${String(run.result?.['seconds'])} s\n`);

  expect(await contentOf(SYSTEM)).toBe(content);
  expect(await readFile(SYSTEM.file('factsway.yaml'), 'utf8')).toBe(before.config);
  expect(await readFile(SYSTEM.file('secrets/postgres-owner-password'), 'utf8')).toBe(
    before.secret,
  );
  expect((await SYSTEM.run('status')).exitCode).toBe(0);
  // Built from two places, it goes on keeping both.
  expect((await SYSTEM.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
  expect((await SYSTEM.runJson('backup', 'drill', '--place', 's3')).errors).toEqual([]);
}, 600_000);
