import { describe, expect, it } from 'vitest';
import type { Bundle, BundleFile, Manifest } from '../model/bundle.ts';
import type { ObservedInstance } from '../model/observed.ts';
import { sha256 } from '../render/digest.ts';
import { planFiles } from './plan-files.ts';

const WANT = 'what we want';
const LAST = 'what we wrote last';
const HALF = 'what a killed run began to write';
const HAND = 'what somebody typed';

type Case = {
  /** Content the new bundle has; absent: the file is no longer part of it. */
  want?: string;
  seed?: boolean;
  wrote?: string;
  pending?: string;
  disk?: string;
};

function plan({ want, seed, wrote, pending, disk }: Case, overwrite = false): string {
  const path = 'f';
  const digest = (text: string | undefined): Record<string, string> =>
    text === undefined ? {} : { [path]: sha256(text) };
  const file: BundleFile = {
    path,
    content: want ?? '',
    mode: 0o644,
    ownership: seed ? 'seed' : 'rendered',
  };
  const bundle: Bundle = { files: want === undefined ? [] : [file], secrets: [], warnings: [] };
  const manifest: Manifest = {
    version: 1,
    files: digest(wrote),
    ...(pending === undefined ? {} : { pending: { [path]: [sha256(pending)] } }),
  };
  const instance: ObservedInstance = {
    manifest,
    digests: digest(disk),
    secrets: [],
    appliedConfig: {},
    rootCertificate: false,
  };
  const { changes, conflicts, kept } = planFiles(bundle, instance, overwrite);
  return [
    ...changes.map(({ change }) => change),
    ...conflicts.map(() => 'conflict'),
    ...kept.map(() => 'kept'),
  ].join();
}

/** wanted, last written, on disk → without and with permission to overwrite. */
const TABLE: readonly (readonly [string, Case, string, string])[] = [
  ['new and not there', { want: WANT }, 'create', 'create'],
  ['as we want it', { want: WANT, wrote: WANT, disk: WANT }, '', ''],
  ['ours and outdated', { want: WANT, wrote: LAST, disk: LAST }, 'update', 'update'],
  ['deleted by hand', { want: WANT, wrote: WANT }, 'create', 'create'],
  ['deleted by hand and outdated', { want: WANT, wrote: LAST }, 'create', 'create'],
  ['edited, and nothing new from us', { want: WANT, wrote: WANT, disk: HAND }, 'kept', 'update'],
  ['edited, and changed by us', { want: WANT, wrote: LAST, disk: HAND }, 'conflict', 'update'],
  ['edited into what we want', { want: WANT, wrote: LAST, disk: WANT }, '', ''],
  ['somebody else’s', { want: WANT, disk: HAND }, 'conflict', 'update'],
  ['somebody else’s, and the same', { want: WANT, disk: WANT }, '', ''],
  ['a seed that is not there', { want: WANT, seed: true }, 'create', 'create'],
  ['a seed that was edited', { want: WANT, seed: true, disk: HAND }, '', ''],
  ['a seed that was once written', { want: WANT, seed: true, wrote: LAST, disk: HAND }, '', ''],
  ['no longer wanted', { wrote: LAST, disk: LAST }, 'delete', 'delete'],
  ['no longer wanted and gone', { wrote: LAST }, '', ''],
  ['no longer wanted but edited', { wrote: LAST, disk: HAND }, 'conflict', 'delete'],
  [
    'half way: the new content is there already',
    { want: WANT, wrote: LAST, pending: WANT, disk: WANT },
    '',
    '',
  ],
  [
    'half way: the old content is still there',
    { want: WANT, wrote: LAST, pending: WANT, disk: LAST },
    'update',
    'update',
  ],
  [
    'half way to something that is no longer wanted',
    { want: WANT, wrote: LAST, pending: HALF, disk: HALF },
    'update',
    'update',
  ],
  ['half way on a first run', { want: WANT, pending: HALF, disk: HALF }, 'update', 'update'],
  [
    'half way, then edited',
    { want: WANT, wrote: LAST, pending: HALF, disk: HAND },
    'conflict',
    'update',
  ],
  [
    'half way, and no longer wanted',
    { wrote: LAST, pending: HALF, disk: HALF },
    'delete',
    'delete',
  ],
  ['begun and no longer wanted', { pending: HALF, disk: HALF }, 'delete', 'delete'],
];

describe('a file that is', () => {
  it.each(TABLE)('%s', (_name, given, expected, overwriting) => {
    expect(plan(given)).toBe(expected);
    expect(plan(given, true)).toBe(overwriting);
  });
});

it('files that are not ours to name are left alone', () => {
  const instance: ObservedInstance = {
    manifest: { version: 1, files: {} },
    digests: { 'notes.txt': sha256('mine') },
    secrets: [],
    appliedConfig: {},
    rootCertificate: false,
  };
  expect(planFiles({ files: [], secrets: [], warnings: [] }, instance, true)).toEqual({
    changes: [],
    conflicts: [],
    kept: [],
  });
});
