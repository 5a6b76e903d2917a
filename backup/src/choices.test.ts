import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decrypt, keyFingerprint, opensInfo } from './cipher.ts';
import { compareWithRecord } from './compare.ts';
import { chooseRecord, drillArgs, pickPlace } from './drill-choice.ts';
import { newHistory, ofPlace, type DatabaseRecord } from './history.ts';
import { copyName, parseCopyName } from './instance-copies.ts';
import { isDamaged } from './list.ts';
import { parseSettings, placeNamed } from './settings.ts';
import { backup } from './backup-support.ts';

const RECORD: DatabaseRecord = {
  lsn: '0/14000200',
  at: '2026-11-22T18:00:00.000Z',
  exact: true,
  release: '1.0.0',
  head: '0002-b',
  tables: { 'public.doc': 5 },
};
const YAML = `
stanza: factsway
database: factsway
timeZone: Europe/Berlin
schedule: { time: "02:30", fullOn: sunday, drillOn: 1 }
places:
  - { name: local, type: posix, path: /var/lib/factsway-backup/local, keepDays: 30 }
  - { name: s3, type: s3, bucket: b, region: r, endpoint: e, prefix: /factsway, style: host, keepDays: 90 }
processes: 2
`;

describe('the settings', () => {
  it('are those of the contract', () => {
    const settings = parseSettings(YAML);
    expect(settings.places.map(({ name }) => name)).toEqual(['local', 's3']);
    expect(placeNamed(settings, 's3').type).toBe('s3');
    expect(() => placeNamed(settings, 'tape')).toThrow(
      'there is no place "tape"; there is local, s3',
    );
  });

  it.each([
    ['places:', 'plaecs:'],
    ['name: s3', 'name: local'],
    ['name: s3', 'name: new'],
    ['name: s3', 'name: ../x'],
    ['"02:30"', '"24:30"'],
    ['drillOn: 1', 'drillOn: 31'],
    ['processes: 2', 'processes: 0'],
  ])('refuse %j as %j', (right, wrong) => {
    expect(() => parseSettings(YAML.replace(right, wrong))).toThrow('backup.yaml cannot be used');
  });
});

describe('a drill', () => {
  const base = backup({ label: '20261122-180052F', lsnStop: '0/14000120' });
  const chosen = { backup: base, timeline: { id: 2, bornAt: null, forks: [] }, args: ['--all'] };

  it('takes the place that was proven longest ago', () => {
    const settings = parseSettings(YAML);
    expect(pickPlace(settings, null)).toBe('local');
    const history = newHistory(new Date(), 'one');
    const proven = { x: { at: '2026-11-01T00:00:00Z', rtoSeconds: 1, rpoSeconds: 1 } };
    history.places['local'] = { ...ofPlace(history, 'local'), proven };
    expect(pickPlace(settings, history)).toBe('s3');
  });

  it('is held against the newest exact record that lies behind the backup and within the log', () => {
    const early = { ...RECORD, lsn: '0/14000000' };
    const late = { ...RECORD, lsn: '0/18000000' };
    const vague = { ...RECORD, exact: false };
    const newest = '000000010000000000000015';
    expect(chooseRecord([early, RECORD, late, vague], base, newest)).toBe(RECORD);
    expect(chooseRecord([early, late], base, newest)).toBeNull();
  });

  it('stops right behind an exact record, else at the end', () => {
    expect(drillArgs(chosen, null)).toEqual(['--all']);
    expect(drillArgs(chosen, { ...RECORD, exact: false })).toEqual(['--all']);
    expect(drillArgs(chosen, RECORD)).toEqual([
      '--type=lsn',
      '--target=0/14000200',
      '--target-exclusive',
      '--target-action=promote',
      '--target-timeline=2',
    ]);
  });

  it('finds what differs', () => {
    expect(compareWithRecord(RECORD, RECORD)).toEqual([]);
    expect(compareWithRecord(RECORD, { head: '0001-a', tables: { 'public.other': 1 } })).toEqual([
      'table public.doc is missing',
      'table public.other should not be there',
      'the last migration is 0001-a and should be 0002-b',
    ]);
    const fewer = { head: '0002-b', tables: { 'public.doc': 4 } };
    expect(compareWithRecord(RECORD, fewer)).toEqual([
      'table public.doc has 4 rows and should have 5',
    ]);
    expect(compareWithRecord({ ...RECORD, exact: false }, fewer)).toEqual([]);
  });
});

describe('a damaged backup', () => {
  it('takes those with it that build on it', () => {
    const diff = backup({ label: 'd', needs: ['f'] });
    expect(isDamaged(diff, new Set(['f']))).toBe(true);
    expect(isDamaged(diff, new Set(['other']))).toBe(false);
    expect(isDamaged({ ...diff, pageErrors: true }, new Set())).toBe(true);
  });
});

describe('a copy of the instance directory', () => {
  it('has its moment and its digest in its name', () => {
    const digest = 'ab'.repeat(32);
    const name = copyName(new Date('2026-11-22T17:41:29.123Z'), digest);
    expect(name).toBe(`20261122T174129Z-${digest}.json`);
    expect(parseCopyName(name)).toEqual({ at: '2026-11-22T17:41:29Z', sha256: digest });
    expect(parseCopyName('a.json')).toBeNull();
  });
});

describe('the cipher of pgBackRest', () => {
  // As `openssl enc -aes-256-cbc -md sha1` does it, written down a second time.
  const encrypt = (text: string, pass: string): Buffer => {
    const salt = Buffer.from('12345678');
    const sha1 = (...parts: Buffer[]) => createHash('sha1').update(Buffer.concat(parts)).digest();
    const one = sha1(Buffer.from(pass), salt);
    const two = sha1(one, Buffer.from(pass), salt);
    const bytes = Buffer.concat([one, two, sha1(two, Buffer.from(pass), salt)]);
    const cipher = createCipheriv('aes-256-cbc', bytes.subarray(0, 32), bytes.subarray(32, 48));
    return Buffer.concat([Buffer.from('Salted__'), salt, cipher.update(text), cipher.final()]);
  };
  const index = encrypt('[backrest]\nbackrest-format=5\n', 'right');

  it('opens with the right key only', () => {
    expect(opensInfo(index, 'right')).toBe(true);
    expect(opensInfo(index, 'wrong')).toBe(false);
    expect(decrypt(Buffer.from('[backrest]'), 'right')).toBeNull();
  });

  it('has keys that a person can compare', () => {
    expect(keyFingerprint('right')).toMatch(/^[0-9a-f]{16}$/);
    expect(keyFingerprint('right')).not.toBe(keyFingerprint('wrong'));
  });
});
