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
    reasons: [],
    kept: [],
  });
});

const BASE = 'one\ntwo\nthree\nfour\nfive\n';
const SLOT_A = 'services:\n  records-service-a:\n    image: x:1\n    init: true\n    cpus: 1\n';
const SLOT_B = SLOT_A.replace('-a:', '-b:').replace('x:1', 'x:2');

/** Files of a bundle, of the last rendering and on disk; `bases` are the renderings that edits were made in. */
function planned(
  want: Record<string, string>,
  wrote: Record<string, string>,
  disk: Record<string, string>,
  more: { bases?: Record<string, string>; manifest?: Partial<Manifest>; overwrite?: boolean } = {},
) {
  const { bases = wrote, manifest = {}, overwrite = false } = more;
  const digests = (texts: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, sha256(text)]));
  const files = Object.entries(want).map(([path, content]): BundleFile => ({
    path,
    content,
    mode: 0o644,
    ownership: 'rendered',
  }));
  const edits = Object.fromEntries(
    Object.entries(disk).map(([path, text]) => {
      const base = bases[path];
      return [path, { text, ...(base === undefined ? {} : { base }) }];
    }),
  );
  return planFiles(
    { files, secrets: [], warnings: [] },
    {
      manifest: { version: 1, files: digests(wrote), ...manifest },
      digests: digests(disk),
      edits,
      secrets: [],
      appliedConfig: {},
      rootCertificate: false,
    },
    overwrite,
  );
}

describe('an edit by hand', () => {
  const mine = BASE.replace('one', 'ONE');
  const next = BASE.replace('five', 'FIVE');
  const both = next.replace('one', 'ONE');

  it('is carried into a new rendering where the two are apart', () => {
    const { changes, conflicts } = planned({ f: next }, { f: BASE }, { f: mine });
    expect(changes).toEqual([{ path: 'f', change: 'update', withEdit: both }]);
    expect(conflicts).toEqual([]);
    expect(planned({ f: next }, { f: BASE }, { f: mine }, { overwrite: true }).changes).toEqual([
      { path: 'f', change: 'update' },
    ]);
  });

  it('that the new rendering has as well is one no more, and nothing is written for one that has it all', () => {
    expect(planned({ f: both }, { f: BASE }, { f: mine }).changes).toEqual([
      { path: 'f', change: 'update' },
    ]);
    expect(planned({ f: next }, { f: BASE }, { f: both })).toMatchObject({
      changes: [],
      kept: ['f'],
    });
  });

  it('of the same line is refused with the place of it', () => {
    const { conflicts, reasons } = planned(
      { f: BASE.replace('one', '1') },
      { f: BASE },
      { f: mine },
    );
    expect(conflicts).toEqual(['f']);
    expect(reasons).toEqual(['f:1: edited by hand, and the new rendering changes the same lines']);
  });

  it('that a run which was cut off had carried over is neither a conflict nor ours', () => {
    const manifest = {
      pending: { f: [sha256(next)] },
      edits: { f: [{ content: sha256(both), of: sha256(next) }] },
    };
    const found = planned({ f: next }, { f: BASE }, { f: both }, { manifest, bases: { f: next } });
    expect(found).toMatchObject({ changes: [], conflicts: [], kept: ['f'] });
    const onwards = { f: next.replace('three', 'THREE') };
    expect(
      planned(onwards, { f: BASE }, { f: both }, { manifest, bases: { f: next } }),
    ).toMatchObject({
      changes: [{ path: 'f', withEdit: both.replace('three', 'THREE') }],
    });
  });
});

describe('an edit in the Compose file of the slot that is left', () => {
  const [A, B] = ['compose.app-a.yaml', 'compose.app-b.yaml'];
  const mine = SLOT_A.replace('cpus: 1', 'cpus: 2');
  const there = SLOT_B.replace('cpus: 1', 'cpus: 2');

  it('goes along to the other one, and back', () => {
    expect(planned({ [B]: SLOT_B }, { [A]: SLOT_A }, { [A]: mine }).changes).toEqual([
      { path: B, change: 'create', withEdit: there },
      { path: A, change: 'delete' },
    ]);
    expect(planned({ [A]: SLOT_A }, { [B]: SLOT_B }, { [B]: there }).changes).toEqual([
      { path: A, change: 'create', withEdit: mine },
      { path: B, change: 'delete' },
    ]);
  });

  it('of the same line is refused by the name of the file that has it', () => {
    const other = SLOT_B.replace('cpus: 1', 'cpus: 3');
    expect(planned({ [B]: other }, { [A]: SLOT_A }, { [A]: mine })).toMatchObject({
      conflicts: [A],
      reasons: [`${A}:5: edited by hand, and the new rendering changes the same lines`],
    });
  });

  it('is carried over once: a run that was cut off after that only removes the file that is left', () => {
    const manifest = {
      pending: { [B]: [sha256(SLOT_B)] },
      edits: { [B]: [{ content: sha256(there), of: sha256(SLOT_B) }] },
    };
    const bases = { [A]: SLOT_A, [B]: SLOT_B };
    const found = planned(
      { [B]: SLOT_B },
      { [A]: SLOT_A },
      { [A]: mine, [B]: there },
      { manifest, bases },
    );
    expect(found).toMatchObject({
      changes: [{ path: A, change: 'delete' }],
      conflicts: [],
      kept: [B],
    });
  });

  it('is left where the file of this slot was written without it, and still carried over', () => {
    const manifest = { pending: { [B]: [sha256(SLOT_B)] } };
    const found = planned(
      { [B]: SLOT_B },
      { [A]: SLOT_A },
      { [A]: mine, [B]: SLOT_B },
      { manifest },
    );
    expect(found.changes).toEqual([
      { path: B, change: 'update', withEdit: there },
      { path: A, change: 'delete' },
    ]);
  });

  it('is replaced with leave to do so', () => {
    const found = planned({ [B]: SLOT_B }, { [A]: SLOT_A }, { [A]: mine }, { overwrite: true });
    expect(found.changes).toEqual([
      { path: B, change: 'create' },
      { path: A, change: 'delete' },
    ]);
  });
});
