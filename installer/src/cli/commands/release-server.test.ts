import { describe, expect, it } from 'vitest';
import {
  directoryOf,
  SETTINGS_FILE,
  updateWorld,
  type UpdateWorld,
} from '../../../../test/fakes/update-world.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { parseManifest } from '../../config/parse-manifest.ts';
import type { CommandInput } from '../command.ts';
import { release } from './release.ts';

const run = (
  { ports }: UpdateWorld,
  what: string,
  which: string | undefined,
  options: Readonly<Record<string, unknown>> = {},
  flags: Partial<CommandInput> = {},
) =>
  release.run(
    {
      ...{ directory: '/opt/factsway', argument: what, yes: true, dryRun: false, quiet: false },
      ...(which === undefined ? {} : { more: which }),
      options: { updates: SETTINGS_FILE, ...options },
      surface: { color: false, columns: 80 },
      ...flags,
    },
    ports,
  );
const publish = (world: UpdateWorld, version: string, options: object = {}) =>
  run(world, 'publish', directoryOf(version), { version, ...options });
const stagedIn = ({ bucket }: UpdateWorld, version: string): string[] =>
  [...bucket.objects.keys()]
    .filter((key) => key.startsWith(`staged/${version}/`))
    .map((key) => key.slice(`staged/${version}/`.length))
    .toSorted();
const notesIn = ({ bucket }: UpdateWorld, key: string): string | undefined => {
  const read = parseManifest(bucket.text(key));
  if (!('manifest' in read)) throw new Error(`${key}: ${read.problems.join()}`);
  return read.manifest.releaseNotes;
};

describe('publish --channel', () => {
  it.each<[string, object, string[]]>([
    ['latest unless said, which reaches those who try things out', {}, ['alpha', 'beta', 'latest']],
    ['beta, which is not for everybody', { channel: ['beta'] }, ['alpha', 'beta']],
    ['alpha, for the fewest', { channel: ['alpha'] }, ['alpha']],
  ])('is %s', async (_, options, channels) => {
    const world = await updateWorld('1.0.0');
    await publish(world, '1.0.0', options);
    expect(stagedIn(world, '1.0.0')).toEqual(
      channels.flatMap((one) => [`${one}-linux.yml`, `${one}.yml`]),
    );
  });

  it.each<[unknown]>([[['nightly']], [['beta', 'alpha']]])(
    'is one that there is: %j',
    async (channel) => {
      const world = await updateWorld('1.0.0');
      const error = await rejectionOf(publish(world, '1.0.0', { channel }));
      expect([error.code, error.hint]).toEqual(['FW-USAGE', 'Use: latest, beta, alpha']);
      expect(world.bucket.requests).toBe(0);
    },
  );
});

describe('publish --notes', () => {
  const NOTES = '## New\n\n- "quotes", a colon: and an é\n';

  it('is a file, which each desktop is shown as it is', async () => {
    const world = await updateWorld('1.0.0');
    world.ports.files.put('/work/CHANGES.md', NOTES);
    await publish(world, '1.0.0', { notes: '/work/CHANGES.md' });
    for (const name of stagedIn(world, '1.0.0'))
      expect(notesIn(world, `staged/1.0.0/${name}`)).toBe(NOTES);
  });

  it('that is not there is told before anything is sent', async () => {
    const world = await updateWorld('1.0.0');
    const error = await rejectionOf(publish(world, '1.0.0', { notes: '/work/CHANGES.md' }));
    expect([error.code, error.message]).toEqual([
      'FW-CONFIG-NOT-FOUND',
      '/work/CHANGES.md is not there.',
    ]);
    expect(world.bucket.requests).toBe(0);
  });

  it('never changes what is published', async () => {
    const world = await updateWorld('1.0.0');
    await publish(world, '1.0.0');
    const before = [...world.bucket.changes];
    world.ports.files.put('/work/CHANGES.md', NOTES);
    const error = await rejectionOf(publish(world, '1.0.0', { notes: '/work/CHANGES.md' }));
    expect(error.code).toBe('FW-RELEASE-EXISTS');
    expect(world.bucket.changes).toEqual(before);
  });
});

describe('--dry-run', () => {
  const DRY = { yes: false, dryRun: true };

  it('of publish and of promote says what would be done, and does nothing', async () => {
    const world = await updateWorld('1.0.0');
    const options = { version: '1.0.0' };
    const dry = await run(world, 'publish', directoryOf('1.0.0'), options, DRY);
    expect(dry.text).toBe(
      'Would publish: FACTSWAY-Setup-1.0.0.AppImage, FACTSWAY-Setup-1.0.0.exe, FACTSWAY-Setup-1.0.0.exe.blockmap. Nothing was sent.',
    );
    expect(world.bucket.objects.size).toBe(0);
    await publish(world, '1.0.0');
    const before = [...world.bucket.changes];
    const promote = await run(world, 'promote', '1.0.0', { percent: '10' }, DRY);
    expect(promote.text.split('\n')).toEqual([
      'Would be written; nothing was changed:',
      ...['alpha', 'beta', 'latest'].flatMap((one) =>
        [`${one}-linux.yml`, `${one}.yml`].map((name) => `${name}: 1.0.0, 10 % of the clients`),
      ),
    ]);
    expect(world.bucket.changes).toEqual(before);
  });
});

it.each([
  ['a percentage without a version to replace it', { percent: '25' }],
  ['one that is none', { percent: '0', rollForward: '1.1.0', from: '0.9.0' }],
])('yank refuses %s before anything is asked', async (_, options) => {
  const world = await updateWorld('1.0.0');
  const error = await rejectionOf(run(world, 'yank', '1.0.0', options));
  expect(error.code).toBe('FW-USAGE');
  expect(world.bucket.requests).toBe(0);
});

it('--updates names the settings of the server, and a file that is not there is told', async () => {
  const world = await updateWorld('1.0.0');
  const error = await rejectionOf(run(world, 'list', undefined, { updates: '/work/other.yaml' }));
  expect([error.code, error.exitCode, error.hint]).toEqual([
    'FW-UPDATES-NO-SETTINGS',
    2,
    expect.stringContaining('--updates FILE'),
  ]);
  expect(error.message).toContain('/work/other.yaml');
  world.ports.files.put('/work/other.yaml', 'bucket: [');
  const broken = await rejectionOf(run(world, 'list', undefined, { updates: '/work/other.yaml' }));
  expect([broken.code, broken.message]).toEqual([
    'FW-CONFIG-SYNTAX',
    expect.stringContaining('/work/other.yaml:1:10: '),
  ]);
  expect(world.bucket.requests).toBe(0);
});
