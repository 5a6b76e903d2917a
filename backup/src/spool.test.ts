import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pauseAfter } from './carry.ts';
import { notBehind } from './flush.ts';
import { distribute, dropOtherPlaces, spooled, waitingFor } from './spool.ts';

let spool: string;
const name = '000000010000000000000007';

beforeEach(() => {
  spool = mkdtempSync(join(tmpdir(), 'spool-'));
  mkdirSync(join(spool, 'new'));
  writeFileSync(join(spool, 'new', name), 'segment');
});
afterEach(() => {
  rmSync(spool, { recursive: true });
});

describe('handing on', () => {
  it('gives every place a link, and lets go of what was handed over', () => {
    distribute(['local', 's3'], spool);
    expect(readdirSync(join(spool, 'new'))).toEqual([]);
    expect(statSync(join(spool, 'local', name)).ino).toBe(statSync(join(spool, 's3', name)).ino);
  });

  it('goes on where it was killed between two links', () => {
    distribute(['local'], spool);
    writeFileSync(join(spool, 'new', name), 'segment');
    distribute(['local', 's3'], spool);
    expect(spooled('s3', spool)).toEqual([name]);
    expect(spooled('new', spool)).toEqual([]);
  });

  it('leaves alone what is not finished', () => {
    writeFileSync(join(spool, 'new', '.x.unfinished'), '');
    distribute(['local'], spool);
    expect(spooled('local', spool)).toEqual([name]);
    expect(existsSync(join(spool, 'new', '.x.unfinished'))).toBe(true);
  });

  it('drops what waits for a place that is no longer configured, and that alone', () => {
    distribute(['local', 'old'], spool);
    expect(dropOtherPlaces(['local'], spool)).toEqual(['old']);
    expect(readdirSync(spool).sort()).toEqual(['local', 'new']);
  });
});

describe('what waits', () => {
  it('is counted with what was just handed over, each segment once', () => {
    distribute(['local'], spool);
    writeFileSync(join(spool, 'new', name), 'segment');
    writeFileSync(join(spool, 'new', `${name.slice(0, -1)}8`), 'later');
    utimesSync(join(spool, 'local', name), 1000, 1000);
    const waiting = waitingFor('local', new Date(1_060_000), spool);
    expect(waiting).toEqual({ segments: 2, bytes: 12, oldestSeconds: 60 });
  });

  it('is nothing in a spool that is not there', () => {
    const waiting = waitingFor('local', new Date(), '/nonexistent');
    expect(waiting).toEqual({ segments: 0, bytes: 0, oldestSeconds: 0 });
  });

  it('counts up to a segment', () => {
    const names = [name, `${name.slice(0, -1)}8`, '00000001.history', `${name}.00000028.backup`];
    expect(notBehind(names, name)).toEqual([name, '00000001.history', `${name}.00000028.backup`]);
  });
});

describe('the pause after failures', () => {
  it('doubles up to a minute', () => {
    expect([1, 2, 3, 7, 1000].map(pauseAfter)).toEqual([1000, 2000, 4000, 60000, 60000]);
  });
});
