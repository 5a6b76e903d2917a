import { assert, constantFrom, nat, property, record, tuple, array, option } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from './version.ts';

const identifier = constantFrom('0', '1', '2', '10', 'alpha', 'beta', 'rc', 'x-y');
const anyVersion = record({
  core: tuple(nat(3), nat(3), nat(3)),
  candidate: option(array(identifier, { minLength: 1, maxLength: 3 }), { nil: undefined }),
}).map(({ core, candidate }) => `${core.join('.')}${candidate ? `-${candidate.join('.')}` : ''}`);

describe('versions', () => {
  it('stand in the order that semver.org gives as its example', () => {
    const order = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.10',
      '1.2.0',
      '1.10.0',
      '2.0.0',
    ];
    expect(order.toReversed().toSorted(compareVersions)).toEqual(order);
  });

  it('of one and the same place differ in nothing but what was built', () => {
    expect(compareVersions('1.0.0+one', '1.0.0+two')).toBe(0);
    expect(compareVersions('9007199254740993.0.0', '9007199254740992.0.0')).toBe(1);
  });

  it('have one order, whichever way one looks', () => {
    assert(
      property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
        expect(isVersion(a)).toBe(true);
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        expect(compareVersions(a, b) === 0).toBe(a === b);
        if (compareVersions(a, b) < 0 && compareVersions(b, c) < 0)
          expect(compareVersions(a, c)).toBeLessThan(0);
      }),
    );
  });

  it.each(['1.1', 'v1.1.0', '1.1.0.0', '01.1.0', '1.1.0-', '1.1.0 ', '', 'latest'])(
    '%j is none',
    (text) => {
      expect(isVersion(text)).toBe(false);
      expect(() => compareVersions(text, '1.0.0')).toThrow(RangeError);
    },
  );
});
