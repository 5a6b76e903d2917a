import { beforeEach, describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { InstalledWorld, YES } from '../../../test/fakes/installed-world.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import type { ObservedContainer } from '../model/observed.ts';
import { down } from './down.ts';
import { configInEffect } from './in-effect.ts';
import { instancePaths } from './paths.ts';

const PATHS = instancePaths(DIRECTORY);
let world: InstalledWorld;

beforeEach(async () => {
  world = await InstalledWorld.make();
  // A while after what runs was started.
  world.ports.clock.elapsedMs += 60_000;
});

/** A run that is killed when it has told Compose to take everything down. */
async function killedDown(): Promise<void> {
  const { compose, files, host } = world.ports;
  const whole = compose.down.bind(compose);
  compose.down = () => {
    files.killBefore(0);
    return Promise.reject(new Error('killed'));
  };
  await down(DIRECTORY, YES, world.ports).catch(() => undefined);
  compose.down = whole;
  world.restart();
  host.workers = [];
}

const states = (): Set<string> =>
  new Set(
    [...world.engine.containers.values()]
      .filter(({ service }) => service !== 'migrations-a')
      .map(({ state }) => state),
  );
const notes = (): string[] =>
  world.ports.reporter.events.filter((event) => event.startsWith('note: A run that was cut off'));

describe('after a run that was killed', () => {
  it('nothing is observed before what it left at work has ended', async () => {
    const { host, clock } = world.ports;
    host.workers = [4711];
    clock.onSleep = (nap) => {
      // What it was about all along: one more container goes.
      if (nap !== 3) return;
      world.engine.change('container-facts-service-a', { state: 'exited' });
      host.workers = [];
    };
    await world.install();
    expect(notes()).toEqual([
      'note: A run that was cut off left Docker Compose at work (pid 4711): waiting until it has ended, 5 minutes at most.',
    ]);
    expect(world.engine.calls).toContain('start facts-service-a');
  });

  it('what it left at work is waited for five minutes and no longer; then a person is told', async () => {
    world.ports.host.workers = [4711, 4712];
    const error = await rejectionOf(world.install());
    expect([error.code, error.exitCode]).toEqual(['FW-LOCKED', 3]);
    expect(error.hint).toContain('ps -fp 4711,4712');
    expect(world.ports.clock.elapsedMs).toBeLessThan(7 * 60_000);
    expect(world.engine.calls).toEqual([]);
  });

  it('what a living run has at work is its own: the lock tells of it', async () => {
    const { host, files } = world.ports;
    host.workers = [4711];
    host.processes.set(42, 'boot+42');
    const owner = { pid: 42, processStart: 'boot+42', host: 'server1', command: 'up', since: '' };
    files.put(PATHS.lock, JSON.stringify(owner));
    expect((await rejectionOf(down(DIRECTORY, YES, world.ports))).message).toContain(
      'in use by "up"',
    );
    expect(notes()).toEqual([]);
  });
});

describe('after a "down" that was killed', () => {
  it('services that still serve are stopped and started: they had been told to go', async () => {
    await killedDown();
    await world.install();
    const { calls } = world.engine;
    expect(calls.filter((call) => call.startsWith('stop '))).toHaveLength(15);
    expect(calls.indexOf('stop edge')).toBeLessThan(calls.indexOf('start edge'));
    expect(states()).toEqual(new Set(['running']));
    calls.length = 0;
    await world.install();
    expect(calls).toEqual([]);
  });

  it('what was started since then is left alone', async () => {
    await killedDown();
    const startedAt = new Date(world.ports.clock.now().getTime() + 1000).toISOString();
    for (const { id } of world.engine.containers.values()) world.engine.change(id, { startedAt });
    await world.install();
    expect(world.engine.calls).toEqual([]);
  });

  it('what still serves a quarter of an hour later was never told to go', async () => {
    await killedDown();
    world.ports.clock.elapsedMs += 15 * 60_000;
    await world.install();
    expect(world.engine.calls).toEqual([]);
  });
});

describe('an "up" that is killed', () => {
  const port = async (): Promise<number> =>
    (await configInEffect(DIRECTORY, world.ports.files)).config.edge.httpsPort;

  it('before it touches a container changes nothing of what is in effect', async () => {
    const { files } = world.ports;
    files.failOn(`write ${DIRECTORY}/compose.yaml`, new Error('killed'));
    await world.install('edge.httpsPort=8443').catch(() => undefined);
    expect(await port()).toBe(443);
  });

  it('while it makes containers has its configuration in effect: some are of it', async () => {
    const { compose, files } = world.ports;
    const whole = compose.create.bind(compose);
    compose.create = () => {
      files.killBefore(0);
      return Promise.reject(new Error('killed'));
    };
    await world.install('edge.httpsPort=8443').catch(() => undefined);
    compose.create = whole;
    world.restart();
    expect(await port()).toBe(8443);
    await world.install();
    expect([await port(), states()]).toEqual([8443, new Set(['running'])]);
  });
});

describe('at the end', () => {
  const DEBUG = 'services.logLevel=debug';
  /** While the services are started again something no step touches comes to a bad end. */
  const meanwhile = (change: Partial<ObservedContainer>): void => {
    world.engine.behaviours.set('facts-service-b', () => {
      world.engine.change('container-prometheus', change);
      return { state: 'running', health: 'healthy' };
    });
  };

  it('also what no step touched has to run, before it is said that all is well', async () => {
    meanwhile({ state: 'exited', exitCode: 1 });
    const error = await rejectionOf(world.install(DEBUG));
    expect([error.code, error.exitCode]).toEqual(['FW-NOT-HEALTHY', 6]);
    expect(error.message).toBe(
      'Every step was done, and still not everything runs: prometheus (exited).',
    );
    expect(error.hint).toContain('factsway-install up');
  });

  it('what Docker has restarted meanwhile is given the time to become healthy', async () => {
    meanwhile({ state: 'running', health: 'starting' });
    world.ports.clock.onSleep = () => {
      world.engine.change('container-prometheus', { health: 'healthy' });
    };
    await world.install(DEBUG);
  });

  it('of a failure that was undone, "put back" is said only if what ran runs again', async () => {
    world.engine.behaviours.set('facts-service-a', () => {
      world.engine.change('container-prometheus', { state: 'exited' });
      world.engine.behaviours.delete('facts-service-a');
      return { state: 'exited', exitCode: 1 };
    });
    world.engine.change('container-facts-service-a', { state: 'exited' });
    const error = await rejectionOf(world.install());
    expect([error.code, error.exitCode]).toEqual(['FW-UNDO-FAILED', 6]);
    expect(error.details).toContain('prometheus ran before and does not now (exited)');
  });
});
