import { describe, expect, it } from 'vitest';
import { parseRepoList, toArchive } from './archive-list.ts';
import { backup } from './backup-support.ts';
import { liesOn, parseHistory, timelineAt, toTimelines } from './timelines.ts';
import { missingForRestore, missingOfBackup } from './wal-chain.ts';
import { lsn, parseSegment, segmentName } from './wal-name.ts';

// Of pgBackRest 2.55.1: repo-ls --recurse --output=json archive/factsway/17-1
const LISTING = `{".":{"type":"path"},"0000000100000000":{"type":"path"},
"0000000100000000/000000010000000000000006-b2f3d894878c167d24c7cc4bc5513d3adc7b6da4.zst":{"type":"file","size":824384,"time":1795369291},
"0000000100000000/000000010000000000000006.00000028.backup":{"type":"file","size":400,"time":1795369291},
"0000000100000000/000000010000000000000007-81e09ba9af60c24b78ba7620dac154d5c7cf1be2.zst":{"type":"file","size":400208,"time":1795369351},
"00000002.history":{"type":"file","size":64,"time":1795369400}}`;
// Of PostgreSQL 17.
const HISTORY = '1\t0/16002000\tbefore 2026-11-22 18:01:29.407963+00\n';

const file = (timeline: number, number: number, time = 0) => ({
  path: `x/${segmentName({ timeline, number })}-${'a'.repeat(40)}.zst`,
  size: 1,
  at: new Date(time * 1000),
});
const archiveOf = (...files: ReturnType<typeof file>[]) => toArchive(files);
const ONE = { id: 1, bornAt: null, forks: [] };
const TWO = { id: 2, bornAt: new Date(1000_000), forks: [{ timeline: 1, at: 0x10002000n }] };
const BASE = backup({ label: '20261122-180052F' });

describe('names of segments', () => {
  it('count on over the upper part', () => {
    expect(parseSegment('0000000100000000000000FF')).toEqual({ timeline: 1, number: 255 });
    expect(segmentName({ timeline: 1, number: 256 })).toBe('000000010000000100000000');
    expect(segmentName({ timeline: 27, number: 255 })).toBe('0000001B00000000000000FF');
  });

  it.each(['', '00000002.history', '000000010000000000000006.00000028.backup'])(
    'are not %j',
    (name) => {
      expect(parseSegment(name)).toBeNull();
    },
  );

  it('lie at positions', () => {
    expect(lsn('0/77CCEE0')).toBe(0x77ccee0n);
    expect(lsn('1/0') > lsn('0/FFFFFFFF')).toBe(true);
    expect(() => lsn('nowhere')).toThrow();
  });
});

describe('the archive', () => {
  it('is segments and histories, and nothing else', () => {
    const archive = toArchive(parseRepoList(LISTING));
    expect(archive.segments.map(({ name }) => name)).toEqual([
      '000000010000000000000006',
      '000000010000000000000007',
    ]);
    expect(archive.histories).toEqual([
      { timeline: 2, path: '00000002.history', bornAt: new Date(1795369400_000) },
    ]);
  });

  it('of an empty place is empty', () => {
    expect(parseRepoList('{".":{"type":"path"}}')).toEqual([]);
    expect(parseRepoList('')).toEqual([]);
  });
});

describe('timelines', () => {
  it('know where they left their ancestors', () => {
    expect(parseHistory(HISTORY)).toEqual([{ timeline: 1, at: 0x16002000n }]);
  });

  it('come from histories, and the first from its segments', () => {
    const archive = toArchive(parseRepoList(LISTING));
    const timelines = toTimelines(archive, new Map([[2, HISTORY]]));
    expect(timelines.map(({ id }) => id)).toEqual([1, 2]);
    expect(timelineAt(timelines, null).id).toBe(2);
    expect(timelineAt(timelines, new Date(1795369399_000)).id).toBe(1);
    expect(timelineAt([], null).id).toBe(1);
  });

  it('hold the backups that were made before they began', () => {
    expect(liesOn(BASE, ONE)).toBe(true);
    expect(liesOn(BASE, TWO)).toBe(true);
    expect(liesOn({ ...BASE, lsnStop: '0/10002001' }, TWO)).toBe(false);
  });
});

describe('missing segments', () => {
  const row = [14, 15, 16, 17].map((number) => file(1, number, number));

  it('are none in a full row', () => {
    expect(missingForRestore(BASE, ONE, archiveOf(...row), null, null)).toEqual([]);
  });

  it('are those between, and those that were here once', () => {
    const [first, , third] = row;
    const archive = archiveOf(first!, third!);
    const last = segmentName({ timeline: 1, number: 17 });
    expect(missingForRestore(BASE, ONE, archive, null, last)).toEqual([
      '00000001000000000000000F',
      '000000010000000000000011',
    ]);
  });

  it('are those of the backup itself, even if it is all that is left', () => {
    const long = { ...BASE, walStop: segmentName({ timeline: 1, number: 15 }) };
    expect(missingForRestore(long, ONE, archiveOf(), null, null)).toHaveLength(2);
    expect(missingOfBackup(long, archiveOf(file(1, 14)))).toEqual(['00000001000000000000000F']);
  });

  it('behind the moment do not matter', () => {
    const archive = archiveOf(file(1, 14, 14), file(1, 15, 15), file(1, 17, 17));
    expect(missingForRestore(BASE, ONE, archive, new Date(15_000), null)).toEqual([]);
    expect(missingForRestore(BASE, ONE, archive, new Date(16_000), null)).toHaveLength(1);
  });

  it('follow the fork: the segment of the fork comes from the new timeline', () => {
    // The fork lies in segment 16.
    const archive = archiveOf(file(1, 14), file(1, 15), file(2, 16), file(2, 17), file(1, 18));
    expect(missingForRestore(BASE, TWO, archive, null, null)).toEqual([]);
    const gap = archiveOf(file(1, 14), file(1, 15), file(2, 17));
    expect(missingForRestore(BASE, TWO, gap, null, null)).toEqual(['000000020000000000000010']);
  });

  it('before the backup do not matter', () => {
    expect(missingForRestore(BASE, ONE, archiveOf(file(1, 3), ...row), null, null)).toEqual([]);
  });
});
