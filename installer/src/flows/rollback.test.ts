import { beforeEach, describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { InstalledWorld, YES } from '../../../test/fakes/installed-world.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { rollback } from './rollback.ts';
import { upgrade } from './upgrade.ts';

let world: InstalledWorld;
beforeEach(async () => {
  world = await InstalledWorld.make();
});

const request = {
  directory: DIRECTORY,
  sets: [],
  overwrite: false,
  consent: { ...YES, dryRun: true },
  skipChecks: [],
};
const back = () => rollback(request, world.ports);
const serves = (version: string, previous?: string): void => {
  world.put('state/release.json', JSON.stringify({ version, slot: 'a' }));
  world.put(
    `releases/${version}/release.json`,
    JSON.stringify({ version, slot: 'a', recordedAt: '2026-01-01', images: {}, previous }),
  );
};
const wants = (version: string): void => {
  const text = world.text('factsway.yaml') ?? '';
  world.put('factsway.yaml', text.replace(/version: "?[\d.]+"?/, `version: "${version}"`));
};

describe('a rollback', () => {
  it('of the first release that ever served has nowhere to go', async () => {
    expect((await rejectionOf(back())).code).toBe('FW-ROLLBACK-NONE');
  });

  it('where nothing serves yet is told to begin', async () => {
    await world.ports.files.remove(`${DIRECTORY}/state/release.json`);
    expect((await rejectionOf(back())).code).toBe('FW-UPGRADE-NOTHING');
  });

  it('that was cut off after it was on record is finished, and goes no further back', async () => {
    serves('1.0.0', '0.9.0');
    wants('1.0.0');
    const run = (entry: object): string =>
      `${JSON.stringify({ run: 'r', at: '2026-01-01T00:00:00Z', ...entry })}\n`;
    world.put(
      'state/journal.jsonl',
      run({ event: 'run-started', command: 'rollback', steps: 2 }) +
        run({ event: 'step-started', step: 1, action: 'RecordRelease', records: '1.0.0' }),
    );
    expect(await back()).toMatchObject({ from: '1.0.0', to: '1.0.0' });
    // And again by the run that went on with it and was cut off too.
    const journal = world.text('state/journal.jsonl') ?? '';
    const next = { run: 'next', event: 'run-started', command: 'rollback', steps: 1 };
    world.put('state/journal.jsonl', journal + run(next));
    expect(await back()).toMatchObject({ from: '1.0.0', to: '1.0.0' });
    const ended = { run: 'next', event: 'run-ended', outcome: 'done' };
    world.put('state/journal.jsonl', journal + run(next) + run(ended));
    expect((await rejectionOf(back())).code).not.toBe('FW-ROLLBACK-NONE');
  });

  it('is refused before anything is looked at where an image is gone', async () => {
    serves('1.1.0', '1.0.0');
    wants('1.1.0');
    const images = { 'factsway/gone:1.0.0': 'sha256:1' };
    const record = { version: '1.0.0', slot: 'a', recordedAt: '2026-01-01', images };
    world.put('releases/1.0.0/release.json', JSON.stringify(record));
    const error = await rejectionOf(back());
    expect([error.code, error.exitCode]).toEqual(['FW-ROLLBACK-IMAGE', 3]);
    expect(error.details).toEqual(['factsway/gone:1.0.0']);
  });
});

describe('an upgrade', () => {
  const to = (version: string) =>
    rejectionOf(upgrade({ ...request, to: version, allowContract: false }, world.ports));

  it.each([
    ['no version', 'latest', 'FW-USAGE'],
    ['to a release before the one that serves', '0.9.0', 'FW-UPGRADE-DOWN'],
  ])('%s is refused before any image is asked for', async (_, version, code) => {
    expect((await to(version)).code).toBe(code);
  });

  it('where nothing serves yet is told to begin', async () => {
    await world.ports.files.remove(`${DIRECTORY}/state/release.json`);
    expect((await to('1.1.0')).code).toBe('FW-UPGRADE-NOTHING');
  });
});
