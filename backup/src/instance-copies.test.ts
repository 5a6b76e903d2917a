import { expect, it } from 'vitest';
import { copyIsBehind, copyName, parseCopyName } from './instance-copies.ts';
import type { History } from './history.ts';

const history = (copies: Record<string, string | null>): History =>
  ({
    places: Object.fromEntries(
      Object.entries(copies).map(([name, instanceCopyAt]) => [name, { instanceCopyAt }]),
    ),
  }) as unknown as History;

it.each([
  ['both have the newest', { local: '2026-11-20T10:00:00Z', s3: '2026-11-20T10:00:00Z' }, false],
  ['one was away', { local: '2026-11-20T10:00:00Z', s3: '2026-11-19T10:00:00Z' }, true],
  ['one is new', { local: '2026-11-20T10:00:00Z', s3: null }, true],
  ['there was never one', { local: null, s3: null }, false],
])(
  'a place is behind with the copy of the instance directory where %s: %j, %s',
  (_when, at, is) => {
    expect(copyIsBehind(history(at), ['local', 's3'])).toBe(is);
  },
);

it('the name of a copy says when it was made and what is in it', () => {
  const digest = 'a'.repeat(64);
  expect(parseCopyName(copyName(new Date('2026-11-20T10:00:00.250Z'), digest))).toEqual({
    at: '2026-11-20T10:00:00Z',
    sha256: digest,
  });
});
