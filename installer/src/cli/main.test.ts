import { mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

let work: string;
beforeEach(async () => {
  work = await realpath(await mkdtemp(join(tmpdir(), 'factsway main-')));
});
afterEach(() => rm(work, { recursive: true, force: true }));

/** The program itself, in a process of its own; `render` needs no Docker. */
async function main(...argv: readonly string[]) {
  const options = { reject: false, stdin: 'ignore', cwd: work } as const;
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), MAIN, ...argv],
    options,
  );
  return { exitCode, stdout, stderr };
}
const SMALL = ['--set', 'images.source=debian', '--set', 'host.memory=6GiB'];

describe('the program', { timeout: 30_000 }, () => {
  it('exits with 4 when it was done with warnings; stdout is the document, stderr the progress', async () => {
    const { exitCode, stdout, stderr } = await main('render', '--json', '--dir', 'a b', ...SMALL);
    expect(exitCode).toBe(4);
    const told = JSON.parse(stdout) as { ok: boolean; result: object; warnings: string[] };
    expect(told).toMatchObject({ ok: true, result: { directory: join(work, 'a b') } });
    expect(told.warnings).toEqual([expect.stringContaining('one slot only')]);
    expect(stderr).toMatch(/^\[2\] done in /m);
    expect(await readdir(join(work, 'a b'))).toContain('compose.yaml');
  });

  it('prints the plan of a dry run on stdout and nothing of it on stderr', async () => {
    const { exitCode, stdout, stderr } = await main('render', '--dry-run', '--dir', 'x', ...SMALL);
    expect(exitCode).toBe(4);
    expect(stdout).toContain('create compose.yaml');
    expect(stderr).toContain('warning: ');
    expect(stderr).not.toContain('create ');
    expect(await readdir(work)).toEqual([]);
  });

  it('names the directory it was given, without links, in what to type next', async () => {
    await symlink(work, join(work, 'link'));
    const { exitCode, stderr } = await main('status', '--dir', 'link');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`factsway-install install --dir '${work}'`);
  });

  it('finishes what it began when nobody reads on', async () => {
    const argv = ['--import', import.meta.resolve('tsx'), MAIN, 'render', '--dir', 'x', ...SMALL];
    const run = execa(process.execPath, argv, { reject: false, stdin: 'ignore', cwd: work });
    run.stdout.destroy();
    run.stderr.destroy();
    expect((await run).exitCode).toBe(4);
    expect(await readdir(join(work, 'x'))).toContain('compose.yaml');
  });
});
