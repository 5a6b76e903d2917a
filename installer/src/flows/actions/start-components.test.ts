import { beforeEach, describe, expect, it } from 'vitest';
import { containerOf, desiredWith, DIRECTORY } from '../../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../../test/fakes/engine.ts';
import { actionContext, fakePorts, type FakePorts } from '../../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../../test/fakes/thrown.ts';
import { startAndWait } from './start-components.ts';

const EDGE = 'container-edge';
const LINES = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
let engine: FakeEngine;
let ports: FakePorts;
let waits: string[];

beforeEach(() => {
  const desired = desiredWith();
  engine = new FakeEngine(desired);
  ports = fakePorts({ docker: engine.docker });
  waits = [];
  for (const workload of desired.catalog.workloads)
    if (['edge', 'prometheus'].includes(workload.id)) {
      const container = containerOf(workload, desired);
      engine.containers.set(container.id, { ...container, state: 'created', health: 'none' });
    }
});

const start = (...services: string[]): Promise<void> =>
  startAndWait(services, actionContext(ports), (message) => waits.push(message));

describe('starting components', () => {
  it('starts those that do not run, at once, and ends when they are healthy', async () => {
    engine.change('container-prometheus', { state: 'running', health: 'healthy' });
    await start('edge', 'prometheus');
    expect(engine.calls).toEqual(['start edge']);
    expect(ports.clock.naps).toBe(0);
  });

  it('ends the waiting of one that Docker keeps trying, whatever it has counted', async () => {
    engine.change(EDGE, { state: 'restarting', restarts: 9 });
    engine.behaviours.set('edge', () => ({ state: 'running', health: 'healthy', restarts: 0 }));
    await start('edge');
    expect(engine.calls).toEqual(['stop edge', 'start edge']);
  });

  it('waits until the health check has passed, and says for whom', async () => {
    engine.behaviours.set('edge', () => ({ state: 'running', health: 'starting' }));
    ports.clock.onSleep = (nap) => {
      if (nap === 3) engine.change(EDGE, { health: 'healthy' });
    };
    await start('edge', 'prometheus');
    expect(waits).toEqual(Array.from({ length: 3 }, () => 'waiting for edge (starting)'));
  });

  it('is content with running where there is no health check', async () => {
    engine.behaviours.set('edge', () => ({ state: 'running', health: 'none' }));
    await start('edge');
    expect(ports.clock.naps).toBe(0);
  });

  it('of a container that is not there is refused', async () => {
    const error = await rejectionOf(start('postgres'));
    expect([error.code, error.message]).toEqual([
      'FW-DOCKER-COMMAND',
      'Docker has no container of postgres.',
    ]);
  });
});

describe('a component that does not come up', () => {
  it('because it is not healthy: with its last lines, and all of them kept', async () => {
    engine.behaviours.set('edge', () => ({ state: 'running', health: 'unhealthy' }));
    engine.logs.set(EDGE, LINES);
    const error = await rejectionOf(start('edge', 'prometheus'));
    expect(error.code).toBe('FW-NOT-HEALTHY');
    expect(error.message).toBe('edge is running but reports that it is not healthy.');
    expect(error.details).toEqual(LINES.slice(-20).map((line) => `edge | ${line}`));
    const log = `${DIRECTORY}/state/failures/run-1/edge.log`;
    expect(error.hint).toBe(`Its whole log is kept in ${log}`);
    expect(ports.files.tree.get(log)).toMatchObject({
      content: `${LINES.join('\n')}\n`,
      mode: 0o600,
    });
  });

  it.each(['exited', 'dead'] as const)('because it is %s', async (state) => {
    engine.behaviours.set('edge', () => ({ state, exitCode: 3 }));
    const error = await rejectionOf(start('edge'));
    expect(error.code).toBe('FW-CONTAINER-EXITED');
    expect(error.message).toBe('edge stopped with exit code 3 instead of running.');
  });

  it('because it comes back again and again', async () => {
    engine.behaviours.set('edge', () => ({ state: 'restarting', exitCode: 1 }));
    ports.clock.onSleep = (nap) => {
      engine.change(EDGE, { restarts: nap });
    };
    const error = await rejectionOf(start('edge'));
    expect(error.code).toBe('FW-CONTAINER-EXITED');
    expect(error.message).toBe('edge keeps stopping (exit code 1, 3 restarts).');
    expect(ports.clock.naps).toBe(3);
  });

  it('because it comes back again and again, however often it had before it was stopped', async () => {
    engine.change(EDGE, { state: 'exited', restarts: 10 });
    // Docker counts from nought again after a manual start.
    engine.behaviours.set('edge', () => ({ state: 'restarting', exitCode: 1, restarts: 0 }));
    ports.clock.onSleep = (nap) => {
      engine.change(EDGE, { restarts: nap });
    };
    expect((await rejectionOf(start('edge'))).code).toBe('FW-CONTAINER-EXITED');
    expect(ports.clock.naps).toBe(3);
  });

  it('but one restart is not a loop', async () => {
    engine.behaviours.set('edge', () => ({ state: 'restarting', exitCode: 1, restarts: 1 }));
    ports.clock.onSleep = () => {
      engine.change(EDGE, { state: 'running', health: 'healthy' });
    };
    await start('edge');
    expect(ports.clock.naps).toBe(1);
  });

  it('because somebody took it away', async () => {
    engine.behaviours.set('edge', () => ({ state: 'running', health: 'starting' }));
    ports.clock.onSleep = () => engine.containers.delete(EDGE);
    const error = await rejectionOf(start('edge'));
    expect(error.code).toBe('FW-CONTAINER-EXITED');
    expect(error.message).toBe('edge was removed while it was being started.');
  });

  it('within a quarter of an hour, when Docker never says', async () => {
    engine.behaviours.set('edge', () => ({ state: 'running', health: 'starting' }));
    const error = await rejectionOf(start('edge'));
    expect(error.code).toBe('FW-NOT-HEALTHY');
    expect(error.message).toContain('within 15 minutes');
    expect(ports.clock.elapsedMs).toBeGreaterThanOrEqual(15 * 60_000);
    expect(ports.clock.elapsedMs).toBeLessThan(16 * 60_000);
  });
});

it('Ctrl-C ends the waiting', async () => {
  const abort = new AbortController();
  ports = { ...ports, signal: abort.signal };
  engine.behaviours.set('edge', () => ({ state: 'running', health: 'starting' }));
  ports.clock.onSleep = () => {
    abort.abort();
  };
  expect((await rejectionOf(start('edge'))).code).toBe('FW-CANCELLED');
});
