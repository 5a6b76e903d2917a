import { copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BACKED, CONSENT, contentUpTo, firstBackup, listed, sql } from './support/backed-up.ts';
import { ROOT } from './support/cli.ts';
import { containerId } from './support/docker.ts';
import { SmallDisk } from './support/small-disk.ts';

/** Another disk than that of Docker. */
const SECOND = new SmallDisk(
  join(ROOT, 'build/scenarios/second-disk'),
  join(ROOT, 'build/scenarios/second-disk.img'),
  '1G',
);

beforeAll(async () => {
  expect((await BACKED.install()).errors).toEqual([]);
  await sql(
    `CREATE TABLE factsway.ledger_probe AS SELECT g::bigint AS id, md5(g::text) AS text FROM generate_series(1, 1000) AS g`,
  );
  await firstBackup();
}, 600_000);
afterAll(async () => {
  await BACKED.keep().catch(() => undefined);
  await BACKED.remove();
  await SECOND.remove();
});

it('backups move to a directory on another disk, from which a lost server is built anew with the key alone', async () => {
  await SECOND.mount();
  const directory = join(SECOND.mountpoint, 'factsway');
  const up = (where: string) =>
    BACKED.runJson('up', '--yes', '--set', `backup.local.directory=${where}`);
  const codeOf = async (where: string) => (await up(where)).errors[0]?.code;
  const keeper = await containerId(BACKED.project, 'backup');
  expect(await codeOf(directory)).toBe('FW-BACKUP-DIRECTORY');
  await mkdir(directory);
  expect(await codeOf(directory)).toBe('FW-BACKUP-DIRECTORY');
  expect(await codeOf(BACKED.directory)).toBe('FW-BACKUP-INSIDE');
  expect(await containerId(BACKED.project, 'backup')).toBe(keeper);

  // As its error says.
  await execa('chown', ['999:999', directory]);
  expect((await up(directory)).errors).toEqual([]);
  expect((await BACKED.runJson('backup', 'create', '--yes')).errors).toEqual([]);
  expect((await BACKED.runJson('backup', 'drill')).errors).toEqual([]);
  const [place] = (await listed()).places;
  expect(place?.backups[0]?.type).toBe('full');
  expect(place?.instanceCopies.length).toBeGreaterThan(0);

  const key = join(ROOT, 'build/scenarios/key-kept-elsewhere');
  await copyFile(BACKED.file('secrets/backup-key'), key);
  const last = Number(await sql('SELECT max(id) FROM factsway.ledger_probe'));
  const content = await contentUpTo(last);
  const gone = await BACKED.runJson('uninstall', '--purge', ...CONSENT);
  expect(gone.errors).toEqual([]);
  expect((await readdir(directory)).sort()).toEqual(['archive', 'backup', 'instance']);

  const recover = (where: string) =>
    BACKED.runJson(
      ...['recover', '--yes', '--set', 'images.source=debian', '--key', key],
      ...['--set', `backup.local.directory=${where}`],
    );
  const other = join(SECOND.mountpoint, 'other');
  expect((await recover(other)).errors[0]?.code).toBe('FW-BACKUP-DIRECTORY');
  await rename(directory, other);
  expect((await recover(other)).errors[0]?.code).toBe('FW-RECOVER-PLACE');
  await rename(other, directory);
  const back = await recover(directory);
  expect(back.errors).toEqual([]);
  process.stdout.write(`    built anew from a disk in ${String(back.result?.['seconds'])} s\n`);
  expect(await contentUpTo(last)).toBe(content);
}, 480_000);
