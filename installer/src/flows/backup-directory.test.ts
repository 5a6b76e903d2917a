import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { catalogWith, DIRECTORY, ENGINE } from '../../../test/fakes/builders.ts';
import { fakeMachine, judge, lineOf, goodFacts } from '../../../test/fakes/preflight.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { HARDENING_RULES, type WrittenService } from '../catalog/hardening.ts';
import { judgeBackupDirectory } from '../checks/analysers/backup-directory.ts';
import { backupDirectoryCheck } from '../checks/analysers/preflight/backup-directory.ts';
import type { BackupDirectoryFacts } from '../model/backup-directory.ts';
import { GiB } from '../model/units.ts';
import type { Docker } from '../ports/docker.ts';
import { renderBundle } from '../render/render-bundle.ts';
import { requireBackupDirectory } from './require-backup-directory.ts';

const PATH = '/mnt/backups';
const backupIn = (directory: string) => ({
  images: { source: 'debian' },
  backup: { mode: 'on', local: { directory } },
});
const verdict = (change: Partial<BackupDirectoryFacts>): string =>
  lineOf(judgeBackupDirectory({ ...goodFacts().backupDirectory, ...change }));

describe('a directory for backups', () => {
  it('is refused where it is none, or cannot be written; the remedy is the command that makes it', () => {
    const absent = judgeBackupDirectory({ ...goodFacts().backupDirectory, kind: 'absent' });
    expect([absent.code, absent.found]).toEqual([
      'FW-BACKUP-DIRECTORY',
      '/mnt/backups does not exist',
    ]);
    expect(absent.remedy).toContain('install -d -o 999 -g 999 -m 700 /mnt/backups');
    expect(verdict({ kind: 'file' })).toMatch(/^fail FW-BACKUP-DIRECTORY: .*is a file/);
    expect(verdict({ kind: 'dangling-link' })).toMatch(
      /^fail FW-BACKUP-DIRECTORY: .*leads nowhere/,
    );
    for (const access of [{ uid: 0, mode: 0o777 }, { uid: 999, mode: 0o500 }, undefined])
      expect(verdict({ access })).toMatch(/^fail FW-BACKUP-DIRECTORY: .*cannot be written/);
  });

  it.each([
    ['/var/lib/docker/volumes/x', 'is inside /var/lib/docker'],
    ['/var/lib/docker', 'is inside /var/lib/docker'],
    ['/var/lib', 'contains /var/lib/docker'],
    [`${DIRECTORY}/state`, `is inside ${DIRECTORY}`],
    ['/opt', `contains ${DIRECTORY}`],
    ['/', 'contains /var/lib/docker'],
  ])('is refused as %s, whatever link leads there: it %s', (real, why) => {
    expect(verdict({ real })).toContain('fail FW-BACKUP-INSIDE');
    expect(verdict({ real })).toContain(why);
  });

  it('beside them is fine; on the same disk it is doubtful', () => {
    for (const real of ['/var/lib/docker-backups', `${DIRECTORY}-backups`, PATH])
      expect(verdict({ real })).toMatch(/^pass/);
    expect(verdict({ device: 1 })).toMatch(/^warn: .*does not survive that disk/);
  });

  it('has room for a full backup before an installation', () => {
    const settings = backupIn(PATH);
    const withRoom = (freeBytes: number, bytes: number | undefined) =>
      judge(
        backupDirectoryCheck,
        ({ backupDirectory }) => ({
          backupDirectory: { ...backupDirectory, freeBytes },
          databaseSize: { exists: bytes !== undefined, bytes },
        }),
        { settings },
      );
    expect(withRoom(GiB, undefined).status).toBe('pass');
    expect(withRoom(GiB - 1, undefined).code).toBe('FW-BACKUP-SPACE');
    expect(withRoom(2 * GiB, 3 * GiB).code).toBe('FW-BACKUP-SPACE');
    expect(backupDirectoryCheck.applies?.(catalogWith(settings))).toBe(true);
    expect(backupDirectoryCheck.applies?.(catalogWith({ backup: { mode: 'on' } }))).toBe(false);
  });
});

describe('what is rendered for it', () => {
  const catalog = catalogWith(backupIn(PATH));
  const compose = load(
    renderBundle(catalog, ENGINE).files.find(({ path }) => path === 'compose.yaml')?.content ?? '',
  ) as { services: Record<string, WrittenService>; volumes: object };
  const keeper = compose.services['backup'] ?? {};

  it('is a mount that Docker does not make up where the disk is missing, and no volume', () => {
    expect(keeper['volumes']).toContainEqual({
      type: 'bind',
      source: PATH,
      target: '/var/lib/factsway-backup/local',
      bind: { create_host_path: false },
    });
    expect(Object.keys(compose.volumes)).not.toContain('backup-repository');
  });

  it('breaks the hardening rules that it has a reason for, and no other', () => {
    const project = { services: compose.services, declared: { open: [], all: [] } };
    const broken = HARDENING_RULES.filter(({ breach }) => breach(keeper, project) !== undefined);
    const reasons = catalog.workloads.find(({ id }) => id === 'backup')?.exceptions ?? [];
    expect(broken.map(({ name }) => name)).toEqual(reasons.map(({ rule }) => rule));
    expect(reasons).toHaveLength(2);
  });
});

describe('before anything is planned', () => {
  const docker = panicking<Docker>('docker', {
    info: async () => ({ version: '28', apiVersion: '1.48', rootDirectory: '/var/lib/docker' }),
  });
  const ports = (links: Readonly<Record<string, string>>) => {
    const given = fakePorts({
      docker,
      machine: fakeMachine({
        kindOf: async () => 'directory',
        fileSystem: async (path) => ({
          ...(await fakeMachine().fileSystem(path)),
          path: links[path] ?? path,
          device: path === PATH ? 7 : 1,
        }),
      }),
    });
    given.files.stat = async () => STATUS;
    return given;
  };
  const STATUS = { mode: 0o700, uid: 999, gid: 999, size: 0, inode: 1 };
  const wanted = (settings: object) => ({ catalog: catalogWith(settings), directory: DIRECTORY });

  it('a link into the data of Docker or the installation is followed and refused, unless the check is skipped', async () => {
    for (const real of ['/var/lib/docker/volumes/a/_data', `${DIRECTORY}/backups`]) {
      const here = ports({ [PATH]: real });
      const error = await rejectionOf(requireBackupDirectory(wanted(backupIn(PATH)), here));
      expect([error.code, error.exitCode]).toEqual(['FW-BACKUP-INSIDE', 3]);
      expect(error.message).toContain(`${PATH} (${real}) is inside`);
      await requireBackupDirectory(wanted(backupIn(PATH)), here, ['backup-directory']);
    }
  });

  it('nobody is asked where none is named', async () => {
    const nobody = fakePorts({ docker: panicking<Docker>('docker') });
    for (const settings of [
      { backup: { mode: 'on' } },
      { ...backupIn(PATH), backup: { mode: 'off' } },
    ])
      await requireBackupDirectory(wanted(settings), nobody);
  });

  it('one on a disk of its own is fine', async () => {
    const here = ports({});
    await requireBackupDirectory(wanted(backupIn(PATH)), here);
    expect(here.reporter.events).toEqual([]);
  });
});

it.each([
  'mnt/backups',
  '/mnt/../etc',
  '/mnt/./a',
  '/mnt//a',
  '/mnt/a/',
  '/',
  '/mnt/a:b',
  '/mnt/a\nb',
])('the setting %j is refused as no plain absolute path', (directory) => {
  expect(() => catalogWith(backupIn(directory))).toThrow(/directory|FW-CONFIG/);
});
