import { execFileSync } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { NodeFiles } from './node-files.ts';

let directory: string;
const files = new NodeFiles();
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'node-files-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('a file created exclusively', () => {
  it('is whole, with its mode, and leaves nothing beside it', async () => {
    const path = join(directory, 'state', 'lock');
    expect(await files.createExclusive(path, 'mine\n', 0o640)).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('mine\n');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readdir(join(directory, 'state'))).toEqual(['lock']);
  });

  it('is never written over', async () => {
    const path = join(directory, 'lock');
    await writeFile(path, 'theirs\n');
    expect(await files.createExclusive(path, 'mine\n', 0o600)).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('theirs\n');
    expect(await readdir(directory)).toEqual(['lock']);
  });
});

describe('a write that fails', () => {
  it('leaves what was there, and nothing beside it', async () => {
    // A directory cannot be replaced by a file: the rename, the last thing to happen, is refused.
    const path = join(directory, 'compose.yaml');
    await mkdir(path);
    const error = await rejectionOf(files.write(path, 'services: {}\n', { mode: 0o644 }));
    expect(error.code).toBe('FW-DIR-NOT-WRITABLE');
    expect(await readdir(directory)).toEqual(['compose.yaml']);
  });

  it.each([
    ['write', (path: string) => files.write(path, 'x', { mode: 0o644 })],
    ['creation', (path: string) => files.createExclusive(path, 'x', 0o644)],
    ['line', (path: string) => files.append(path, 'x')],
    ['directory', (path: string) => files.makeDirectory(path, 0o755)],
  ])('because a %s goes through a file is said so', async (_what, work) => {
    const file = join(directory, 'taken');
    await writeFile(file, '');
    const error = await rejectionOf(work(join(file, 'state', 'lock')));
    expect(error.code).toBe('FW-DIR-NOT-WRITABLE');
    expect(error.message).toContain(`${file} is not a directory`);
  });

  it('because its directory is a file is said so', async () => {
    const file = join(directory, 'taken');
    await writeFile(file, '');
    for (const work of [files.makeDirectory(file, 0o755), files.append(join(file, 'x'), 'x')])
      expect((await rejectionOf(work)).message).toContain(`${file} is not a directory`);
  });

  it.runIf(process.platform === 'linux')('on a file system of another kind is no bug', async () => {
    const error = await rejectionOf(files.makeDirectory('/proc/factsway/state', 0o755));
    expect(error.code).toBe('FW-DIR-NOT-WRITABLE');
    expect(error.hint).toContain('ls -ld /proc');
  });
});

describe('under the umask of a hardened server', () => {
  let before: number;
  beforeEach(() => {
    before = process.umask(0o077);
  });
  afterEach(() => {
    process.umask(before);
  });

  it('what is made has the modes it should have all the same', async () => {
    await files.write(join(directory, 'config/edge/Caddyfile'), '', { mode: 0o644 });
    await files.append(join(directory, 'state/journal.jsonl'), '{}\n');
    await files.makeDirectory(join(directory, 'secrets'), 0o700);
    const modes = await Promise.all(
      ['config', 'config/edge', 'config/edge/Caddyfile', 'state/journal.jsonl', 'secrets'].map(
        async (path) => ((await stat(join(directory, path))).mode & 0o777).toString(8),
      ),
    );
    expect(modes).toEqual(['755', '755', '644', '644', '700']);
  });

  it('what somebody closed since is not opened by a line more', async () => {
    const path = join(directory, 'journal.jsonl');
    await files.append(path, '{}\n');
    await files.setMode(path, 0o600);
    await files.append(path, '{}\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

it('a first write that fails takes the directories away that were made for it', async () => {
  await mkdir(join(directory, 'kept'));
  // Longer than a name may be: the directories can be made, the file in them cannot.
  const path = join(directory, 'kept/instance/state', 'x'.repeat(300));
  for (const work of [
    () => files.write(path, '', { mode: 0o600 }),
    () => files.createExclusive(path, '', 0o600),
  ])
    expect((await rejectionOf(work())).code).toBe('FW-DIR-NOT-WRITABLE');
  expect(await readdir(join(directory, 'kept'))).toEqual([]);
});

describe('a rename', () => {
  it('moves a file once', async () => {
    const [from, to] = [join(directory, 'a'), join(directory, 'b')];
    await writeFile(from, 'text');
    expect(await files.rename(from, to)).toBe(true);
    expect(await files.rename(from, to)).toBe(false);
    expect(await readdir(directory)).toEqual(['b']);
  });

  it('that is refused says so', async () => {
    await writeFile(join(directory, 'a'), '');
    await mkdir(join(directory, 'b'));
    const work = files.rename(join(directory, 'a'), join(directory, 'b'));
    expect((await rejectionOf(work)).code).toBe('FW-DIR-NOT-WRITABLE');
  });
});

describe('what killed runs left half written', () => {
  /** Larger than any pid can be. */
  const GONE = 2 ** 30;
  beforeEach(async () => {
    await mkdir(join(directory, 'caddy.factsway-new'), { recursive: true });
    for (const name of [
      'compose.yaml',
      'compose.yaml.factsway-new',
      'caddy.factsway-new/Caddyfile.factsway-new',
      `lock.factsway-${GONE}`,
      `lock.factsway-${process.pid}`,
      'notes.factsway-newer',
    ])
      await writeFile(join(directory, name), '');
  });

  it('is found; what others made, and a living process is about to name, is not', async () => {
    expect(await files.leftovers(directory, false)).toEqual([
      join(directory, 'compose.yaml.factsway-new'),
      join(directory, `lock.factsway-${GONE}`),
    ]);
  });

  it('is found further down where that is wanted', async () => {
    expect(await files.leftovers(directory, true)).toContain(
      join(directory, 'caddy.factsway-new/Caddyfile.factsway-new'),
    );
  });

  it('is nothing where there is no directory', async () => {
    expect(await files.leftovers(join(directory, 'nowhere'), true)).toEqual([]);
  });
});

describe('a tree', () => {
  it('is everything below by its path, and a link counts for itself', async () => {
    await mkdir(join(directory, 'config/edge'), { recursive: true });
    await writeFile(join(directory, 'config/edge/Caddyfile'), '');
    await symlink('/', join(directory, 'link'));
    expect(await files.walk(directory)).toEqual([
      { path: 'config', kind: 'directory' },
      { path: 'config/edge', kind: 'directory' },
      { path: 'config/edge/Caddyfile', kind: 'file' },
      { path: 'link', kind: 'file' },
    ]);
  });

  it('is nothing where there is no directory', async () => {
    expect(await files.walk(join(directory, 'nowhere'))).toEqual([]);
  });
});

describe('a directory', () => {
  it('is removed when it is empty, and only then', async () => {
    const inner = join(directory, 'inner');
    await mkdir(inner);
    await writeFile(join(inner, 'a'), '');
    expect(await files.removeDirectory(inner)).toBe(false);
    expect(await readdir(inner)).toEqual(['a']);
    await files.remove(join(inner, 'a'));
    expect(await files.removeDirectory(inner)).toBe(true);
    expect(await files.removeDirectory(inner)).toBe(true);
    expect(await readdir(directory)).toEqual([]);
  });

  it('behind a link is left alone, and the link too', async () => {
    await mkdir(join(directory, 'real'));
    await symlink('real', join(directory, 'link'));
    expect(await files.removeDirectory(join(directory, 'link'))).toBe(false);
    expect(await readdir(directory)).toEqual(['link', 'real']);
  });
});

describe('what is read', () => {
  it('is never waited for: a pipe or a device in its place is refused', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero']) {
      const error = await rejectionOf(files.readText(path));
      expect(error.code).toBe('FW-FILE-UNREADABLE');
      expect(error.message).toContain('a pipe, a device or a socket');
    }
  });

  it('is no directory, no link to nowhere and no file where a directory belongs', async () => {
    await mkdir(join(directory, 'factsway.yaml'));
    await symlink('nowhere', join(directory, 'link'));
    await writeFile(join(directory, 'secrets'), '');
    const reasons = await Promise.all(
      [
        files.readBytes(join(directory, 'factsway.yaml')),
        files.exists(join(directory, 'link')),
        files.list(join(directory, 'secrets')),
      ].map(async (work) => (await rejectionOf(work)).message),
    );
    expect(reasons.map((message) => message.replace(/.* cannot be read: /, ''))).toEqual([
      'it is a directory (EISDIR).',
      'it is a link that leads nowhere.',
      'it is not a directory.',
    ]);
  });

  it('is nothing behind a link that leads nowhere, where only what it leads to counts', async () => {
    await symlink('nowhere', join(directory, 'link'));
    expect(await files.readText(join(directory, 'link'))).toBeUndefined();
    expect(await files.stat(join(directory, 'link'))).toBeUndefined();
  });

  it('is refused before it fills the memory', async () => {
    const path = join(directory, 'huge');
    await writeFile(path, '');
    await truncate(path, 2 ** 32);
    expect((await rejectionOf(files.readBytes(path))).message).toContain('larger than 256MiB');
  });
});
