import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import type { ReleaseRecord } from '../model/updates/record.ts';
import { parseManifest } from '../config/parse-manifest.ts';
import { renderManifests, withPercent } from '../render/update-manifests.ts';
import {
  analyseObjects,
  planPercent,
  planPromotion,
  type FoundObject,
  type LiveManifest,
} from './plan-promotion.ts';

const SHA512 = `${'A'.repeat(86)}==`;
const OTHER = `${'B'.repeat(86)}==`;
const record = (version: string, channel: ReleaseRecord['channel'] = 'latest'): ReleaseRecord => ({
  version,
  channel,
  publishedAt: '2026-11-23T00:00:00.000Z',
  by: 'build',
  files: [
    { name: `FACTSWAY-Setup-${version}.exe`, size: 10, sha512: SHA512 },
    { name: `FACTSWAY-Setup-${version}.AppImage`, size: 20, sha512: SHA512, blockMapSize: 5 },
  ],
});
const staged = (of: ReleaseRecord) =>
  renderManifests(of).map(({ name, channel, text }) => {
    const read = parseManifest(text);
    if (!('manifest' in read)) throw new Error(`${name} does not read`);
    return { name, channel, manifest: read.manifest };
  });
const live = (of: ReleaseRecord, ...only: readonly string[]): LiveManifest[] =>
  staged(of)
    .filter(({ name }) => only.length === 0 || only.includes(name))
    .map((one) => ({ ...one, etag: `"${of.version} ${one.name}"` }));
const atPercent = (percent: number, there: readonly LiveManifest[]): LiveManifest[] =>
  there.map((one) => ({ ...one, manifest: withPercent(one.manifest, percent) }));
const planned = (
  of: ReleaseRecord,
  there: readonly LiveManifest[],
  percent = 100,
  ...yanked: string[]
): string[] =>
  planPromotion(of, staged(of), there, percent, new Set(yanked)).map(
    ({ name, etag, before, after }) =>
      `${name} ${before ? `${before.version} (${before.percent} %)` : 'new'} → ${after.version} (${after.percent} %) if ${etag ?? 'absent'}`,
  );

describe('a promotion', () => {
  it('writes the fewest people first, each only over what was looked at', () => {
    expect(planned(record('1.1.0'), live(record('1.0.0'), 'latest.yml'), 10)).toEqual([
      'alpha-linux.yml new → 1.1.0 (10 %) if absent',
      'alpha.yml new → 1.1.0 (10 %) if absent',
      'beta-linux.yml new → 1.1.0 (10 %) if absent',
      'beta.yml new → 1.1.0 (10 %) if absent',
      'latest-linux.yml new → 1.1.0 (10 %) if absent',
      'latest.yml 1.0.0 (100 %) → 1.1.0 (10 %) if "1.0.0 latest.yml"',
    ]);
  });

  it('that was cut off is finished: what is written already is left as it is', () => {
    const there = [...live(record('1.1.0'), 'beta.yml'), ...live(record('1.0.0'), 'latest.yml')];
    const names = planned(record('1.1.0'), there).map((line) => line.split(' ')[0]);
    expect(names).not.toContain('beta.yml');
    expect(names).toContain('latest.yml');
    expect(planned(record('1.1.0'), live(record('1.1.0')))).toEqual([]);
  });

  it('that was cut off may be finished with another percentage, which all get', () => {
    const at10 = (...names: string[]) => atPercent(10, live(record('1.1.0'), ...names));
    const lines = planned(record('1.1.0'), at10('alpha-linux.yml', 'alpha.yml'));
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe(
      'alpha-linux.yml 1.1.0 (10 %) → 1.1.0 (100 %) if "1.1.0 alpha-linux.yml"',
    );
    expect(lines.at(-1)).toBe('latest.yml new → 1.1.0 (100 %) if absent');
  });

  it('undoes no ramp and no pause', () => {
    const whole = live(record('1.1.0'));
    expect(planned(record('1.1.0'), atPercent(50, whole), 50)).toEqual([]);
    for (const [there, percent, says] of [
      [atPercent(50, whole), 10, /offered to 50 %/],
      [atPercent(0, whole), 10, /paused/],
      [atPercent(0, whole.slice(1)), 10, /paused/],
    ] as const) {
      const error = errorOf(() => planned(record('1.1.0'), there, percent));
      expect([error.code, error.hint]).toEqual([
        'FW-RELEASE-OFFERED',
        expect.stringContaining('release ramp 10 --version 1.1.0'),
      ]);
      expect(error.message).toMatch(says);
    }
  });

  it('of the last good version takes the place of a yanked one', () => {
    const names = planned(record('1.0.0'), live(record('1.1.0')), 100, '1.1.0');
    expect(names).toHaveLength(6);
    expect(names.at(-1)).toContain('latest.yml 1.1.0 (100 %) → 1.0.0 (100 %)');
  });

  it('never goes back, and leaves a channel alone that is further', () => {
    const error = errorOf(() => planned(record('1.0.0'), live(record('1.1.0'))));
    expect([error.code, error.hint]).toEqual([
      'FW-RELEASE-NOT-NEWER',
      expect.stringContaining('release yank 1.1.0'),
    ]);
    const beta = live(record('2.0.0-beta.1', 'beta'), 'beta.yml');
    const lines = planned(record('1.1.0'), [...beta, ...live(record('1.0.0'), 'latest.yml')]);
    expect(lines.some((line) => line.startsWith('beta.yml'))).toBe(false);
    expect(lines.at(-1)).toContain('latest.yml 1.0.0');
  });
});

it('a staged rollout touches the manifests of its version alone, and none that say so already', () => {
  const there = [...live(record('1.1.0'), 'latest.yml'), ...live(record('1.0.0'), 'beta.yml')];
  const [write, ...more] = planPercent('1.1.0', there, 25);
  expect([write?.name, write?.before?.percent, write?.after.percent, more]).toEqual([
    'latest.yml',
    100,
    25,
    [],
  ]);
  expect(planPercent('1.1.0', there, 100)).toEqual([]);
});

describe('an object of a release', () => {
  const [published] = record('1.0.0').files;
  if (!published) throw new Error('no file');
  const file = { ...published, checksum: 'sum-2' };
  const facts = { size: 10, sha512: SHA512, checksum: 'sum-2' };
  const whole: FoundObject = { where: 's3://b (eu)', file, found: facts };
  const found = (change: object): FoundObject => ({ ...whole, found: { ...facts, ...change } });
  const unvouched = { ...whole, found: { size: 10, sha512: SHA512 } };

  it.each<[string, FoundObject, string | undefined]>([
    ['whole', whole, undefined],
    ['replicated', found({ replication: 'COMPLETED' }), undefined],
    ['the replica', found({ replication: 'REPLICA' }), undefined],
    ['gone', { where: whole.where, file }, 'is missing'],
    ['shorter', found({ size: 9 }), 'has 9 bytes, not 10'],
    ['another one', found({ sha512: OTHER }), 'has another SHA-512'],
    ['on its way', found({ replication: 'PENDING' }), 'is not replicated yet'],
    ['not getting there', found({ replication: 'FAILED' }), 'could not be replicated'],
    [
      'of other bytes by S3’s own word',
      found({ checksum: 'other-2' }),
      'holds other bytes than its SHA-512 says',
    ],
    ['not vouched for by S3', unvouched, 'was not read, and S3 has no checksum of it'],
    ['not vouched for by S3, and read', { ...unvouched, readSha512: SHA512 }, undefined],
    ['of a record of old, and read', { ...whole, file: published, readSha512: SHA512 }, undefined],
    ['lying', { ...whole, readSha512: OTHER }, 'holds other bytes than its SHA-512 says'],
    ['without a word', { ...whole, found: { size: 10 } }, 'says nothing of its SHA-512'],
  ])('that is %s', (_, object, problem) => {
    const line = `s3://b (eu)/${file.name}: ${problem ?? ''}`;
    expect(analyseObjects([object])).toEqual(problem === undefined ? [] : [line]);
  });
});
