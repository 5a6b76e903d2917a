import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
