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

it('nobody is led to the newest state of a place that has not got it, unless what is missing is agreed to', async () => {
  const stuck = '/var/lib/postgresql/log/spool/s3/000000010000000000000000';
  const toS3 = (...argv: string[]) =>
    SYSTEM.runJson('restore', '--to', 'latest', '--place', 's3', ...argv);
  await inBackupOf(SYSTEM, 'mkdir', stuck);
  try {
    await sql(`INSERT INTO factsway.ledger_probe (text) SELECT 'not in S3 yet'`);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const before = await fingerprint(SYSTEM.project);
    const refused = await toS3('--yes', '--confirm', 'localhost');
    expect([refused.exitCode, refused.errors[0]?.code]).toEqual([3, 'FW-RESTORE-LOSES']);
    expect(refused.errors[0]?.message).toContain('it has not reached the backups in s3');
    expect(await fingerprint(SYSTEM.project)).toBe(before);
    const agreed = await toS3('--force-lose', '3600', '--dry-run');
    expect(agreed.errors).toEqual([]);
    const { steps } = agreed.result?.['plan'] as { steps: { kind: string }[] };
    expect(steps.map(({ kind }) => kind)).not.toContain('FlushLog');
  } finally {
    await inBackupOf(SYSTEM, 'rmdir', stuck);
  }
  await until('the log in S3', 120, async () =>
    (await listedOf(SYSTEM)).places.every(({ waitingSegments }) => waitingSegments === 0),
  );
  expect((await toS3('--dry-run')).errors).toEqual([]);
}, 300_000);

it('a restore waits for no check: that one is ended and says so, and the services serve again', async () => {
  const content = await contentOf(SYSTEM);
  await storage.away();
  try {
    const check = SYSTEM.runJson('backup', 'check');
    await until('the check to be at work', 60, async () => {
      const taken = ['flock', '--nonblock', '/tmp/factsway-backup.lock', 'true'];
      return (await inBackupOf(SYSTEM, ...taken)).exitCode !== 0;
    });
    const to = ['--to', 'latest', '--place', 'local'];
    const run = await SYSTEM.runJson('restore', ...to, '--yes', '--confirm', 'localhost');
    expect(run.errors).toEqual([]);
    const { errors } = await check;
    expect(errors[0]?.code).toBe('FW-BACKUP-BUSY');
    expect(errors[0]?.message).toBe('check was ended, for a restore began');
  } finally {
    await storage.back();
  }
  expect(await contentOf(SYSTEM)).toBe(content);
  expect((await SYSTEM.run('status')).exitCode).toBe(0);
  expect((await SYSTEM.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
}, 300_000);

it('a copy of the instance directory that S3 did not get is brought there once it is back', async () => {
  const newest = async () =>
    (await listedOf(SYSTEM)).places.map(({ instanceCopies }) =>
      instanceCopies
        .map(({ name }) => name)
        .sort()
        .at(-1),
    );
  const [before] = await newest();
  await storage.goesAwayAt('');
  try {
    const { errors } = await SYSTEM.runJson('backup', 'create', '--type', 'incr', '--yes');
    expect(errors[0]?.code).toBe('FW-BACKUP-INCOMPLETE');
    expect(errors[0]?.details?.join('\n')).toMatch(/^s3: .*FW-BACKUP-UNREACHABLE/m);
  } finally {
    await storage.stays();
  }
  // What the keeper does by itself, at once or within minutes; it may have been quicker.
  expect((await inBackupOf(SYSTEM, 'factsway-backup', 'instance-even')).exitCode).toBe(0);
  const [here, there] = await newest();
  expect(there).toBe(here);
  expect((here ?? '') > (before ?? '')).toBe(true);
}, 480_000);

it('S3 that goes away while it is checked is no damage; what was found before that is, and a later check is clean', async () => {
  const damage = () => metricOf(SYSTEM, 'factsway_backup_damage{place="s3"}');
  const check = async () => {
    const { exitCode, errors } = await SYSTEM.runJson('backup', 'check');
    return { found: [exitCode, errors[0]?.code], details: errors[0]?.details?.join('\n') };
  };
  // Segments of the log are read by nothing else.
  const segments = (await storage.keys()).filter((key) => /\/[0-9A-F]{24}-/.test(key));
  const [damaged = ''] = segments;
  // As far behind as can be: two are read at a time.
  const last = segments.at(-1) ?? '';
  expect(segments.length).toBeGreaterThan(3);
  try {
    await storage.goesAwayAt(damaged);
    const unchecked = await check();
    expect(unchecked.found).toEqual([3, 'FW-BACKUP-UNCHECKED']);
    expect(unchecked.details).toMatch(/^s3: place s3 went away while it was read(, at .*)?$/m);

    await storage.flip(damaged, 2000);
    await storage.goesAwayAt(last);
    const both = await check();
    expect(both.found).toEqual([3, 'FW-BACKUP-DAMAGED']);
    expect(both.details).toContain(damaged.slice(damaged.lastIndexOf('/') + 1));
    expect(both.details).toMatch(/^s3: place s3 went away/m);
    await until('the alert’s reason', 60, async () => (await damage()) === 1);
  } finally {
    await storage.stays();
  }
  await storage.flip(damaged, 2000);
  expect((await check()).found).toEqual([0, undefined]);
  await until('its end', 60, async () => (await damage()) === 0);
}, 480_000);

it('a backup whose disk is full fails in that place alone, and the next one is clean', async () => {
  // The log still has room: what does not fit is the backup.
  const fill = `cd /var/lib/factsway-backup/local && head -c $(( $(df --block-size=1 --output=avail . | tail -n 1) - 2 * 1024 * 1024 )) /dev/zero > filler`;
  expect((await inBackupOf(SYSTEM, 'bash', '-c', fill)).exitCode).toBe(0);
  try {
    const { exitCode, errors } = await SYSTEM.runJson(
      'backup',
      'create',
      '--type',
      'full',
      '--yes',
    );
    expect(errors).toMatchObject([{ code: 'FW-BACKUP-INCOMPLETE' }]);
    expect(exitCode).toBe(5);
    expect(errors[0]?.details?.join('\n')).toMatch(/^local: .*FW-BACKUP-SPACE/m);
    expect((await SYSTEM.run('status')).exitCode).toBe(0);
  } finally {
    await inBackupOf(SYSTEM, 'rm', '/var/lib/factsway-backup/local/filler');
  }
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
  // Every browser of the firm trusts the one of before.
  expect(await readFile(SYSTEM.file('state/root-ca.crt'), 'utf8')).toBe(before.authority);
  const answer = await throughEdge(`${SYSTEM.url}/api/templates`, SYSTEM.file('state/root-ca.crt'));
  expect(answer.status).toBe(200);
  expect((await SYSTEM.run('status')).exitCode).toBe(0);
  // Built from two places, it goes on keeping both.
  expect((await SYSTEM.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
  expect((await SYSTEM.runJson('backup', 'drill', '--place', 's3')).errors).toEqual([]);
}, 600_000);
