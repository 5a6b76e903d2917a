import { describe, expect, it } from 'vitest';
import { closedTo, deviates, wantedOfSecret, wantedOfSecrets } from './secret-access.ts';

describe('a secret', () => {
  it.each([
    ['one reader owns', [70], true, { mode: 0o400, uid: 70, gid: 70 }],
    ['a second one reads through the group', [70, 1000], true, { mode: 0o440, uid: 70, gid: 1000 }],
    ['cannot be given away by somebody who is not root', [70], false, { mode: 0o444 }],
  ])('%s', (_, readers, asRoot, wanted) => {
    expect(wantedOfSecret({ readers }, asRoot)).toEqual(wanted);
  });

  const RIGHT = { mode: 0o440, uid: 70, gid: 1000 };
  it.each([
    [RIGHT, false, []],
    [{ ...RIGHT, mode: 0 }, true, [70, 1000]],
    [{ ...RIGHT, mode: 0o400 }, true, [1000]],
    [{ ...RIGHT, uid: 12345 }, true, [70]],
    [{ ...RIGHT, gid: 12345 }, true, [1000]],
    [{ ...RIGHT, mode: 0o644, uid: 12345 }, true, []],
    // Owner and group come before the others, whatever these may.
    [{ ...RIGHT, mode: 0o004 }, true, [70, 1000]],
  ])('that is %o', (found, wrong, closed) => {
    const readers = [70, 1000];
    expect(deviates(found, wantedOfSecret({ readers }, true))).toBe(wrong);
    expect(closedTo(found, { readers })).toEqual(closed);
  });
});

it('the directory is of whoever installs, and no group counts for it', () => {
  expect(deviates({ mode: 0o700, uid: 0, gid: 50 }, wantedOfSecrets(true))).toBe(false);
  expect(deviates({ mode: 0o755, uid: 0, gid: 0 }, wantedOfSecrets(true))).toBe(true);
  expect(deviates({ mode: 0o700, uid: 1000, gid: 0 }, wantedOfSecrets(true))).toBe(true);
  expect(deviates({ mode: 0o700, uid: 1000, gid: 0 }, wantedOfSecrets(false))).toBe(false);
});
