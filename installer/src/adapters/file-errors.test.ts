import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { reading, writing } from './file-errors.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'file errors-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const refuse = (code: string) => (): Promise<never> =>
  Promise.reject(
    Object.assign(new Error(`${code}: refused`), { code, errno: -1, syscall: 'open' }),
  );

describe('a write the file system refuses', () => {
  it.each(['EROFS', 'EACCES', 'EPERM', 'ENOENT', 'EIO', 'ENAMETOOLONG', 'ELOOP', 'EXDEV', 'EBUSY'])(
    'with %s is no bug: it says where and names a command to look',
    async (code) => {
      const path = join(directory, 'instance/state/lock');
      const error = await rejectionOf(writing(path, refuse(code)));
      expect([error.code, error.exitCode]).toEqual(['FW-DIR-NOT-WRITABLE', 3]);
      expect(error.message).toContain(path);
      expect(error.message).toContain(code);
      // Of what is not there yet, the nearest directory that is: quoted, since its name has a blank.
      expect(error.hint).toMatch(/(ls -ld|findmnt -T) '/);
      expect(error.hint).toContain(`'${directory}'`);
      expect(error.hint).toContain('--dir DIR');
    },
  );

  it.each(['ENOTDIR', 'EEXIST'])(
    'with %s because of a file on the way names the file',
    async (code) => {
      const file = join(directory, 'taken');
      await writeFile(file, '');
      const error = await rejectionOf(writing(join(file, 'state', 'lock'), refuse(code)));
      expect(error.code).toBe('FW-DIR-NOT-WRITABLE');
      expect(error.message).toContain(`${file} is not a directory`);
      expect(error.hint).toContain(`ls -ld '${file}'`);
    },
  );

  it.each(['ENOSPC', 'EDQUOT'])('with %s has a code of its own', async (code) => {
    const path = join(directory, 'instance/compose.yaml');
    const error = await rejectionOf(writing(path, refuse(code)));
    expect([error.code, error.exitCode]).toEqual(['FW-DISK-FULL', 3]);
    expect(error.message).toContain(path);
    expect(error.message).toContain(code);
    expect(error.hint).toContain(code === 'EDQUOT' ? 'quota -s' : `df -h '${directory}'`);
    expect(error.hint).toContain('again');
  });

  it('is left alone when it is none of the file system: that is a bug', async () => {
    const bug = new TypeError('x is not a function');
    await expect(writing(directory, () => Promise.reject(bug))).rejects.toBe(bug);
  });
});

describe('what is not there', () => {
  it('is nothing, also when it is made while somebody looks', async () => {
    const absent: () => Promise<string> = refuse('ENOENT');
    expect(await reading(join(directory, 'state'), absent)).toBeUndefined();
    expect(await reading(directory, absent)).toBeUndefined();
  });

  it('is told where a file stands in place of a directory', async () => {
    const path = join(directory, 'secrets');
    await writeFile(path, '');
    const error = await rejectionOf(reading(path, refuse('ENOTDIR')));
    expect(error.message).toBe(`${path} cannot be read: it is not a directory.`);
  });
});

describe('a file that may not be read', () => {
  it('is said so, with the command that shows whose it is', async () => {
    const path = join(directory, 'secret');
    const error = await rejectionOf(reading(path, refuse('EACCES')));
    expect([error.code, error.exitCode]).toEqual(['FW-FILE-UNREADABLE', 2]);
    expect(error.message).toContain(`${path} cannot be read`);
    expect(error.hint).toContain(`ls -ld '${path}'`);
  });

  it.each(['ENOENT', 'ENOTDIR'])('and is not there (%s) is simply absent', async (code) => {
    const found = await reading<string>(join(directory, 'none'), refuse(code));
    expect(found).toBeUndefined();
  });

  it.each(['ELOOP', 'EISDIR', 'ENAMETOOLONG'])(
    'because of what it is (%s) is not a matter of users',
    async (code) => {
      const error = await rejectionOf(reading(join(directory, 'x'), refuse(code)));
      expect(error.code).toBe('FW-FILE-UNREADABLE');
      expect(error.message).not.toContain('the file system refuses it');
      expect(error.hint).not.toContain('as that user');
    },
  );
});
