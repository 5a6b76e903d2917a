import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DiskQueue } from './disk-queue.ts';

let directory: string;
const any = () => true;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'factsway-queue-')), 'made when needed');
});
afterEach(async () => {
  await rm(join(directory, '..'), { recursive: true, force: true });
});

const queue = (files = 10, bytes = 1000) => new DiskQueue(directory, { files, bytes });
const moment = () => new Promise((resolve) => setTimeout(resolve, 2));

it('gives the oldest first, each to one process, and to nobody who may not have it', async () => {
  const [one, other] = [queue(), queue()];
  await one.put('error', 'first');
  await moment();
  await one.put('transaction', 'second');
  await moment();
  await one.put('error', 'third');

  const first = await one.claim(any);
  const second = await other.claim((category) => category === 'error');
  expect([first?.text, second?.text]).toEqual(['first', 'third']);
  await first?.giveBack();
  await second?.done();
  expect((await other.claim(any))?.text).toBe('first');
  expect((await one.claim(any))?.text).toBe('second');
  expect(await one.claim(any)).toBeUndefined();
});

it('takes back what a process had that ended', async () => {
  await queue().put('error', 'x');
  await queue().claim(any);
  expect(await queue().claim(any)).toBeUndefined();
  const [name = ''] = await readdir(directory);
  const old = new Date(Date.now() - 121_000);
  await utimes(join(directory, name), old, old);
  const again = await queue().claim(any);
  expect(again?.text).toBe('x');
  // Whoever has it now is not taken for ended at once.
  expect(await queue().claim(any)).toBeUndefined();
  await again?.giveBack();
  expect((await queue().claim(any))?.text).toBe('x');
});

it('forgets the oldest when there are too many, or too much of them', async () => {
  const few = queue(3);
  for (const text of ['1', '2', '3', '4', '5']) {
    await few.put('error', text);
    await moment();
  }
  expect([await few.length(), few.dropped, (await few.claim(any))?.text]).toEqual([3, 2, '3']);
  const small = queue(10, 100);
  await small.put('error', 'x'.repeat(99));
  expect((await small.claim(any))?.text).toBe('x'.repeat(99));
});

it('is readable by nobody else, and takes no notice of what is not its own', async () => {
  await queue().put('error', 'x');
  queue().putNow('error', 'y');
  await writeFile(join(directory, '.unfinished'), 'half');
  await writeFile(join(directory, 'notes.txt'), 'x');
  expect(await queue().length()).toBe(2);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  for (const name of (await readdir(directory)).filter((one) => one.endsWith('.error'))) {
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
  }
});
