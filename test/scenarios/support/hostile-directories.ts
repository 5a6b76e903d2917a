import { execa } from 'execa';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { put } from './hostile-files.ts';
import { CANARY, INSTANCE, STAGE, type Row, type World } from './hostile.ts';

const unreadable = { code: 'FW-FILE-UNREADABLE', exit: 2 } as const;
/** By preflight a check, exit code 3; the catalogue has 2 for the command that meets it without one. */
const RENDER = ['render', '--set', 'images.source=debian', '--set', 'host.memory=8GiB'] as const;

const given = (make: (path: string) => Promise<unknown>) => async (): Promise<World> => {
  await make(join(STAGE, 'answers.yaml'));
  return { more: ['--answers', 'answers.yaml'] };
};
/** The instance directory, with something in it. */
const inside = (make: (directory: string) => Promise<unknown>) => async (): Promise<undefined> => {
  await mkdir(INSTANCE);
  await make(INSTANCE);
};
const secret = (make: (path: string) => Promise<unknown>) =>
  inside(async (directory) => {
    await mkdir(join(directory, 'secrets'), { mode: 0o700 });
    await writeFile(join(directory, 'secrets/postgres-owner-password'), CANARY, { mode: 0o600 });
    await make(join(directory, 'secrets/postgres-app-password'));
  });
/** A small file system of its own above the instance directory. */
const onMount =
  (options: string, fill?: (directory: string) => Promise<unknown>) => async (): Promise<World> => {
    const above = join(STAGE, 'mount');
    await mkdir(above);
    await execa('mount', ['-t', 'tmpfs', '-o', options, 'factsway-test', above]);
    await fill?.(above);
    return { more: ['--dir', join(above, 'instance')], undo: () => execa('umount', [above]) };
  };
const pipe = (path: string) => execa('mkfifo', [path]);

/** What can stand where files and directories belong. */
export const DIRECTORIES: readonly Row[] = [
  {
    is: 'answers that are not there',
    code: 'FW-CONFIG-NOT-FOUND',
    exit: 2,
    message: /The answers file nowhere\.yaml does not exist/,
    hint: /ls -l .*--answers FILE/,
    world: () => Promise.resolve({ more: ['--answers', 'nowhere.yaml'] }),
  },
  {
    is: 'answers from a pipe that is closed',
    code: 'FW-CONFIG-NOT-FOUND',
    exit: 2,
    message: /The answers file - does not exist/,
    hint: /--answers \/dev\/stdin/,
    world: () => Promise.resolve({ more: ['--answers', '-'] }),
  },
  {
    is: 'answers that may not be read',
    ...unreadable,
    message: /answers\.yaml cannot be read: permission denied/,
    hint: /ls -ld answers\.yaml .*with sudo/,
    boundByModes: true,
    world: given((path) => writeFile(path, 'host: {}\n', { mode: 0o000 })),
  },
  {
    is: 'a directory for answers',
    ...unreadable,
    message: /answers\.yaml cannot be read: it is a directory/,
    hint: /ls -ld answers\.yaml/,
    world: given((path) => mkdir(path)),
  },
  {
    is: 'a pipe nobody writes to for answers',
    ...unreadable,
    message: /answers\.yaml cannot be read: it is a pipe/,
    hint: /ls -ld answers\.yaml/,
    world: given(pipe),
  },
  {
    is: 'a factsway.yaml that is a directory',
    ...unreadable,
    message: /factsway\.yaml cannot be read: it is a directory/,
    hint: /ls -ld \/.*move it away/,
    world: inside((directory) => mkdir(join(directory, 'factsway.yaml'))),
  },
  {
    is: 'a factsway.yaml that is a pipe',
    ...unreadable,
    message: /factsway\.yaml cannot be read: it is a pipe/,
    hint: /ls -ld/,
    world: inside((directory) => pipe(join(directory, 'factsway.yaml'))),
  },
  {
    is: 'a factsway.yaml that is a link to nowhere',
    ...unreadable,
    message: /factsway\.yaml cannot be read: it is a link that leads nowhere/,
    hint: /ls -ld/,
    world: inside((directory) => symlink('/mnt/usb/factsway.yaml', `${directory}/factsway.yaml`)),
  },
  {
    is: 'a factsway.yaml that is a link to itself',
    ...unreadable,
    message: /factsway\.yaml cannot be read: its symbolic links lead in a circle/,
    hint: /ls -ld/,
    world: inside((directory) => symlink('factsway.yaml', join(directory, 'factsway.yaml'))),
  },
  {
    is: 'an instance directory that is a file',
    code: 'FW-DIR-NOT-WRITABLE',
    exit: 3,
    message: /is a file and no directory/,
    hint: /ls -ld .*--dir DIR/,
    world: async () => {
      await put('instance', 'a file\n');
      return undefined;
    },
  },
  {
    is: 'an instance directory that is a link to nowhere',
    code: 'FW-DIR-NOT-WRITABLE',
    exit: 3,
    message: /is a link that leads nowhere/,
    hint: /ls -ld .*--dir DIR/,
    world: async () => {
      await symlink('/mnt/usb/factsway', INSTANCE);
      return undefined;
    },
  },
  {
    is: 'an instance directory that is a link to itself',
    ...unreadable,
    message: /its symbolic links lead in a circle/,
    hint: /ls -ld/,
    world: async () => {
      await symlink('instance', INSTANCE);
      return undefined;
    },
  },
  {
    is: 'the directory of the system as instance directory',
    code: 'FW-DIR-FOREIGN',
    exit: 3,
    message: /^\/ belongs to the system/,
    hint: /--dir \/opt\/factsway/,
    world: () => Promise.resolve({ more: ['--dir', '/'] }),
  },
  {
    is: 'a directory with the Compose file of somebody else',
    code: 'FW-DIR-FOREIGN',
    exit: 3,
    message: /files this installer did not write: compose\.yaml/,
    hint: /--dir DIR/,
    world: inside((directory) => writeFile(join(directory, 'compose.yaml'), 'services: {}\n')),
  },
  {
    is: 'a directory that may be read and not written',
    code: 'FW-DIR-NOT-WRITABLE',
    exit: 3,
    message: /cannot be written by this user/,
    hint: /ls -ld .*with sudo.*--dir DIR/,
    boundByModes: true,
    world: inside((directory) => chmod(directory, 0o555)),
  },
  {
    is: 'a directory that may not even be entered',
    ...unreadable,
    message: /factsway\.yaml cannot be read: permission denied/,
    hint: /ls -ld .*with sudo/,
    boundByModes: true,
    world: inside((directory) => chmod(directory, 0o600)),
  },
  {
    is: 'a directory on a file system that is mounted read-only',
    code: 'FW-DIR-NOT-WRITABLE',
    exit: 3,
    message: /mounted read-only/,
    hint: /findmnt -T .*--dir DIR/,
    needsRoot: true,
    world: onMount('ro'),
  },
  {
    is: 'a disk that is too small',
    code: 'FW-DISK-SPACE',
    exit: 3,
    message: /1 MiB free of 1 MiB; 50 MiB needed now/,
    hint: /df -h/,
    needsRoot: true,
    world: onMount('size=1m'),
  },
  {
    is: 'a disk that is full, met without preflight',
    code: 'FW-DISK-FULL',
    exit: 3,
    message: /could not be written: the disk of .* is full/,
    hint: /df -h .*run the command again/,
    command: RENDER,
    needsRoot: true,
    world: onMount('size=1m', (directory) =>
      writeFile(join(directory, 'full'), '').then(() =>
        execa('dd', ['if=/dev/zero', `of=${directory}/full`, 'bs=4k'], { reject: false }),
      ),
    ),
  },
  {
    is: 'a secret that is empty',
    code: 'FW-SECRET-INVALID',
    exit: 3,
    message: /secrets\/postgres-app-password is empty/,
    hint: /rm secrets\/postgres-app-password/,
    world: secret((path) => writeFile(path, '')),
  },
  {
    is: 'a secret that is a directory',
    code: 'FW-SECRET-INVALID',
    exit: 3,
    message: /secrets\/postgres-app-password/,
    hint: /./,
    world: secret((path) => mkdir(path)),
  },
  {
    is: 'a secret that is a link to nowhere',
    code: 'FW-SECRET-INVALID',
    exit: 3,
    message: /secrets\/postgres-app-password/,
    hint: /./,
    world: secret((path) => symlink('/mnt/usb/password', path)),
  },
  {
    is: 'a file where the directory of the secrets belongs',
    ...unreadable,
    message: /secrets cannot be read: it is not a directory/,
    hint: /ls -ld/,
    world: inside((directory) => writeFile(join(directory, 'secrets'), CANARY)),
  },
];
