import { createPublicKey, verify } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  BACKED,
  CONSENT,
  contentUpTo,
  firstBackup,
  inBackup,
  listed,
  metric,
  REPOSITORY,
  servingVolume,
  sql,
  writeRows,
} from './support/backed-up.ts';
import { anyBit, anyPlaces, unpagedPlaces } from './support/damage.ts';
import { containerId, docker, until } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { runKilledAt } from './support/kill.ts';
import { downWithout, startByHand, whileEmpty, whileForeign } from './support/mishaps.ts';

const restore = (...argv: string[]) => BACKED.runJson('restore', ...argv);
const labels = async (): Promise<string[]> =>
  (await listed()).places[0]?.backups.map(({ label }) => label) ?? [];

beforeAll(async () => {
  expect((await BACKED.install()).errors).toEqual([]);
  await sql(
    `CREATE TABLE IF NOT EXISTS factsway.ledger_probe (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL); GRANT ALL ON factsway.ledger_probe TO factsway_app`,
  );
}, 600_000);
afterAll(async () => {
  await BACKED.keep();
  await BACKED.remove();
});

it('an installation that keeps backups makes its first one by itself, and keeps its own directory beside it', async () => {
  await firstBackup();
  const [place] = (await listed()).places;
  expect(place?.name).toBe('local');
  expect(place?.instanceCopies.length).toBeGreaterThan(0);
});

it('a table dropped while rows are written is back as of the second before, and the volume of before is still there', async () => {
  await sql(
    `INSERT INTO factsway.ledger_probe (text) SELECT md5(g::text) FROM generate_series(1, 20000) AS g`,
  );
  const writer = writeRows();
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const last = await writer.stop();
  const content = await contentUpTo(last);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const before = await sql(
    `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  );
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await sql('DROP TABLE factsway.ledger_probe; CREATE TABLE factsway.mishap ()');
  const volume = await servingVolume();
  // What is restored knows the passwords of then.
  const rotated = await BACKED.runJson('secrets', 'rotate', 'postgres-app-password', '--yes');
  expect(rotated.errors).toEqual([]);

  const refused = await restore('--to', before, ...CONSENT);
  expect([refused.exitCode, refused.errors[0]?.code]).toEqual([3, 'FW-RESTORE-LOSES']);
  expect(await servingVolume()).toBe(volume);

  const run = await restore('--to', before, '--force-lose', '3600', ...CONSENT);
  expect(run.errors).toEqual([]);
  expect(await contentUpTo(last)).toBe(content);
  expect(await sql(`SELECT to_regclass('factsway.mishap') IS NULL`)).toBe('t');
  expect(await servingVolume()).toBe(`${BACKED.project}_postgres-data-2`);
  expect(await docker('volume', 'ls', '-q', '--filter', `name=^${volume}$`)).toBe(volume);
  expect((await BACKED.run('status')).exitCode).toBe(0);
  const answer = await throughEdge(`${BACKED.url}/api/templates`, BACKED.file('state/root-ca.crt'));
  expect(answer.status).toBe(200);
  // Nothing is left to do, and the log of what was restored is kept as well.
  const again = await BACKED.runJson('up', '--dry-run');
  expect((again.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
});

it('an upgrade is preceded by a backup, after a restore by a full one of its own', async () => {
  const refused = await BACKED.runJson('upgrade', '--to', '1.1.0', '--dry-run');
  expect([refused.exitCode, refused.errors[0]?.code]).toEqual([3, 'FW-BACKUP-AFTER-RESTORE']);
  expect((await BACKED.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
  expect((await BACKED.runJson('upgrade', '--to', '1.1.0', '--yes')).errors).toEqual([]);
  const newest = (await listed()).places[0]?.backups.at(-1);
  expect([newest?.type, newest?.reason]).toEqual(['incr', 'before the upgrade to 1.1.0']);
});

it('a query that costs a lot is answered, though the image is without the compiler for such queries', async () => {
  expect(
    await sql('SET jit_above_cost = 0; SELECT sum(id) > 0 FROM factsway.ledger_probe'),
  ).toMatch(/t$/);
});

it('a drill proves the newest backup: it says what a disaster would cost, signs that, and tells the monitoring', async () => {
  await sql(`INSERT INTO factsway.ledger_probe (text) SELECT 'before the drill'`);
  const copy = `${BACKED.directory}.copy-of-the-key`;
  await writeFile(copy, 'a key of another house\n', { mode: 0o600 });
  const other = await BACKED.runJson('backup', 'drill', '--key', copy);
  expect([other.exitCode, other.errors[0]?.code]).toEqual([3, 'FW-BACKUP-CUSTODY']);
  const key = await readFile(BACKED.file('secrets/backup-key'), 'utf8');
  await writeFile(copy, `${key.trimEnd()}\r\n`, { mode: 0o600 });
  const { exitCode, errors, result } = await BACKED.runJson('backup', 'drill', '--key', copy);
  expect([exitCode, errors]).toEqual([0, []]);
  const report = result as unknown as {
    ok: boolean;
    keyShown: boolean;
    rpoSeconds: number;
    rtoSeconds: number;
    rows: number;
    reportFile: string;
    publicKey: string;
    signature: string;
  };
  expect([report.ok, report.keyShown]).toEqual([true, true]);
  expect(report.rtoSeconds).toBeGreaterThan(0);
  expect(report.rpoSeconds).toBeLessThan(300);
  expect(report.rows).toBeGreaterThan(20_000);
  // What a terminal shows ends without the last line break.
  const text = `${(await inBackup('cat', report.reportFile)).output}\n`;
  const isSigned = (content: string): boolean =>
    verify(
      null,
      Buffer.from(content),
      createPublicKey(report.publicKey),
      Buffer.from(report.signature, 'base64'),
    );
  expect([isSigned(text), isSigned(text.replace('"ok": true', '"ok": false'))]).toEqual([
    true,
    false,
  ]);
  const [newest] = (await listed()).places[0]?.backups.toReversed() ?? [];
  expect(newest?.proven).not.toBeNull();
  await until(
    'the drill in the monitoring',
    60,
    async () => ((await metric('factsway_backup_drill_rto_seconds')) ?? 0) > 0,
  );
});

it('a restore that is killed, in the middle or once PostgreSQL has moved, is finished by the same command', async () => {
  await sql(`INSERT INTO factsway.ledger_probe (text) SELECT 'before the kill'`);
  const last = Number(await sql('SELECT max(id) FROM factsway.ledger_probe'));
  const content = await contentUpTo(last);
  const argv = ['restore', '--to', 'latest', '--dir', BACKED.directory, ...CONSENT];
  for (const [step, afterMs] of [
    ['RestoreVolume', 700],
    ['UseDataVolume', 0],
    ['StartComponents', 0],
  ] as const)
    expect((await runKilledAt(argv, step, afterMs)).killed).toBe(true);
  const run = await restore('--to', 'latest', ...CONSENT);
  expect(run.errors).toEqual([]);
  expect(await contentUpTo(last)).toBe(content);
  expect(await servingVolume()).toBe(`${BACKED.project}_postgres-data-3`);
  expect((await BACKED.run('status')).exitCode).toBe(0);
});

it('without its record of the volume nothing starts the database, until a person says which one it is', async () => {
  const record = BACKED.file('state/data-volume.json');
  const kept = await readFile(record, 'utf8');
  const volume = await servingVolume();
  await rm(record);
  for (const run of [
    await BACKED.runJson('up', '--yes'),
    await restore('--to', 'latest', ...CONSENT),
    await BACKED.runJson('upgrade', '--to', '1.1.0', '--yes'),
  ]) {
    expect([run.exitCode, run.errors[0]?.code]).toEqual([3, 'FW-DATA-VOLUME-UNKNOWN']);
    expect(run.errors[0]?.hint).toContain(`echo '{"generation": 3}' > ${record}`);
  }
  expect(await servingVolume()).toBe(volume);
  await writeFile(record, '{"generation": 3}\n');
  const up = await BACKED.runJson('up', '--dry-run');
  expect((up.result?.['plan'] as { steps: unknown[] }).steps).toEqual([]);
  await writeFile(record, kept);
});

it('a keeper that is killed during a backup, a drill and a restore begins anew and ends well', async () => {
  const keeper = await containerId(BACKED.project, 'backup');
  const killedAfter = async (ms: number, ...argv: string[]): Promise<void> => {
    const run = BACKED.runJson(argv[0] ?? '', ...argv.slice(1));
    await new Promise((resolve) => setTimeout(resolve, ms));
    await docker('kill', '--signal', 'KILL', keeper);
    expect((await run).exitCode).not.toBe(0);
    await docker('start', keeper);
    await until('the keeper', 60, async () => {
      const health = await docker('inspect', keeper, '--format', '{{.State.Health.Status}}');
      return health === 'healthy';
    });
  };
  await killedAfter(1800, 'backup', 'create', '--type', 'full', '--yes');
  await killedAfter(2500, 'backup', 'drill');
  await killedAfter(6000, 'restore', '--to', 'latest', ...CONSENT);
  expect((await BACKED.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
  expect((await BACKED.runJson('backup', 'drill')).errors).toEqual([]);
  expect((await BACKED.runJson('backup', 'check')).errors).toEqual([]);
  expect((await BACKED.run('status')).exitCode).toBe(0);
});

it.each([
  ['a moment before every backup', '2020-01-01T00:00:00Z', 'FW-RESTORE-TARGET'],
  ['a moment that has not come yet', '2099-01-01T00:00:00Z', 'FW-RESTORE-TARGET'],
  ['a label nobody knows', '20200101-000000F', 'FW-RESTORE-NO-BACKUP'],
  ['what is neither', 'yesterday', 'FW-RESTORE-TARGET'],
])('a restore to %s is refused, and nothing is touched', async (_what, target, code) => {
  const before = await servingVolume();
  const { errors } = await restore('--to', target, '--force-lose', '3600', ...CONSENT);
  expect(errors[0]?.code).toBe(code);
  expect(errors[0]?.hint).toContain('factsway-install');
  expect(await servingVolume()).toBe(before);
});

it('without the log between a backup and the moment asked for it is refused, and the platform serves on', async () => {
  await sql(`INSERT INTO factsway.ledger_probe (text) SELECT 'in the log alone'`);
  expect((await inBackup('factsway-backup', 'flush')).exitCode).toBe(0);
  const hide = `cd ${REPOSITORY}/archive && find . -type f -newer ${REPOSITORY}/backup/factsway/backup.info -name '0*' | tee /dev/stderr | tar --create --remove-files --files-from=- --file=/tmp/hidden.tar`;
  const volume = await servingVolume();
  const hidden = await inBackup('bash', '-c', hide);
  expect([hidden.exitCode, hidden.output]).toEqual([0, expect.stringContaining('/0')]);
  const moment = await sql(
    `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  );
  const { errors } = await restore('--to', moment, '--force-lose', '3600', ...CONSENT);
  expect(errors[0]?.code).toBe('FW-RESTORE-WAL-MISSING');
  expect(await servingVolume()).toBe(volume);
  expect((await BACKED.run('status')).exitCode).toBe(0);
  await inBackup(
    'tar',
    '--extract',
    '--directory',
    `${REPOSITORY}/archive`,
    '--file',
    '/tmp/hidden.tar',
  );
  expect((await BACKED.runJson('backup', 'check')).errors).toEqual([]);
});

it('an empty database in the place of a full one is not backed up, and nobody is led back to it', async () => {
  await sql(`INSERT INTO factsway.ledger_probe (text) SELECT 'somebody’s work'`);
  expect((await BACKED.runJson('backup', 'create', '--yes')).errors).toEqual([]);
  const before = await labels();
  const failed = (await metric('factsway_backup_failures_total')) ?? 0;
  const { moment, doomed } = await whileEmpty(async () => {
    const run = await BACKED.runJson('backup', 'create', '--type', 'full', '--yes');
    expect([run.exitCode, run.errors[0]?.code]).toEqual([5, 'FW-BACKUP-EMPTY']);
    expect(run.errors[0]?.hint).toMatch(/factsway-install restore .*--to TIME/);
    expect(await labels()).toEqual(before);
  });
  await until('the services', 60, async () => (await BACKED.run('status')).exitCode === 0);
  await until(
    'the failure in the monitoring',
    60,
    async () => ((await metric('factsway_backup_failures_total')) ?? 0) > failed,
  );
  const volume = await servingVolume();
  for (const [to, code] of [
    [moment, 'FW-RESTORE-EMPTY'],
    [doomed, 'FW-RESTORE-DROPPED'],
  ] as const) {
    const led = await restore('--to', to, '--force-lose', '3600', ...CONSENT);
    expect(led.errors).toMatchObject([{ code }]);
  }
  expect(await servingVolume()).toBe(volume);
  expect((await BACKED.run('status')).exitCode).toBe(0);
  expect((await BACKED.runJson('backup', 'create', '--yes')).errors).toEqual([]);
});

it('a place that holds the backups of another database is left as it is, and nothing is restored from it', async () => {
  const volume = await servingVolume();
  await whileForeign(async () => {
    const made = await BACKED.runJson('backup', 'create', '--yes');
    expect([made.exitCode, made.errors[0]?.code]).toEqual([5, 'FW-BACKUP-FOREIGN']);
    const led = await restore('--to', 'latest', ...CONSENT);
    expect([led.exitCode, led.errors[0]?.code]).toEqual([3, 'FW-BACKUP-FOREIGN']);
  });
  expect(await servingVolume()).toBe(volume);
  expect((await BACKED.run('status')).exitCode).toBe(0);
  expect((await BACKED.runJson('backup', 'create', '--yes')).errors).toEqual([]);
});

it('one flipped bit in any of twenty places of backups and database is found by check, with exit 3', async () => {
  expect((await BACKED.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
  await sql('CHECKPOINT');
  expect((await BACKED.runJson('backup', 'check')).errors).toEqual([]);
  for (const { service, path, size } of await anyPlaces((await labels()).at(-1) ?? '')) {
    const { at, bit, flip } = await anyBit(service, path, size);
    await flip();
    const found = await BACKED.runJson('backup', 'check');
    await flip();
    expect([path, at, bit, found.exitCode, found.errors[0]?.code]).toEqual([
      path,
      at,
      bit,
      3,
      'FW-BACKUP-DAMAGED',
    ]);
  }
  expect((await BACKED.runJson('backup', 'check')).errors).toEqual([]);
}, 480_000);

it('so is one in what the database keeps without checksums of pages, and no check leaves anything in a database', async () => {
  expect((await BACKED.runJson('backup', 'check')).errors).toEqual([]);
  const places = await unpagedPlaces();
  for (const { path, at, flip, mend } of places) {
    await flip();
    const { exitCode, errors } = await BACKED.runJson('backup', 'check');
    await mend();
    expect([path, at, exitCode, errors[0]?.code]).toEqual([path, at, 3, 'FW-BACKUP-DAMAGED']);
    expect(errors[0]?.details?.join('\n')).toContain(`database: ./${path.split('/')[0] ?? ''}`);
  }
  expect((await BACKED.runJson('backup', 'check')).errors).toEqual([]);
  expect(await sql(`SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'`)).toBe('0');
}, 480_000);

it('a newest backup that is broken fails the drill, with exit 3, and the monitoring is told', async () => {
  const newest = (await labels()).at(-1) ?? '';
  const where = `${REPOSITORY}/backup/factsway/${newest}`;
  await inBackup(
    'bash',
    '-c',
    `for f in $(find ${where} -type f -size +4k); do printf X | dd of=$f bs=1 seek=2000 conv=notrunc status=none; done`,
  );
  const { exitCode, errors } = await BACKED.runJson('backup', 'drill');
  expect([exitCode, errors[0]?.code]).toEqual([3, 'FW-DRILL-FAILED']);
  await until(
    'the failed drill in the monitoring',
    // What is looked at once a minute, of what is asked every quarter of one.
    180,
    async () => (await metric('ALERTS{alertname="RestoreDrillFailed",alertstate="firing"}')) === 1,
  );
  expect((await BACKED.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
  expect((await BACKED.runJson('backup', 'drill')).errors).toEqual([]);
});

it('a database whose volume is gone comes back, and what was made in its place is in nobody’s way', async () => {
  const last = Number(await sql('SELECT max(id) FROM factsway.ledger_probe'));
  const content = await contentUpTo(last);
  expect((await inBackup('factsway-backup', 'flush')).exitCode).toBe(0);
  const volume = await servingVolume();
  await downWithout(volume);
  await startByHand('postgres', 'backup');
  await until('a new database', 60, async () => (await sql('SELECT 1').catch(() => '')) === '1');
  // It hands its log over like any other.
  await sql('CREATE TABLE factsway_was_here (); SELECT pg_switch_wal()');
  await until('its log', 60, async () => ((await listed()).places[0]?.waitingSegments ?? 0) > 0);
  const refused = await restore('--to', 'latest', ...CONSENT);
  expect([refused.exitCode, refused.errors[0]?.code]).toEqual([3, 'FW-BACKUP-FOREIGN']);

  await downWithout(volume);
  await startByHand('backup');
  expect((await restore('--to', 'latest', ...CONSENT)).errors).toEqual([]);
  expect(await contentUpTo(last)).toBe(content);
  await until('its log to go', 60, async () => (await listed()).places[0]?.waitingSegments === 0);
  expect((await BACKED.runJson('backup', 'create', '--type', 'full', '--yes')).errors).toEqual([]);
}, 480_000);
