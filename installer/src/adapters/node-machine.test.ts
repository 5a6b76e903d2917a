import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeMachine } from './node-machine.ts';

const machine = new NodeMachine();
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'node-machine-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('this machine', () => {
  it('tells what it is', async () => {
    expect(await machine.platform()).toEqual({
      system: process.platform,
      architecture: process.arch,
      kernel: expect.stringMatching(/^\d+\.\d+/) as string,
    });
    expect(await machine.addresses()).toContain('127.0.0.1');
  });

  it('gives the variables that are set and not empty', async () => {
    process.env['FACTSWAY_TEST_EMPTY'] = '';
    process.env['FACTSWAY_TEST_SET'] = 'x';
    expect(
      await machine.environment(['FACTSWAY_TEST_EMPTY', 'FACTSWAY_TEST_SET', 'FACTSWAY_TEST_NOT']),
    ).toEqual({ FACTSWAY_TEST_SET: 'x' });
    delete process.env['FACTSWAY_TEST_EMPTY'];
    delete process.env['FACTSWAY_TEST_SET'];
  });

  it('runs a program that is there, and knows one that is not', async () => {
    expect(await machine.ask(['true'])).toMatchObject({ exitCode: 0 });
    expect(await machine.ask(['false'])).toMatchObject({ exitCode: 1 });
    expect(await machine.ask(['factsway-no-such-program'])).toBeUndefined();
  });

  it('resolves an address and localhost without asking anyone', async () => {
    expect(await machine.resolve('192.0.2.7')).toEqual(['192.0.2.7']);
    expect(await machine.resolve('fd00::1')).toEqual(['fd00::1']);
    expect((await machine.resolve('localhost')).length).toBeGreaterThan(0);
  });
});

describe('a path', () => {
  it('is a directory, a file, nothing, or a link that leads nowhere', async () => {
    await writeFile(join(directory, 'file'), '');
    await symlink(join(directory, 'nowhere'), join(directory, 'dangling'));
    await symlink(directory, join(directory, 'link'));
    const kinds = ['', 'file', 'absent', 'dangling', 'link', 'file/below'].map((name) =>
      machine.kindOf(join(directory, name)),
    );
    expect(await Promise.all(kinds)).toEqual([
      'directory',
      'file',
      'absent',
      'dangling-link',
      'directory',
      'absent',
    ]);
  });

  it('that does not exist is judged by the nearest above it', async () => {
    await mkdir(join(directory, 'a'));
    const found = await machine.fileSystem(join(directory, 'a/b/c'));
    expect(found.path).toBe(join(directory, 'a'));
    expect(found.writable).toBe(true);
    expect(found.freeBytes).toBeGreaterThan(0);
    expect(found.totalBytes).toBeGreaterThanOrEqual(found.freeBytes);
  });
});

describe('measuring a disk', () => {
  it('leaves no file behind, not even while it measures', async () => {
    const measuring = machine.writeLatencies(directory, {
      bytes: 8192,
      samples: 20,
      milliseconds: 2000,
    });
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await readdir(directory)).toEqual([]);
    const samples = await measuring;
    expect(samples.length).toBeGreaterThan(0);
    expect(samples.every((ms) => ms > 0)).toBe(true);
    expect(await readdir(directory)).toEqual([]);
  });

  it('stops when its time is up', async () => {
    const start = performance.now();
    const limits = { bytes: 4096, samples: 1_000_000, milliseconds: 50 };
    expect((await machine.writeLatencies(directory, limits)).length).toBeLessThan(1_000_000);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

it('who listens on a port is told by name and process', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await machine.portHolder(port)).toMatch(
      new RegExp(String.raw`^\S+ \(pid ${process.pid}\)$`),
    );
  } finally {
    server.close();
  }
  expect(await machine.portHolder(1)).toBeUndefined();
});
