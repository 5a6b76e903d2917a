import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import type { PublishedFile, ReleaseRecord } from '../model/updates/record.ts';
import { planArtefacts, refuseOther, refuseSameFiles } from './plan-publication.ts';

const exe = (version: string): string => `FACTSWAY-Setup-${version}.exe`;
const planned = (...names: string[]) => planArtefacts(names, '1.2.0', '/dist');
const refused = (...names: string[]) => {
  const { code, details } = errorOf(() => planned(...names));
  expect(code).toBe('FW-RELEASE-FILES');
  return details;
};

describe('what is published of a directory', () => {
  it('is each installer with its block map, which an AppImage may have inside', () => {
    const mac = ['FACTSWAY-Setup-1.2.0-arm64.dmg', 'FACTSWAY-Setup-1.2.0-arm64.zip'];
    const names = [exe('1.2.0'), ...mac, 'FACTSWAY-Setup-1.2.0.AppImage'];
    const maps = [exe('1.2.0'), ...mac].map((name) => `${name}.blockmap`);
    expect(planned(...names, ...maps)).toEqual([
      {
        name: 'FACTSWAY-Setup-1.2.0-arm64.dmg',
        blockMap: 'FACTSWAY-Setup-1.2.0-arm64.dmg.blockmap',
      },
      {
        name: 'FACTSWAY-Setup-1.2.0-arm64.zip',
        blockMap: 'FACTSWAY-Setup-1.2.0-arm64.zip.blockmap',
      },
      { name: 'FACTSWAY-Setup-1.2.0.AppImage', blockMap: 'inside' },
      { name: exe('1.2.0'), blockMap: `${exe('1.2.0')}.blockmap` },
    ]);
    const beside = 'FACTSWAY-Setup-1.2.0.AppImage.blockmap';
    expect(planned('FACTSWAY-Setup-1.2.0.AppImage', beside)[0]?.blockMap).toBe(beside);
  });

  it('is nothing of what electron-builder leaves beside them', () => {
    const left = ['latest.yml', 'beta-mac.yml', 'builder-debug.yml', 'win-unpacked', '.icon-ico'];
    expect(planned(exe('1.2.0'), `${exe('1.2.0')}.blockmap`, ...left)).toHaveLength(1);
  });

  it('is not guessed: whatever is wrong is told at once', () => {
    expect(
      refused(
        exe('1.2.0'),
        exe('1.1.0'),
        `${exe('1.1.0')}.blockmap`,
        'Setup.msi',
        'FACTSWAY-Setup-1.2.0.dmg.blockmap',
      ),
    ).toEqual([
      `${exe('1.1.0')}: is of version 1.1.0, not 1.2.0`,
      `${exe('1.1.0')}.blockmap: is of version 1.1.0, not 1.2.0`,
      'FACTSWAY-Setup-1.2.0.dmg.blockmap: its installer is missing',
      `${exe('1.2.0')}: ${exe('1.2.0')}.blockmap is missing`,
      'Setup.msi: is not called FACTSWAY-Setup-1.2.0.exe, .dmg, .zip or .AppImage',
    ]);
    const dmg = 'FACTSWAY-Setup-1.2.0-arm64.dmg';
    expect(
      refused(
        dmg,
        `${dmg}.blockmap`,
        'FACTSWAY-Setup-1.2.0.zip',
        'FACTSWAY-Setup-1.2.0.zip.blockmap',
      ),
    ).toEqual([
      `${dmg}: FACTSWAY-Setup-1.2.0-arm64.zip is missing, and a Mac updates itself from that`,
    ]);
    expect(refused()).toEqual(['/dist holds no installer']);
    expect(refused('latest.yml')).toEqual(['/dist holds no installer']);
  });
});

const file = (name: string, sha512: string): PublishedFile => ({ name, size: 10, sha512 });
const record = (version: string, ...files: PublishedFile[]): ReleaseRecord => ({
  version,
  channel: 'latest',
  publishedAt: '2026-11-23T00:00:00.000Z',
  by: 'build',
  files,
});

describe('an installer under another number', () => {
  const known = [
    record('1.1.0', file(exe('1.1.0'), 'A'), file(`${exe('1.1.0')}.blockmap`, 'M')),
    record('1.0.0', file(exe('1.0.0'), 'O')),
  ];

  it('is refused, with the one that it is', () => {
    const files = [file(exe('1.2.0'), 'A'), file('FACTSWAY-Setup-1.2.0.dmg', 'O')];
    const error = errorOf(() => {
      refuseSameFiles(files, '1.2.0', known);
    });
    expect([error.code, error.exitCode]).toEqual(['FW-RELEASE-SAME-FILES', 3]);
    expect(error.details).toEqual([
      `${exe('1.2.0')} is byte for byte ${exe('1.1.0')}`,
      `FACTSWAY-Setup-1.2.0.dmg is byte for byte ${exe('1.0.0')}`,
    ]);
    expect(error.hint).toContain('version 1.2.0 in its package.json');
  });

  it.each<[string, readonly PublishedFile[], string]>([
    ['a block map may be the same', [file(`${exe('1.2.0')}.blockmap`, 'M')], '1.2.0'],
    ['the same version is no other one', [file(exe('1.1.0'), 'A')], '1.1.0'],
    ['another installer is welcome', [file(exe('1.2.0'), 'B')], '1.2.0'],
  ])('%s', (_, files, version) => {
    expect(() => {
      refuseSameFiles(files, version, known);
    }).not.toThrow();
  });
});

describe('what is published under a number', () => {
  const there = record('1.2.0', file(exe('1.2.0'), 'A'));

  it('may be published again as it is, by whomever and whenever', () => {
    expect(() => {
      refuseOther(there, { ...there, by: 'somebody', publishedAt: '2027-01-01T00:00:00.000Z' });
    }).not.toThrow();
  });

  it.each<[string, Partial<ReleaseRecord>]>([
    ['other bytes', { files: [file(exe('1.2.0'), 'B')] }],
    ['one file more', { files: [...there.files, file('FACTSWAY-Setup-1.2.0.dmg', 'D')] }],
    ['another channel', { channel: 'beta' }],
    ['notes', { notes: 'New.' }],
    ['another lowest system', { minimumSystemVersion: '10.0.0' }],
  ])('is never changed: %s', (_, change) => {
    const error = errorOf(() => {
      refuseOther(there, { ...there, ...change });
    });
    expect([error.code, error.message]).toEqual([
      'FW-RELEASE-EXISTS',
      expect.stringContaining('by build, 2026-11-23'),
    ]);
  });
});
