import { describe, expect, it } from 'vitest';
import type { MirrorRequest, ObservedMirror } from '../model/updates/mirror.ts';
import { MiB } from '../model/units.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { planMirror } from './plan-mirror.ts';

const exe = (version: string): string => `FACTSWAY-Setup-${version}.exe`;
const offer = (version: string, name = 'latest.yml', sha512 = `sha of ${version}`) => ({
  name,
  channel: 'latest' as const,
  text: `version: ${version}`,
  version,
  files: [{ name: exe(version), size: 10 * MiB, sha512 }],
});
const EMPTY: ObservedMirror = {
  offered: [offer('1.2.0')],
  blockMaps: { [`${exe('1.2.0')}.blockmap`]: 100 },
  live: [],
  present: {},
  staged: {},
  freeBytes: 1000 * MiB,
};
const ALL: MirrorRequest = {
  channels: ['latest', 'beta', 'alpha'],
  version: undefined,
  keep: 2,
};
const plan = (observed: Partial<ObservedMirror>, request: Partial<MirrorRequest> = {}) =>
  planMirror({ ...ALL, ...request }, { ...EMPTY, ...observed });
const words = (observed: Partial<ObservedMirror>, request: Partial<MirrorRequest> = {}) => {
  const { copies, manifests, removes } = plan(observed, request);
  return [
    ...copies.map(({ name, here }) => `${here ? 'keep' : 'copy'} ${name}`),
    ...manifests.map(({ name, version, before }) => `offer ${version} in ${name} after ${before}`),
    ...removes.map(({ name }) => `remove ${name}`),
  ];
};

describe('what has to happen', () => {
  it('into an empty mirror: the block map, the installer that is compared with it, then the manifest', () => {
    expect(words({})).toEqual([
      'copy FACTSWAY-Setup-1.2.0.exe.blockmap',
      'copy FACTSWAY-Setup-1.2.0.exe',
      'offer 1.2.0 in latest.yml after undefined',
    ]);
  });

  it('nothing where all is there', () => {
    const present = {
      [exe('1.2.0')]: { size: 10 * MiB, sha512: 'sha of 1.2.0' },
      [`${exe('1.2.0')}.blockmap`]: { size: 100 },
    };
    expect(words({ present, live: [offer('1.2.0')] })).toEqual([]);
  });

  it('of what an earlier run brought only what is as it should be is kept', () => {
    const whole = { [exe('1.2.0')]: { size: 10 * MiB, sha512: 'sha of 1.2.0' } };
    expect(words({ staged: whole })[1]).toBe('keep FACTSWAY-Setup-1.2.0.exe');
    expect(plan({ staged: whole }).copies[0]?.blockMapOf?.isHere).toBe(true);
    const half = { [exe('1.2.0')]: { size: 5 * MiB, sha512: 'of a half' } };
    expect(words({ staged: half })[1]).toBe('copy FACTSWAY-Setup-1.2.0.exe');
    expect(plan({ staged: half }).copies[0]?.blockMapOf?.isHere).toBe(false);
  });

  it('a block map that is missing or of another size is brought alone, and its installer read for it', () => {
    const whole = { [exe('1.2.0')]: { size: 10 * MiB, sha512: 'sha of 1.2.0' } };
    const other = { ...whole, [`${exe('1.2.0')}.blockmap`]: { size: 99 } };
    for (const present of [whole, other])
      expect(plan({ present, live: [offer('1.2.0')] }).copies).toEqual([
        expect.objectContaining({
          name: `${exe('1.2.0')}.blockmap`,
          blockMapOf: { name: exe('1.2.0'), size: 10 * MiB, isHere: true },
        }),
      ]);
  });

  it('a file with a number that is none is left alone', () => {
    const present = { 'FACTSWAY-Setup-01.0.0.exe': { size: 1 }, [exe('0.9.0')]: { size: 1 } };
    const { removes } = plan({ present }, { keep: 1 });
    expect(removes.map(({ name }) => name)).toEqual([exe('0.9.0')]);
  });

  it('what is damaged here is copied again', () => {
    const present = { [exe('1.2.0')]: { size: 10 * MiB, sha512: 'bits that fell over' } };
    const { copies } = plan({ present, live: [offer('1.2.0')] });
    expect(copies.map(({ because }) => because)).toEqual([
      `of ${exe('1.2.0')}`,
      'what is there is damaged',
    ]);
  });

  it('the newest versions of a channel stay, and what is offered whatever its age', () => {
    const versions = ['1.0.0', '1.0.1', '1.1.0', '1.10.0', '1.9.0', '2.0.0-beta.1'];
    const present = Object.fromEntries(versions.map((version) => [exe(version), { size: 1 }]));
    const live = [{ ...offer('1.0.0', 'latest-mac.yml') }];
    const removed = (keep: number) =>
      plan({ offered: [offer('1.11.0')], present, live }, { keep }).removes.map(({ name }) => name);
    expect(removed(2)).toEqual([exe('1.0.1'), exe('1.1.0'), exe('1.9.0')]);
    expect(removed(1)).toEqual([exe('1.0.1'), exe('1.1.0'), exe('1.10.0'), exe('1.9.0')]);
    expect(removed(9)).toEqual([]);
  });

  it('beside a manifest that cannot be read nothing is removed', () => {
    const live = [{ ...offer('1.0.0', 'beta.yml'), version: undefined }];
    expect(plan({ live, present: { [exe('0.9.0')]: { size: 1 } } }, { keep: 1 }).removes).toEqual(
      [],
    );
  });

  it('an installer without a block map is told of', () => {
    expect(plan({ blockMaps: {} }).notes).toHaveLength(1);
  });
});

describe('what is refused', () => {
  it.each<[string, Partial<ObservedMirror>, Partial<MirrorRequest>]>([
    ['FW-MIRROR-VERSION', {}, { version: '1.3.0' }],
    ['FW-MIRROR-OLDER', { live: [offer('1.10.0')] }, {}],
    ['FW-MIRROR-CHANGED', { live: [offer('1.2.0', 'latest.yml', 'another')] }, {}],
    ['FW-MIRROR-SPACE', { freeBytes: 70 * MiB }, {}],
  ])('%s', (code, observed, request) => {
    expect(errorOf(() => plan(observed, request))).toMatchObject({ code });
  });

  it('an older version is taken where it is named', () => {
    expect(words({ live: [offer('1.10.0')] }, { version: '1.2.0' })).toContain(
      'offer 1.2.0 in latest.yml after 1.10.0',
    );
  });

  it('what an earlier run brought needs no room', () => {
    const staged = { [exe('1.2.0')]: { size: 10 * MiB, sha512: 'sha of 1.2.0' } };
    expect(() => plan({ staged, freeBytes: 65 * MiB })).not.toThrow();
  });
});
