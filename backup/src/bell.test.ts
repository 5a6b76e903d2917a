import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Bell, ringOnChange } from './bell.ts';

const LONG_MS = 60_000;
let stop = new AbortController();
let directory = '';

beforeEach(() => {
  stop = new AbortController();
  directory = mkdtempSync(join(tmpdir(), 'bell-'));
});

afterEach(() => {
  stop.abort();
  rmSync(directory, { recursive: true, force: true });
});

it('wakes all who wait, also those who were at work while it rang', async () => {
  const bell = new Bell();
  const first = bell.next();
  const waiting = first.within(LONG_MS, stop.signal);
  bell.ring();
  await waiting;
  await first.within(LONG_MS, stop.signal);
});

it('rings once: who asks for the next ring afterwards waits', async () => {
  const bell = new Bell();
  bell.ring();
  const begun = performance.now();
  await bell.next().within(30, stop.signal);
  expect(performance.now() - begun).toBeGreaterThan(25);
});

it('keeps nobody who is told to stop', async () => {
  const waiting = new Bell().next().within(LONG_MS, stop.signal);
  stop.abort();
  await waiting;
});

it('rings when a file gets its name in a directory, which is made where there is none', async () => {
  const bell = new Bell();
  const watched = join(directory, 'spool/new');
  ringOnChange(bell, watched, stop.signal);
  const rung = bell.next().within(LONG_MS, stop.signal);
  writeFileSync(join(watched, '000000010000000000000001'), 'x');
  await rung;
});

it('a directory that cannot be watched is no error', async () => {
  const bell = new Bell();
  const file = join(directory, 'file');
  writeFileSync(file, '');
  ringOnChange(bell, join(file, 'none'), stop.signal);
  await bell.next().within(5, stop.signal);
});
