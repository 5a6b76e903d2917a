import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { FactswayError } from '../model/errors.ts';
import type { Docker } from '../ports/docker.ts';
import type { Prompter, TextPrompt } from '../ports/prompter.ts';
import { apply } from './apply.ts';
import { desire } from './desire.ts';
import { diff } from './diff.ts';
import { uninstall, type UninstallRequest, type UninstallResult } from './uninstall.ts';

const CONFIG = `${DIRECTORY}/factsway.yaml`;
const OVERRIDE = `${DIRECTORY}/compose.override.yaml`;
const YES = { yes: true, dryRun: false };
const ASK = { yes: false, dryRun: false };
const SURE = { purge: true, confirmed: 'server1', consent: YES };
let engine: FakeEngine;
let ports: FakePorts;

async function install(): Promise<void> {
  const request = { directory: DIRECTORY, sets: ['images.source=debian'] };
  engine.desired = await desire(request, ports);
  const options = { title: 'Install', overwrite: false, renderOnly: false };
  await apply({ ...request, command: 'install', options, consent: YES }, ports);
}

async function world(): Promise<void> {
  engine = new FakeEngine(desiredWith());
  const { docker, compose, belongings } = engine;
  ports = fakePorts({ docker, compose, belongings });
  await install();
  engine.calls.length = 0;
}

beforeEach(world);

const run = (request: Partial<UninstallRequest> = {}): Promise<UninstallResult> =>
  uninstall({ directory: DIRECTORY, purge: false, consent: YES, ...request }, ports);
const left = (): string[] =>
  Object.keys(ports.files.below(DIRECTORY)).map((path) => path.slice(DIRECTORY.length + 1));
const SECRETS = ['app', 'monitor', 'owner', 'superuser'].map(
  (role) => `secrets/postgres-${role}-password`,
);
const DATA = ['compose.override.yaml', 'factsway.yaml', ...SECRETS];

/** The next process: the killed one is gone. */
function restart(): void {
  ports.files.revive();
  ports.host.processes.delete(ports.host.ownPid);
  ports.host.ownPid += 1;
  ports.host.processes.set(ports.host.ownPid, `boot+${ports.host.ownPid}`);
}

describe('without --purge', () => {
  it('containers, networks and rendered files go; data and what tells whose it is stay', async () => {
    const before = ports.files.below(DIRECTORY);
    const { stays } = await run();
    expect(engine.calls).toEqual(['down']);
    expect([engine.containers.size, engine.networks.size, engine.volumes.size]).toEqual([0, 0, 4]);
    expect(left()).toEqual([...DATA, 'state/journal.jsonl', 'state/made.json']);
    for (const path of DATA)
      expect(ports.files.text(`${DIRECTORY}/${path}`)).toBe(before[`${DIRECTORY}/${path}`]);
    expect(stays.volumes).toContain('factsway_postgres-data');
  });

  it('a second time there is nothing to do', async () => {
    await run();
    const changes = ports.files.changes.length;
    const { plan } = await run();
    expect(plan.steps).toEqual([]);
    expect(ports.files.changes.length).toBe(changes);
  });

  it('an installation on the data that stayed has the same secrets, and nothing differs', async () => {
    ports.files.put(OVERRIDE, 'services: {} # ours\n');
    const secrets = ports.files.below(`${DIRECTORY}/secrets`);
    await run();
    await install();
    expect(ports.files.below(`${DIRECTORY}/secrets`)).toEqual(secrets);
    expect(ports.files.text(OVERRIDE)).toBe('services: {} # ours\n');
    expect(await diff(DIRECTORY, ports)).toMatchObject({ files: [], containers: [], secrets: [] });
  });

  it('what somebody edited is kept, and does not stand in the way of coming back', async () => {
    ports.files.put(`${DIRECTORY}/compose.yaml`, 'name: factsway # mine\n');
    await run();
    expect(left().filter((path) => path.startsWith('state/edited/'))).toEqual([
      expect.stringMatching(/^state\/edited\/[^/]+\/compose\.yaml$/),
    ]);
    await install();
  });

  it('files of others stay, and are named', async () => {
    ports.files.put(`${DIRECTORY}/notes.txt`, 'mine');
    ports.files.put(`${DIRECTORY}/config/edge/extra.conf`, 'mine');
    const { stays } = await run();
    expect(stays.notOurs).toEqual(['config/edge/extra.conf', 'notes.txt']);
    expect(left()).toEqual(expect.arrayContaining(['config/edge/extra.conf', 'notes.txt']));
  });
});

describe('with --purge', () => {
  it('nothing is left: volumes, images it brought, files, the directory', async () => {
    const made = JSON.parse(ports.files.text(`${DIRECTORY}/state/made.json`)!) as object;
    const images = { 'caddy:2': 'sha256:caddy:2', 'prom:3': '', 'other:1': 'sha256:before' };
    ports.files.put(`${DIRECTORY}/state/made.json`, JSON.stringify({ ...made, images }));
    engine.otherImages.set('caddy:2', '').set('prom:3', 'theirs').set('other:1', '');
    const { stays, emptied } = await run(SURE);
    expect(engine.calls).toEqual([
      'down',
      'remove volumes alertmanager-data edge-data postgres-data prometheus-data',
      'remove image caddy:2',
    ]);
    expect([left(), emptied]).toEqual([[], true]);
    expect(ports.files.changes.at(-1)).toBe(`rmdir ${DIRECTORY}`);
    expect(stays.images).toEqual([
      { reference: 'prom:3', because: 'container theirs uses it' },
      { reference: 'other:1', because: 'it was replaced by another one since' },
    ]);
  });

  it('the directory stays for what is not ours', async () => {
    ports.files.put(`${DIRECTORY}/notes.txt`, 'mine');
    const { emptied, stays } = await run(SURE);
    expect([left(), emptied, stays.notOurs]).toEqual([['notes.txt'], false, ['notes.txt']]);
  });

  it('after an uninstallation that kept the data, the data goes', async () => {
    await run();
    await run(SURE);
    expect([left(), engine.volumes.size]).toEqual([[], 0]);
  });

  it('tells how to make a last copy before it asks', async () => {
    await run(SURE);
    const note = ports.reporter.events.find((event) => event.startsWith('note: A last copy'));
    expect(note).toContain('pg_dumpall');
  });
});

describe('killed before any change', () => {
  it.each([
    ['keeping the data', { purge: false }, [...DATA, 'state/journal.jsonl', 'state/made.json'], 4],
    ['purging', SURE, [], 0],
  ] as const)(
    '%s, the next run finishes the job',
    async (_, request, files, volumes) => {
      for (let nth = 0; ; nth += 1) {
        await world();
        ports.files.killBefore(nth);
        const killed = await run(request).then(
          () => false,
          (error: unknown) => {
            if (ports.files.killed) return true;
            throw error;
          },
        );
        restart();
        // At the very end nothing is left that could be uninstalled.
        if (left().length > 0) await run(request);
        // A lock whose owner is dead holds nobody up.
        const found = left().filter((path) => path !== 'state/lock');
        expect(found, `killed before change ${nth}`).toEqual(files);
        expect(engine.volumes.size).toBe(volumes);
        expect(engine.containers.size + engine.networks.size).toBe(0);
        if (!killed) {
          expect(nth).toBeGreaterThan(20);
          return;
        }
      }
    },
    60_000,
  );
});

describe('consent to destroy data', () => {
  const untouched = (): void => {
    expect(engine.calls).toEqual([]);
    expect(engine.volumes.size).toBe(4);
    expect(ports.files.text(CONFIG)).toBeDefined();
  };

  it.each([
    ['--yes', { consent: YES }],
    ['--confirm', { confirmed: 'server1', consent: ASK }],
    ['nothing', { consent: ASK }],
  ])('is not given by %s alone where nobody can be asked', async (_, given) => {
    const error = await rejectionOf(run({ purge: true, ...given }));
    expect([error.code, error.exitCode]).toEqual(['FW-NOT-CONFIRMED', 2]);
    expect(error.hint).toContain('--purge --yes --confirm server1');
    untouched();
  });

  it('is not given for another host', async () => {
    const error = await rejectionOf(run({ ...SURE, confirmed: 'server2' }));
    expect(error.code).toBe('FW-NOT-CONFIRMED');
    expect(error.message).toContain('server2');
    untouched();
  });

  const asked = (text: Prompter['text']): void => {
    ports = { ...ports, prompter: panicking<Prompter>('prompter', { interactive: true, text }) };
  };

  it('is given by typing the host name, also where --yes was given', async () => {
    const prompts: TextPrompt[] = [];
    for (const consent of [ASK, YES]) {
      await world();
      asked(async (prompt) => {
        prompts.push(prompt);
        return 'server1';
      });
      await run({ purge: true, consent });
      expect(left()).toEqual([]);
    }
    expect(prompts).toHaveLength(2);
    expect(prompts[0]?.check('yes')).toBe('This is the instance of server1');
    expect(prompts[0]?.check(' server1 ')).toBeUndefined();
  });

  it('is asked for as any other where the name was given beforehand', async () => {
    const confirm = async () => false;
    const prompter = panicking<Prompter>('prompter', { interactive: true, confirm });
    ports = { ...ports, prompter };
    const error = await rejectionOf(run({ purge: true, confirmed: 'server1', consent: ASK }));
    expect(error.code).toBe('FW-CANCELLED');
    untouched();
  });

  it('is for the plan that was shown: another one is refused', async () => {
    asked(async () => {
      ports.files.put(`${DIRECTORY}/state/edited/x/y`, 'new');
      return 'server1';
    });
    expect((await rejectionOf(run({ purge: true, consent: ASK }))).code).toBe('FW-STATE-CHANGED');
    untouched();
  });

  it('is asked by the name of this machine where factsway.yaml cannot be read', async () => {
    ports.host.name = 'machine7';
    ports.files.put(CONFIG, 'host: [');
    const error = await rejectionOf(run({ purge: true }));
    expect(error.hint).toContain('--confirm machine7');
  });

  it('a dry run asks for nothing and touches nothing', async () => {
    const changes = ports.files.changes.length;
    const { plan, executed } = await run({ purge: true, consent: { yes: false, dryRun: true } });
    expect([executed, plan.steps.length]).toEqual([false, 4]);
    expect(ports.files.changes.length).toBe(changes);
    untouched();
  });
});

describe('whose it is', () => {
  it('a broken factsway.yaml does not matter where containers or rendered files tell', async () => {
    ports.files.put(CONFIG, 'project: [');
    await run();
    expect(engine.containers.size).toBe(0);
    expect(ports.files.text(CONFIG)).toBe('project: [');
    ports.files.tree.delete(`${DIRECTORY}/state/made.json`);
    const error = await rejectionOf(run(SURE));
    expect(error.code).toBe('FW-PROJECT-UNKNOWN');
    expect(error.hint).toContain(CONFIG);
    expect(engine.volumes.size).toBe(4);
  });

  it('what runs goes before what factsway.yaml says now', async () => {
    ports.files.put(CONFIG, ports.files.text(CONFIG)!.replace('project: factsway', 'project: new'));
    await run();
    expect(engine.containers.size).toBe(0);
  });

  it('volumes that nothing shows to be of this directory are left alone, and named', async () => {
    engine.containers.clear();
    engine.networks.clear();
    for (const name of ['made.json', 'release.json'])
      ports.files.tree.delete(`${DIRECTORY}/state/${name}`);
    const { stays } = await run(SURE);
    expect(stays.unproven).toContain('factsway_postgres-data');
    expect([engine.volumes.size, left()]).toEqual([4, []]);
  });

  it('a project that runs from another directory is not touched', async () => {
    for (const container of engine.containers.values())
      engine.change(container.id, { workingDirectory: '/srv/other' });
    await run(SURE);
    expect(engine.calls).toEqual([]);
    expect([engine.containers.size, engine.volumes.size, left()]).toEqual([16, 4, []]);
  });

  it('a project that runs from here and elsewhere is refused', async () => {
    engine.change('container-edge', { workingDirectory: '/srv/other' });
    expect((await rejectionOf(run(SURE))).code).toBe('FW-PROJECT-FOREIGN');
    expect(engine.calls).toEqual([]);
  });

  it('two projects of one directory are refused', async () => {
    engine.belongings.projectsAt = async () => ['a', 'b'];
    const error = await rejectionOf(run());
    expect(error.code).toBe('FW-PROJECT-UNKNOWN');
    expect(error.hint).toContain('docker compose --project-name a down');
  });

  it('a container of somebody else on our network is refused', async () => {
    engine.outsiders.push({ container: 'x', uses: 'network', fullName: 'factsway_edge' });
    expect((await rejectionOf(run())).code).toBe('FW-IN-USE');
    expect(engine.calls).toEqual([]);
  });

  it('a directory with nothing of ours is no instance', async () => {
    ports.files.put('/home/me/notes.txt', 'mine');
    const error = await rejectionOf(run({ directory: '/home/me', ...SURE }));
    expect(error.code).toBe('FW-NO-INSTANCE');
    expect(ports.files.text('/home/me/notes.txt')).toBe('mine');
  });
});

it('while another run holds the lock it is refused', async () => {
  const owner = { pid: 200, processStart: 'boot+200', host: 'server1', command: 'up', since: '' };
  ports.host.processes.set(200, 'boot+200');
  ports.files.put(`${DIRECTORY}/state/lock`, JSON.stringify(owner));
  expect((await rejectionOf(run(SURE))).code).toBe('FW-LOCKED');
  expect(engine.calls).toEqual([]);
});

it('without an engine it is refused, and nothing is changed', async () => {
  const info = () => Promise.reject(new FactswayError('FW-DOCKER-UNREACHABLE', 'No.', ''));
  ports = {
    ...ports,
    docker: panicking<Docker>('docker', { info }),
    compose: { ...ports.compose, version: async () => '2.30.0' },
  };
  const changes = ports.files.changes.length;
  expect((await rejectionOf(run(SURE))).code).toBe('FW-DOCKER-UNREACHABLE');
  expect(ports.files.changes.length).toBe(changes);
});

it('what fails half way says that it can be finished, and is', async () => {
  const removeVolumes = engine.belongings.removeVolumes.bind(engine.belongings);
  engine.belongings.removeVolumes = () =>
    Promise.reject(new FactswayError('FW-DOCKER-COMMAND', 'Docker refused: busy.', 'Wait.'));
  const error = await rejectionOf(run(SURE));
  expect([error.code, error.exitCode]).toEqual(['FW-DOCKER-COMMAND', 6]);
  expect(error.hint).toContain('the same command finishes the job');
  engine.belongings.removeVolumes = removeVolumes;
  await run(SURE);
  expect([left(), engine.volumes.size]).toEqual([[], 0]);
});
