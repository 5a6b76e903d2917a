import { beforeEach, describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { InstalledWorld, SURE } from '../../../test/fakes/installed-world.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { FactswayError } from '../model/errors.ts';
import type { Docker } from '../ports/docker.ts';
import { diff } from './diff.ts';

let world: InstalledWorld;

beforeEach(async () => {
  world = await InstalledWorld.make();
});

const SECRETS = ['app', 'monitor', 'owner', 'superuser'].map(
  (role) => `secrets/postgres-${role}-password`,
);
const DATA = ['compose.override.yaml', 'factsway.yaml', ...SECRETS];

describe('without --purge', () => {
  it('containers, networks and rendered files go; data and what tells whose it is stay', async () => {
    const before = world.ports.files.below(DIRECTORY);
    const { stays } = await world.uninstall();
    expect(world.engine.calls).toEqual(['down']);
    expect([
      world.engine.containers.size,
      world.engine.networks.size,
      world.engine.volumes.size,
    ]).toEqual([0, 0, 5]);
    expect(world.left()).toEqual([...DATA, 'state/journal.jsonl', 'state/made.json']);
    for (const path of DATA)
      expect(world.ports.files.text(`${DIRECTORY}/${path}`)).toBe(before[`${DIRECTORY}/${path}`]);
    expect(stays.volumes).toContain('factsway_postgres-data');
  });

  it('a second time there is nothing to do', async () => {
    await world.uninstall();
    const changes = world.ports.files.changes.length;
    const { plan } = await world.uninstall();
    expect(plan.steps).toEqual([]);
    expect(world.ports.files.changes.length).toBe(changes);
  });

  it('an installation on the data that stayed has the same secrets, and nothing differs', async () => {
    world.put('compose.override.yaml', 'services: {} # ours\n');
    const secrets = world.ports.files.below(`${DIRECTORY}/secrets`);
    await world.uninstall();
    await world.install();
    expect(world.ports.files.below(`${DIRECTORY}/secrets`)).toEqual(secrets);
    expect(world.text('compose.override.yaml')).toBe('services: {} # ours\n');
    expect(await diff(DIRECTORY, world.ports)).toMatchObject({
      files: [],
      containers: [],
      secrets: [],
    });
  });

  it('what somebody edited is kept, and does not stand in the way of coming back', async () => {
    world.put('compose.yaml', 'name: factsway # mine\n');
    await world.uninstall();
    expect(world.left().filter((path) => path.startsWith('state/edited/'))).toEqual([
      expect.stringMatching(/^state\/edited\/[^/]+\/compose\.yaml$/),
    ]);
    await world.install();
  });

  it('files of others stay, and are named', async () => {
    world.put('notes.txt', 'mine');
    world.put('config/edge/extra.conf', 'mine');
    const { stays } = await world.uninstall();
    expect(stays.notOurs).toEqual(['config/edge/extra.conf', 'notes.txt']);
    expect(world.left()).toEqual(expect.arrayContaining(['config/edge/extra.conf', 'notes.txt']));
  });
});

describe('with --purge', () => {
  it('nothing is left: volumes, images it brought, files, the directory', async () => {
    const made = JSON.parse(world.text('state/made.json')!) as object;
    const images = { 'caddy:2': 'sha256:caddy:2', 'prom:3': '', 'other:1': 'sha256:before' };
    world.put('state/made.json', JSON.stringify({ ...made, images }));
    world.engine.otherImages.set('caddy:2', '').set('prom:3', 'theirs').set('other:1', '');
    const { stays, emptied } = await world.uninstall(SURE);
    expect(world.engine.calls).toEqual([
      'down',
      'remove volumes alertmanager-data edge-data postgres-data postgres-restore-points prometheus-data',
      'remove image caddy:2',
    ]);
    expect([world.left(), emptied]).toEqual([[], true]);
    expect(world.ports.files.changes.at(-1)).toBe(`rmdir ${DIRECTORY}`);
    expect(stays.images).toEqual([
      { reference: 'prom:3', because: 'container theirs uses it' },
      { reference: 'other:1', because: 'it was replaced by another one since' },
    ]);
  });

  it('the directory stays for what is not ours', async () => {
    world.put('notes.txt', 'mine');
    const { emptied, stays } = await world.uninstall(SURE);
    expect([world.left(), emptied, stays.notOurs]).toEqual([['notes.txt'], false, ['notes.txt']]);
  });

  it('after an uninstallation that kept the data, the data goes', async () => {
    await world.uninstall();
    await world.uninstall(SURE);
    expect([world.left(), world.engine.volumes.size]).toEqual([[], 0]);
  });

  it('tells how to make a last copy before it asks', async () => {
    await world.uninstall(SURE);
    const note = world.ports.reporter.events.find((event) => event.startsWith('note: A last copy'));
    expect(note).toContain('pg_dumpall');
  });
});

describe('killed before any change', () => {
  it.each([
    ['keeping the data', { purge: false }, [...DATA, 'state/journal.jsonl', 'state/made.json'], 5],
    ['purging', SURE, [], 0],
  ] as const)(
    '%s, the next run finishes the job',
    async (_, request, files, volumes) => {
      for (let nth = 0; ; nth += 1) {
        world = await InstalledWorld.make();
        world.ports.files.killBefore(nth);
        const killed = await world.uninstall(request).then(
          () => false,
          (error: unknown) => {
            if (world.ports.files.killed) return true;
            throw error;
          },
        );
        world.restart();
        // At the very end nothing is left that could be uninstalled.
        if (world.left().length > 0) await world.uninstall(request);
        // A lock whose owner is dead holds nobody up.
        const found = world.left().filter((path) => path !== 'state/lock');
        expect(found, `killed before change ${nth}`).toEqual(files);
        expect(world.engine.volumes.size).toBe(volumes);
        expect(world.engine.containers.size + world.engine.networks.size).toBe(0);
        if (!killed) {
          expect(nth).toBeGreaterThan(20);
          return;
        }
      }
    },
    60_000,
  );
});

describe('whose it is', () => {
  it('a broken factsway.yaml does not matter where containers or rendered files tell', async () => {
    world.put('factsway.yaml', 'project: [');
    await world.uninstall();
    expect(world.engine.containers.size).toBe(0);
    expect(world.text('factsway.yaml')).toBe('project: [');
    world.ports.files.tree.delete(`${DIRECTORY}/state/made.json`);
    const error = await rejectionOf(world.uninstall(SURE));
    expect(error.code).toBe('FW-PROJECT-UNKNOWN');
    expect(error.hint).toContain(`${DIRECTORY}/factsway.yaml`);
    expect(world.engine.volumes.size).toBe(5);
  });

  it('what runs goes before what factsway.yaml says now', async () => {
    world.put(
      'factsway.yaml',
      world.text('factsway.yaml')!.replace('project: factsway', 'project: new'),
    );
    await world.uninstall();
    expect(world.engine.containers.size).toBe(0);
  });

  it('volumes that nothing shows to be of this directory are left alone, and named', async () => {
    world.engine.containers.clear();
    world.engine.networks.clear();
    for (const name of ['made.json', 'release.json'])
      world.ports.files.tree.delete(`${DIRECTORY}/state/${name}`);
    const { stays } = await world.uninstall(SURE);
    expect(stays.unproven).toContain('factsway_postgres-data');
    const warning = world.ports.reporter.events.find((event) => event.startsWith('warning: '));
    expect(warning).toMatch(/factsway_postgres-data.* keep a copy/);
    expect([world.engine.volumes.size, world.left()]).toEqual([5, []]);
  });

  it('a project that runs from another directory is not touched', async () => {
    for (const container of world.engine.containers.values())
      world.engine.change(container.id, { workingDirectory: '/srv/other' });
    await world.uninstall(SURE);
    expect(world.engine.calls).toEqual([]);
    expect([world.engine.containers.size, world.engine.volumes.size, world.left()]).toEqual([
      16,
      5,
      [],
    ]);
  });

  it('a project that runs from here and elsewhere is refused', async () => {
    world.engine.change('container-edge', { workingDirectory: '/srv/other' });
    expect((await rejectionOf(world.uninstall(SURE))).code).toBe('FW-PROJECT-FOREIGN');
    expect(world.engine.calls).toEqual([]);
  });

  it('two projects of one directory are refused', async () => {
    world.engine.belongings.projectsAt = async () => ['a', 'b'];
    const error = await rejectionOf(world.uninstall());
    expect(error.code).toBe('FW-PROJECT-UNKNOWN');
    expect(error.hint).toContain('docker compose --project-name a down');
  });

  it('a container of somebody else on our network is refused', async () => {
    world.engine.outsiders.push({ container: 'x', uses: 'network', fullName: 'factsway_edge' });
    expect((await rejectionOf(world.uninstall())).code).toBe('FW-IN-USE');
    expect(world.engine.calls).toEqual([]);
  });

  it('a directory with nothing of ours is no instance', async () => {
    world.ports.files.put('/home/me/notes.txt', 'mine');
    const error = await rejectionOf(world.uninstall({ directory: '/home/me', ...SURE }));
    expect(error.code).toBe('FW-NO-INSTANCE');
    expect(world.ports.files.text('/home/me/notes.txt')).toBe('mine');
  });
});

it('while another run holds the lock it is refused', async () => {
  const owner = { pid: 200, processStart: 'boot+200', host: 'server1', command: 'up', since: '' };
  world.ports.host.processes.set(200, 'boot+200');
  world.put('state/lock', JSON.stringify(owner));
  expect((await rejectionOf(world.uninstall(SURE))).code).toBe('FW-LOCKED');
  expect(world.engine.calls).toEqual([]);
});

it('without an engine it is refused, and nothing is changed', async () => {
  const info = () => Promise.reject(new FactswayError('FW-DOCKER-UNREACHABLE', 'No.', ''));
  world.ports = {
    ...world.ports,
    docker: panicking<Docker>('docker', { info }),
    compose: { ...world.ports.compose, version: async () => '2.30.0' },
  };
  const changes = world.ports.files.changes.length;
  expect((await rejectionOf(world.uninstall(SURE))).code).toBe('FW-DOCKER-UNREACHABLE');
  expect(world.ports.files.changes.length).toBe(changes);
});

it('what fails half way says that it can be finished, and is', async () => {
  const removeVolumes = world.engine.belongings.removeVolumes.bind(world.engine.belongings);
  world.engine.belongings.removeVolumes = () =>
    Promise.reject(new FactswayError('FW-DOCKER-COMMAND', 'Docker refused: busy.', 'Wait.'));
  const error = await rejectionOf(world.uninstall(SURE));
  expect([error.code, error.exitCode]).toEqual(['FW-DOCKER-COMMAND', 6]);
  expect(error.hint).toContain('the same command finishes the job');
  world.engine.belongings.removeVolumes = removeVolumes;
  await world.uninstall(SURE);
  expect([world.left(), world.engine.volumes.size]).toEqual([[], 0]);
});
