import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { withFillLock } from './fill-lock.ts';

let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'fill-lock-'))));
afterEach(() => rm(root, { recursive: true }));

it('is for one at a time, in a directory that it makes, and is gone afterwards', async () => {
  const lock = join(root, 'new/directory/.fill.lock');
  const within = await withFillLock(lock, () =>
    rejectionOf(withFillLock(lock, () => Promise.resolve())),
  );
  expect(within.code).toBe('FW-LOCKED');
  expect(await withFillLock(lock, () => Promise.resolve('done'))).toBe('done');
  expect(await readdir(join(root, 'new/directory'))).toEqual([]);
});

it('that a killed run left is taken over, also where it is a file for want of links', async () => {
  const lock = join(root, '.fill.lock');
  await writeFile(lock, `${process.pid}-1`);
  expect(await withFillLock(lock, () => Promise.resolve('done'))).toBe('done');
  expect(await readdir(root)).toEqual([]);
});

it('says why it cannot be made', async () => {
  await writeFile(join(root, 'file'), '');
  const error = await rejectionOf(
    withFillLock(join(root, 'file/.fill.lock'), () => Promise.resolve()),
  );
  expect(error.code).toBe('FW-DIR-NOT-WRITABLE');
});
