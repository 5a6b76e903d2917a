import { describe, expect, it } from 'vitest';
import { judge, lineOf } from '../../../../../test/fakes/preflight.ts';
import { GiB, MiB } from '../../../model/units.ts';
import type { DiskPlace } from '../../facts-preflight.ts';
import { readableSize } from './check.ts';
import { directory } from './directory.ts';
import { diskLatency, percentile } from './disk-latency.ts';
import { diskSpace } from './disk-space.ts';
import { dockerStorage } from './docker-storage.ts';
import { inodes } from './inodes.ts';

/** The good server with its Docker disk changed; the instance lies on a disk of its own. */
const docker =
  (change: Partial<DiskPlace>) => (facts: { disks: { places: readonly DiskPlace[] } }) => ({
    disks: {
      places: facts.disks.places.map((place) =>
        place.use === 'docker' ? { ...place, device: 2, ...change } : place,
      ),
    },
  });

describe('disk-space', () => {
  const NOW = 2 * GiB;

  it('fails below what is needed at once, warns below what it grows to', () => {
    const verdict = (freeBytes: number) => judge(diskSpace, docker({ freeBytes }));
    expect(verdict(NOW - 1).code).toBe('FW-DISK-SPACE');
    expect(verdict(NOW).status).toBe('warn');
    const whole = /needed now, ([\d.]+) GiB in all/.exec(verdict(NOW).found)?.[1];
    expect(Number(whole)).toBeGreaterThan(8);
    expect(verdict((Number(whole) + 0.1) * GiB).status).toBe('pass');
  });

  it('shows the sum and its parts', () => {
    const { found, details } = judge(diskSpace, docker({ freeBytes: GiB }));
    expect(found).toContain('/var/lib/docker: 1 GiB free of 200 GiB; 2 GiB needed now');
    expect(details).toContain('2 GiB now: an empty database and its log');
    expect(details.join()).toMatch(/3\.\d GiB as it grows: metrics of 35 days/);
  });

  it('counts every image that is not here', () => {
    const verdict = judge(diskSpace, (facts) => ({
      ...docker({ freeBytes: 5 * GiB })(facts),
      images: { ...facts.images, local: [] },
    }));
    expect(verdict.status).toBe('fail');
    expect(verdict.details[0]).toMatch(/^3\.9 GiB now: 16 of 16 images to fetch$/);
  });

  it('adds up what shares a disk', () => {
    const both = (freeBytes: number) =>
      judge(diskSpace, (facts) => ({
        disks: { places: facts.disks.places.map((place) => ({ ...place, freeBytes })) },
      }));
    expect(both(2 * GiB + 50 * MiB).status).toBe('warn');
    expect(both(2 * GiB + 50 * MiB - 1).status).toBe('fail');
  });

  it('a small disk for the instance alone is found as well', () => {
    const verdict = judge(diskSpace, (facts) => ({
      disks: {
        places: facts.disks.places.map((place) =>
          place.use === 'instance' ? { ...place, device: 3, freeBytes: MiB } : place,
        ),
      },
    }));
    expect(lineOf(verdict)).toContain('fail FW-DISK-SPACE: /opt: 1 MiB free');
  });

  it('an upgrade needs room for a copy of the database, and nothing that is there already', () => {
    const verdict = (freeBytes: number) =>
      judge(
        diskSpace,
        (facts) => ({
          ...docker({ freeBytes })(facts),
          databaseSize: { exists: true, bytes: 10 * GiB },
        }),
        { purpose: 'upgrade' },
      );
    expect(verdict(10 * GiB - 1).status).toBe('fail');
    expect(verdict(10 * GiB).status).toBe('warn');
    expect(verdict(12 * GiB).status).toBe('pass');
  });

  it('a second installation asks for little', () => {
    const verdict = judge(diskSpace, (facts) => ({
      ...docker({ freeBytes: 2 * GiB })(facts),
      databaseSize: { exists: true, bytes: undefined },
    }));
    expect(verdict.status).toBe('pass');
  });
});

describe('inodes', () => {
  it.each([
    [19_999, 'fail'],
    [20_000, 'warn'],
    [199_999, 'warn'],
    [200_000, 'pass'],
  ])('%d free: %s', (freeInodes, status) => {
    expect(judge(inodes, docker({ freeInodes })).status).toBe(status);
  });

  it('a file system that makes them as needed has enough', () => {
    const verdict = judge(inodes, docker({ inodes: 0, freeInodes: 0, type: 'btrfs' }));
    expect(lineOf(verdict)).toBe('pass: /var/lib/docker: btrfs makes them as needed');
  });
});

describe('disk-latency', () => {
  const of = (samplesMs: readonly number[]) =>
    judge(diskLatency, () => ({ latency: { places: [{ path: '/opt', samplesMs }] } }));
  const hundred = (slow: number) => [...Array.from({ length: 98 }, () => 1), slow, slow];

  it('judges the 99th percentile: one slow write of a hundred is none', () => {
    expect(of([...Array.from({ length: 99 }, () => 1), 500]).status).toBe('pass');
    expect(of(hundred(10)).status).toBe('pass');
    expect(of(hundred(10.1)).status).toBe('warn');
  });

  it('finds stronger words above 50 ms, and never fails', () => {
    expect(of(hundred(50)).found).not.toContain('people');
    expect(of(hundred(51))).toMatchObject({ status: 'warn' });
    expect(of(hundred(51)).found).toContain('slow enough for people to wait');
  });

  it('nothing measured is a warning', () => {
    expect(of([]).status).toBe('warn');
  });

  it('percentile takes the nearest rank', () => {
    expect(percentile([3, 1, 2], 0.5)).toBe(2);
    expect(percentile([1], 0.99)).toBe(1);
    expect(percentile([], 0.99)).toBe(0);
  });
});

describe('docker-storage', () => {
  it.each([
    ['ext4', 'pass'],
    ['xfs', 'pass'],
    ['nfs4', 'fail'],
    ['cifs', 'fail'],
    ['tmpfs', 'fail'],
  ])('on %s: %s', (type, status) => {
    expect(judge(dockerStorage, docker({ type })).status).toBe(status);
  });

  it('read-only, or without d_type, is refused', () => {
    expect(judge(dockerStorage, docker({ readOnly: true })).code).toBe('FW-DOCKER-STORAGE');
    const verdict = judge(dockerStorage, (facts) => ({
      engine: {
        ...facts.engine,
        driverStatus: { 'Supports d_type': 'false', 'Backing Filesystem': 'xfs' },
      },
    }));
    expect(lineOf(verdict)).toContain('overlay2 on xfs without d_type');
  });

  it.each([
    ['overlayfs', 'pass'],
    ['btrfs', 'pass'],
    ['vfs', 'warn'],
    ['devicemapper', 'warn'],
  ])('driver %s: %s', (driver, status) => {
    const verdict = judge(dockerStorage, (facts) => ({ engine: { ...facts.engine, driver } }));
    expect(verdict.status).toBe(status);
  });
});

describe('directory', () => {
  it.each([
    [{}, 'pass: /opt/factsway will be made'],
    [{ kind: 'directory', nearest: '/opt/factsway' }, 'pass: /opt/factsway can be written'],
    [
      { kind: 'directory', release: '1.0.0' },
      'pass: /opt/factsway holds the instance of release 1.0.0',
    ],
    [
      { kind: 'file', nearest: '/opt' },
      'fail FW-DIR-NOT-WRITABLE: /opt/factsway cannot be made: /opt is a file and no directory',
    ],
    [
      { kind: 'dangling-link' },
      'fail FW-DIR-NOT-WRITABLE: /opt/factsway is a link that leads nowhere',
    ],
    [
      { readOnly: true, writable: false },
      'fail FW-DIR-NOT-WRITABLE: /opt/factsway is on a file system that is mounted read-only',
    ],
    [
      { writable: false },
      'fail FW-DIR-NOT-WRITABLE: /opt/factsway cannot be made: /opt cannot be written by this user',
    ],
    [
      { type: 'nfs4' },
      'warn: /opt/factsway is on nfs4: owners of the secret files may not hold there',
    ],
  ] as const)('%j', (change, line) => {
    const verdict = judge(directory, (facts) => ({ directory: { ...facts.directory, ...change } }));
    expect(lineOf(verdict)).toBe(line);
  });
});

it('sizes are shown with one digit behind the point, and none above a hundred', () => {
  expect([0, 512, 3 * MiB, 1.25 * GiB, 252 * GiB, 2 * 1024 * GiB].map(readableSize)).toEqual([
    '0 B',
    '512 B',
    '3 MiB',
    '1.3 GiB',
    '252 GiB',
    '2 TiB',
  ]);
});
