import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { directorySource } from './directory-source.ts';
import { fileWithin } from './file-within.ts';
import { packTar } from './pack-tar.ts';
import { tarSource } from './tar-source.ts';

const EXE = 'FACTSWAY-Setup-1.2.0.exe';
const MANIFEST = 'latest.yml';
let root: string;
const at = (...path: string[]): string => join(root, ...path);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'within-'));
  await mkdir(at('disk/files'), { recursive: true });
  await mkdir(at('disk-2'));
  await writeFile(at('secret'), 'of this server');
  await writeFile(at('disk-2/secret'), 'of this server');
  await writeFile(at('disk/files/app'), 'an installer');
});
afterEach(() => rm(root, { recursive: true }));

describe.each([
  ['of a file of the server', () => at('secret')],
  ['with a relative way out', () => '../secret'],
  ['to a directory whose name only begins the same', () => at('disk-2/secret')],
  ['to a directory', () => 'files'],
  ['to a device', () => '/dev/zero'],
])('in place of a file a link %s', (_, target) => {
  it('is refused wherever updates are read or packed', async () => {
    for (const name of [EXE, MANIFEST]) await symlink(target(), at('disk', name));
    const source = directorySource(at('disk'));
    for (const work of [
      () => source.readText(MANIFEST),
      () => source.size(EXE),
      () => source.read(EXE),
      () => packTar(at('disk'), at('made.tar')),
    ]) {
      const error = await rejectionOf(work());
      expect([error.code, error.hint]).toEqual([
        'FW-MIRROR-LINK',
        expect.stringContaining('ls -ld'),
      ]);
    }
    expect(await readFile(at('made.tar')).catch(() => undefined)).toBeUndefined();
  });
});

it('a link to a file inside is that file, for who reads and for who packs', async () => {
  await symlink('files/app', at('disk', EXE));
  await symlink(at('disk'), at('disk-by-link'));
  const source = directorySource(at('disk-by-link'));
  expect(await source.size(EXE)).toBe('an installer'.length);
  await packTar(at('disk'), at('made.tar'));
  expect(await (await tarSource(at('made.tar'))).size(EXE)).toBe('an installer'.length);
});

it('what is not there is not there', async () => {
  expect(await fileWithin(at('disk'), EXE)).toBeUndefined();
  expect(await fileWithin(at('nowhere'), EXE)).toBeUndefined();
});
