import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setForeignAside } from './set-aside.ts';
import { systemOf, systemOfSegment } from './system.ts';

const OLD = '7711124446572347429';
const NEW = '7711125024766910489';
const FIRST = '000000010000000000000002';
const SECOND = '00000001000000000000000A';
let spool: string;

/** As much of a segment as says whose it is: magic, flags, timeline, position, and then the cluster. */
function segment(directory: string, name: string, system: string): void {
  const head = Buffer.alloc(64);
  head.writeBigUInt64LE(BigInt(system), 24);
  mkdirSync(join(spool, directory), { recursive: true });
  writeFileSync(join(spool, directory, name), head);
}
const there = (directory: string): string[] =>
  existsSync(join(spool, directory)) ? readdirSync(join(spool, directory)).sort() : [];

beforeEach(() => {
  spool = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterEach(() => {
  rmSync(spool, { recursive: true, force: true });
});

it('knows whose a segment and a data directory are, and says nothing of what cannot be read', () => {
  segment('new', FIRST, OLD);
  mkdirSync(join(spool, 'data/global'), { recursive: true });
  const control = Buffer.alloc(16);
  control.writeBigUInt64LE(BigInt(NEW), 0);
  writeFileSync(join(spool, 'data/global/pg_control'), control);
  expect([systemOfSegment(join(spool, 'new', FIRST)), systemOf(join(spool, 'data'))]).toEqual([
    OLD,
    NEW,
  ]);
  writeFileSync(join(spool, 'short'), 'x');
  expect([systemOfSegment(join(spool, 'short')), systemOf(spool)]).toEqual([null, null]);
});

it('sets aside what is of another cluster, so that its names are free, and brings it back with that one', () => {
  segment('new', SECOND, OLD);
  segment('local', SECOND, OLD);
  segment('new', FIRST, NEW);
  expect(setForeignAside(['local'], spool, NEW)).toEqual([SECOND]);
  expect([there('new'), there('local')]).toEqual([[FIRST], []]);
  // The same name in the new cluster is no conflict.
  segment('local', SECOND, NEW);

  expect(setForeignAside(['local'], spool, OLD)).toEqual([FIRST, SECOND]);
  expect([there('new'), there('local')]).toEqual([[SECOND], [SECOND]]);
  expect(systemOfSegment(join(spool, 'local', SECOND))).toBe(OLD);
});

it('leaves everything where it is as long as there is no database, and histories in any case', () => {
  segment('new', FIRST, OLD);
  writeFileSync(
    join(spool, 'new/00000002.history'),
    '1\t0/3000000\tno recovery target specified\n',
  );
  expect(setForeignAside([], spool, null)).toEqual([]);
  expect(setForeignAside([], spool, NEW)).toEqual([FIRST]);
  expect(there('new')).toEqual(['00000002.history']);
});
