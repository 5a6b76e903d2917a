import { expect, it } from 'vitest';
import type { BundleFile, Manifest } from '../model/bundle.ts';
import { sha256 } from '../render/digest.ts';
import { planTree } from './plan-tree.ts';

const file = (path: string, content = path): BundleFile => ({
  path,
  content,
  mode: 0o644,
  ownership: 'rendered',
});
const manifest = (files: Record<string, string>, pending?: Manifest['pending']): Manifest => ({
  version: 1,
  files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, sha256(text)])),
  ...(pending ? { pending } : {}),
});
const there = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, sha256(text)]));

it('creates what is missing and leaves alone what is as it should be', () => {
  expect(planTree([file('a'), file('b')], manifest({}), there({ a: 'a' }), false)).toEqual({
    changes: [{ path: 'b', change: 'create' }],
    conflicts: [],
  });
});

it('updates and removes what an earlier export wrote', () => {
  const found = there({ a: 'old', gone: 'x' });
  expect(planTree([file('a')], manifest({ a: 'old', gone: 'x' }), found, false)).toEqual({
    changes: [
      { path: 'a', change: 'update' },
      { path: 'gone', change: 'delete' },
    ],
    conflicts: [],
  });
});

it('knows what a run that was killed had written', () => {
  const killed = manifest({ a: 'old' }, { a: [sha256('half')] });
  expect(planTree([file('a')], killed, there({ a: 'half' }), false).conflicts).toEqual([]);
});

it('refuses to lose an edit, unless told to', () => {
  const found = there({ a: 'edited', gone: 'edited' });
  const known = manifest({ a: 'old', gone: 'old' });
  expect(planTree([file('a')], known, found, false).conflicts).toEqual(['a', 'gone']);
  expect(planTree([file('a')], known, found, true)).toEqual({
    changes: [
      { path: 'a', change: 'update' },
      { path: 'gone', change: 'delete' },
    ],
    conflicts: [],
  });
});

it('never replaces a file nobody wrote from here', () => {
  expect(planTree([file('a')], manifest({}), there({ a: 'theirs' }), true).conflicts).toEqual([
    'a',
  ]);
});
