import { assert, constantFrom, property, record, subarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../../test/fakes/thrown.ts';
import type { ReleaseHistory } from '../model/release-history.ts';
import { compareVersions } from '../model/version.ts';
import { describeReleasePath, refuseReleasePath, releasePath } from './release-path.ts';

const VERSIONS = ['1.0.0', '1.1.0-rc.1', '1.1.0', '1.2.0', '1.10.0', '2.0.0-beta.2', '2.0.0'];

function historyOf(version: string, stops: readonly string[] = []): ReleaseHistory {
  return {
    version,
    // In no order on purpose: none is promised.
    history: VERSIONS.toReversed().map((one) => ({
      version: one,
      requiredStop: stops.includes(one),
      notes: `This is ${one}.`,
    })),
    migrations: VERSIONS.map((release, index) => ({
      name: `000${index + 1}_of_${release}`,
      release,
      kind: release === '2.0.0' ? ('contract' as const) : ('expand' as const),
      down: release !== '2.0.0',
    }))
      .filter(({ release }) => compareVersions(release, version) <= 0)
      .toReversed(),
  };
}
const path = (from: string, to: string, stops?: readonly string[]) =>
  releasePath({ from, to, history: historyOf(to, stops) });

describe('between two releases', () => {
  it('lie those in between, oldest first, candidates before their release', () => {
    const { direction, between, migrations, notes } = path('1.0.0', '1.10.0');
    expect(direction).toBe('up');
    expect(between.map(({ version }) => version)).toEqual(['1.1.0-rc.1', '1.1.0', '1.2.0']);
    expect(migrations.map(({ release }) => release)).toEqual([
      '1.1.0-rc.1',
      '1.1.0',
      '1.2.0',
      '1.10.0',
    ]);
    expect(notes).toBe('This is 1.10.0.');
  });

  it('nothing lies for the same one, nor on the way back', () => {
    for (const [from, to, direction] of [
      ['1.1.0', '1.1.0', 'same'],
      ['1.2.0', '1.1.0', 'down'],
      ['1.1.0', '1.1.0-rc.1', 'down'],
    ] as const) {
      const found = path(from, to, VERSIONS);
      expect(found).toMatchObject({ direction, between: [], stops: [], migrations: [] });
      expect(describeReleasePath(found)).toEqual([]);
    }
  });

  it('nothing is known where the image says nothing, and that is said', () => {
    const found = releasePath({ from: '1.0.0', to: '1.1.0', history: undefined });
    expect(found).toMatchObject({ direction: 'up', known: false, between: [], migrations: [] });
    expect(describeReleasePath(found).join()).toContain('required stops are not known');
    expect(() => {
      refuseReleasePath(found);
    }).not.toThrow();
  });

  it('a release that no history names is placed by its number', () => {
    const { between } = path('1.1.5', '1.10.0');
    expect(between.map(({ version }) => version)).toEqual(['1.2.0']);
  });
});

describe('refused is', () => {
  const refusal = (from: string, to: string, stops: readonly string[]) =>
    errorOf(() => {
      refuseReleasePath(path(from, to, stops));
    });

  it('a way past a required stop, naming the first one and what comes after it', () => {
    const error = refusal('1.0.0', '2.0.0', ['1.10.0', '1.2.0']);
    expect(error.code).toBe('FW-REQUIRED-STOP');
    expect(error.message).toContain('1.2.0 has to be installed first');
    expect(error.hint).toContain('factsway-install upgrade --to 1.2.0');
    expect(error.details).toEqual(['Afterwards: upgrade --to 1.10.0, then upgrade --to 2.0.0']);
  });

  it('not the stop itself, as the beginning or as the end', () => {
    for (const [from, to] of [
      ['1.0.0', '1.2.0'],
      ['1.2.0', '2.0.0'],
      ['1.2.0', '1.2.0'],
    ] as const)
      expect(() => {
        refuseReleasePath(path(from, to, ['1.2.0']));
      }).not.toThrow();
  });

  it('an upgrade that goes back', () => {
    const error = refusal('1.2.0', '1.1.0', []);
    expect(error.code).toBe('FW-UPGRADE-DOWN');
    expect(error.hint).toContain('factsway-install rollback');
  });

  it('a history of another release, and a version that is none', () => {
    const history = historyOf('1.2.0');
    const code = (from: string, to: string): string =>
      errorOf(() => releasePath({ from, to, history })).code;
    expect(code('1.0.0', '1.1.0')).toBe('FW-RELEASE-HISTORY');
    expect(code('1.0.0', 'latest')).toBe('FW-USAGE');
    expect(code('1.0', '1.2.0')).toBe('FW-USAGE');
  });
});

it('the path as sentences: what is passed over, what runs, and what there is no way back from', () => {
  expect(describeReleasePath(path('1.10.0', '2.0.0'))).toEqual([
    '2.0.0: This is 2.0.0.',
    '2.0.0-beta.2 is passed over: This is 2.0.0-beta.2.',
    'Migration 0006_of_2.0.0-beta.2 (expand, of 2.0.0-beta.2)',
    'Migration 0007_of_2.0.0 (contract, of 2.0.0, cannot be undone)',
    'After 0007_of_2.0.0 there is no rollback but a restore.',
  ]);
});

it('of any three releases: what lies between is what is after one and before the other, and stops lead there', () => {
  const any = record({
    from: constantFrom(...VERSIONS),
    to: constantFrom(...VERSIONS),
    also: constantFrom(...VERSIONS),
    stops: subarray(VERSIONS),
  });
  assert(
    property(any, ({ from, to, also, stops }) => {
      const found = path(from, to, stops);
      const isUp = compareVersions(from, to) < 0;
      expect(found.direction === 'up').toBe(isUp);
      expect(found.between.some(({ version }) => version === also)).toBe(
        isUp && compareVersions(from, also) < 0 && compareVersions(also, to) < 0,
      );
      if (!isUp) return;
      // Whoever follows the hints arrives, serves every stop, and runs each migration exactly once.
      const served: string[] = [];
      const ran: string[] = [];
      for (let at = from; at !== to;) {
        const next = path(at, to, stops).stops[0] ?? to;
        const leg = path(at, next, stops);
        refuseReleasePath(leg);
        ran.push(...leg.migrations.map(({ name }) => name));
        served.push(next);
        at = next;
      }
      expect(served).toEqual([...found.stops, to]);
      expect(ran).toEqual(found.migrations.map(({ name }) => name));
    }),
    { numRuns: 500 },
  );
});
