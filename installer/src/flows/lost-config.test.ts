import { beforeEach, describe, expect, it } from 'vitest';
import { DIRECTORY, ENGINE } from '../../../test/fakes/builders.ts';
import { InstalledWorld, SURE, YES } from '../../../test/fakes/installed-world.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { diff } from './diff.ts';
import { down } from './down.ts';
import { configInEffect, noteOfLostConfig } from './in-effect.ts';
import { findLogs } from './logs.ts';
import { lastOf } from './logs/merge.ts';
import { instancePaths } from './paths.ts';
import { requireInstance, resolveConfig } from './resolve-config.ts';
import { status } from './status.ts';
import { runWizard } from './wizard/run-wizard.ts';

const PATHS = instancePaths(DIRECTORY);
const BACK = `cp --remove-destination ${PATHS.inEffect} ${PATHS.config}`;
let world: InstalledWorld;
let config: string;

beforeEach(async () => {
  world = await InstalledWorld.make();
  config = world.text('factsway.yaml')!;
  world.ports.files.tree.delete(PATHS.config);
});

const warnings = (): string[] =>
  world.ports.reporter.events.filter((event) => event.startsWith('warning: factsway.yaml'));

describe('a platform whose factsway.yaml is gone', () => {
  it('is still looked at by what was applied', async () => {
    expect(await status(DIRECTORY, world.ports)).toMatchObject({
      healthy: true,
      configuration: 'missing',
    });
    expect(await noteOfLostConfig(DIRECTORY, world.ports.files)).toContain(BACK);
    const asked: string[] = [];
    world.ports.docker.keptLines = async (id) => {
      asked.push(id);
      return (async function* () {
        // It said nothing.
      })();
    };
    const found = await findLogs(
      { directory: DIRECTORY, component: 'edge', follow: false },
      world.ports,
    );
    expect(await lastOf(found.lines, 1)).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('is still stopped, with a warning', async () => {
    await down(DIRECTORY, YES, world.ports);
    expect(world.engine.containers.size).toBe(0);
    expect(warnings()).toEqual([expect.stringContaining(BACK)]);
  });

  it.each([
    ['up', () => requireInstance(DIRECTORY, world.ports.files)],
    ['diff', () => diff(DIRECTORY, world.ports)],
    [
      'install',
      () =>
        resolveConfig(
          { directory: DIRECTORY, sets: ['edge.httpPort=81'] },
          world.ports.files,
          world.ports.host,
          ENGINE,
        ),
    ],
    ['the wizard', () => runWizard({ directory: DIRECTORY, carryOut: panic }, world.ports)],
  ])('%s says how to get it back, and makes no other', async (_, work) => {
    const changes = world.ports.files.changes.length;
    const error = await rejectionOf(work());
    expect([error.code, error.exitCode]).toEqual(['FW-CONFIG-MISSING', 2]);
    expect(error.hint).toContain(BACK);
    expect(error.hint).not.toContain('install install');
    expect(world.ports.files.changes.length).toBe(changes);
  });

  it('gets it back from the copy, and nothing differs', async () => {
    expect(world.text('state/in-effect.yaml')).toBe(config);
    world.put('factsway.yaml', world.text('state/in-effect.yaml')!);
    await world.install();
    expect(world.engine.calls).toEqual([]);
  });

  it('made before that copy was kept, gets it back from the last rendering', async () => {
    world.ports.files.tree.delete(PATHS.inEffect);
    expect((await configInEffect(DIRECTORY, world.ports.files)).pending).toBe('missing');
    const { hint } = await rejectionOf(requireInstance(DIRECTORY, world.ports.files));
    expect(hint).toContain(`${PATHS.rendered} >${PATHS.config}`);
  });

  it('is uninstalled, and keeps the only copy as long as it keeps the data', async () => {
    await world.uninstall();
    expect(world.text('state/in-effect.yaml')).toBe(config);
    expect(warnings()).toEqual([expect.stringContaining(BACK)]);
    await world.uninstall(SURE);
    expect(world.left()).toEqual([]);
  });
});

it('an uninstallation with factsway.yaml in its place leaves no copy', async () => {
  world.put('factsway.yaml', config);
  await world.uninstall();
  expect(world.left()).not.toContain('state/in-effect.yaml');
});

it('a directory that was only rendered may get another factsway.yaml', async () => {
  await world.uninstall(SURE);
  world.put('state/rendered.json', JSON.stringify({ version: 1, files: {}, config }));
  expect((await rejectionOf(requireInstance(DIRECTORY, world.ports.files))).code).toBe(
    'FW-NO-INSTANCE',
  );
});

function panic(): never {
  throw new Error('nothing may be carried out');
}
