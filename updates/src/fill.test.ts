import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { packTar } from '../../installer/src/adapters/updates/pack-tar.ts';
import { fill } from './fill.ts';

const EXE = 'FACTSWAY-Setup-1.2.0.exe';

it('takes an archive from its standard input, and nothing else', async () => {
  const root = await mkdtemp(join(tmpdir(), 'mirror-'));
  const [from, to] = [join(root, 'from'), join(root, 'to')];
  await mkdir(from);
  await mkdir(to);
  const sha512 = createHash('sha512').update('content').digest('base64');
  await writeFile(join(from, EXE), 'content');
  await writeFile(
    join(from, 'latest.yml'),
    `version: 1.2.0
files: [{url: ${EXE}, sha512: ${sha512}, size: 7}]
path: ${EXE}
sha512: ${sha512}
releaseDate: '2026-03-01T00:00:00.000Z'
`,
  );
  await packTar(from, join(root, 'one.tar'));
  const told: string[] = [];
  const run = (input: NodeJS.ReadableStream) => fill(to, input, (line) => told.push(line));
  expect(await run(Readable.from(['no archive at all']))).toBe(3);
  expect(told.join()).toContain('FW-MIRROR-SOURCE');
  expect(await readdir(to)).toEqual([]);
  // Of runs that were killed: by this name of before, and by one of their own.
  await writeFile(join(to, '.incoming.tar'), 'half');
  await writeFile(join(to, '.incoming-1.tar'), 'half');
  // The number is of a process that lives, and that began at another time.
  await symlink(`${process.pid}-1`, join(to, '.fill.lock'));
  expect(await run(createReadStream(join(root, 'one.tar')))).toBe(0);
  expect(told.at(-1)).toBe('latest.yml offers 1.2.0');
  expect((await readdir(to)).toSorted()).toEqual([EXE, 'latest.yml']);
  await rm(root, { recursive: true });
});

it('one run at a time: a second one is refused and touches nothing of the first', async () => {
  const to = await mkdtemp(join(tmpdir(), 'mirror-'));
  const told: string[] = [];
  const slow = new PassThrough();
  const first = fill(to, slow, () => undefined);
  await vi.waitFor(async () => {
    expect((await readdir(to)).some((name) => name.startsWith('.incoming'))).toBe(true);
  });
  const before = await readdir(to);
  // Of this process, which lives: one of another process is judged the same.
  expect(await fill(to, Readable.from(['other']), (line) => told.push(line))).toBe(3);
  expect(told.join()).toContain('FW-LOCKED');
  expect(await readdir(to)).toEqual(before);
  slow.end('no archive');
  expect(await first).toBe(3);
  expect(await readdir(to)).toEqual([]);
  await rm(to, { recursive: true });
});
