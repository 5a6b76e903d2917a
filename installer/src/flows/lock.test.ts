import { describe, expect, it } from 'vitest';
import { DIRECTORY } from '../../../test/fakes/builders.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { FakeHost } from '../../../test/fakes/host.ts';
import { FactswayError } from '../model/errors.ts';
import { withLock } from './lock.ts';
import { instancePaths } from './paths.ts';

const PATHS = instancePaths(DIRECTORY);
const owner = (changes: object = {}): string =>
  `${JSON.stringify({
    pid: 42,
    processStart: 'boot+42',
    host: 'server1',
    command: 'upgrade',
    since: '2026-01-01T00:00:00.000Z',
    ...changes,
  })}\n`;

function world(lock?: string, alive = false): FakePorts {
  const ports = fakePorts();
  if (lock !== undefined) ports.files.put(PATHS.lock, lock);
  if (alive) ports.host.processes.set(42, 'boot+42');
  return ports;
}
const work = async (ports: FakePorts): Promise<string> =>
  withLock(PATHS, 'install', ports, async () => ports.files.text(PATHS.lock) ?? 'no lock');

describe('a run on an instance', () => {
  it('holds a lock that says who it is, and gives it back', async () => {
    const ports = world();
    expect(JSON.parse(await work(ports))).toEqual({
      pid: 100,
      processStart: 'boot+100',
      host: 'server1',
      command: 'install',
      since: '2026-01-02T03:04:05.000Z',
    });
    expect(ports.files.text(PATHS.lock)).toBeUndefined();
  });

  it('gives it back when its work fails, and the failure is what is told', async () => {
    const ports = world();
    const failing = withLock(PATHS, 'install', ports, () => Promise.reject(new Error('boom')));
    await expect(failing).rejects.toThrow('boom');
    expect(ports.files.text(PATHS.lock)).toBeUndefined();
  });

  it('never removes the lock of another', async () => {
    const ports = world();
    await withLock(PATHS, 'install', ports, async () => {
      ports.files.put(PATHS.lock, owner());
    });
    expect(ports.files.text(PATHS.lock)).toBe(owner());
  });
});

describe('a lock that is there already', () => {
  it.each([
    ['of a process that is gone', owner(), false],
    ['of a pid that belongs to another process by now', owner({ processStart: 'boot+1' }), true],
    ['cut off while it was written', '{"pid":42,"ho', false],
    ['that is empty', '', false],
  ])('%s is taken over', async (_what, lock, alive) => {
    const ports = world(lock, alive);
    expect(await work(ports)).toContain('"pid":100');
    expect(ports.files.below(DIRECTORY)).toEqual({});
  });

  it('of a living process is respected, and the person is told whose it is', async () => {
    const ports = world(owner(), true);
    const error = await rejectionOf(work(ports));
    expect(error.code).toBe('FW-LOCKED');
    expect(error.exitCode).toBe(3);
    expect(error.message).toBe(
      'This instance is in use by "upgrade" (pid 42 on server1, since 2026-01-01T00:00:00.000Z).',
    );
    expect(error.hint).toContain('ps -fp 42');
    expect(ports.files.text(PATHS.lock)).toBe(owner());
  });

  it('of another machine is respected: its processes cannot be seen from here', async () => {
    const ports = world(owner({ host: 'server2' }));
    expect((await rejectionOf(work(ports))).message).toContain('pid 42 on server2');
    expect(ports.files.text(PATHS.lock)).toBe(owner({ host: 'server2' }));
  });
});

describe('a lock that could not be taken away', () => {
  it('does not hide why the work failed', async () => {
    const ports = world();
    ports.files.failOn(`remove ${PATHS.lock}`, new Error('read-only by now'));
    const failing = withLock(PATHS, 'install', ports, () => Promise.reject(new Error('boom')));
    await expect(failing).rejects.toThrow('boom');
  });

  it('because the file system refuses it is said so, and is nobody else’s run', async () => {
    const ports = world(owner());
    const refused = new FactswayError('FW-DIR-NOT-WRITABLE', 'Read-only.', 'Look.');
    ports.files.rename = () => Promise.reject(refused);
    expect((await rejectionOf(work(ports))).code).toBe('FW-DIR-NOT-WRITABLE');
  });
});

describe('a lock a killed run had put aside', () => {
  it('is removed by the next run', async () => {
    const ports = world();
    ports.files.put(`${PATHS.lock}.stale-7`, owner());
    await work(ports);
    expect(ports.files.below(DIRECTORY)).toEqual({});
  });

  it('is left where its owner lives: somebody is about to put it back', async () => {
    const ports = world();
    ports.host.processes.set(42, 'boot+42');
    ports.files.put(`${PATHS.lock}.stale-7`, owner());
    await work(ports);
    expect(ports.files.below(DIRECTORY)).toEqual({ [`${PATHS.lock}.stale-7`]: owner() });
  });
});

describe('two runs at the same moment', () => {
  async function race(lock?: string): Promise<{ ran: number; codes: string[] }> {
    const first = world(lock);
    const second: FakePorts = { ...first, host: new FakeHost() };
    second.host.ownPid = 101;
    first.host.processes.set(101, 'boot+101');
    second.host.processes.set(101, 'boot+101');
    let inside = 0;
    let ran = 0;
    const one = (ports: FakePorts): Promise<void> =>
      withLock(PATHS, 'install', ports, async () => {
        inside += 1;
        ran += 1;
        expect(inside).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
    const outcomes = await Promise.allSettled([one(first), one(second)]);
    const codes = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : [],
    );
    return { ran, codes };
  }

  it('on a free instance: one wins, the other is told', async () => {
    expect(await race()).toEqual({ ran: 1, codes: ['FW-LOCKED'] });
  });

  it('that find the same dead owner: one takes over, the other is told', async () => {
    expect(await race(owner())).toEqual({ ran: 1, codes: ['FW-LOCKED'] });
  });

  it('of which one comes late leaves the lock of the other where it is', async () => {
    const ports = world(owner());
    const rename = ports.files.rename.bind(ports.files);
    ports.files.rename = (from, to) => {
      ports.files.put(PATHS.lock, owner({ command: 'winner' }));
      return rename(from, to);
    };
    expect((await rejectionOf(work(ports))).code).toBe('FW-LOCKED');
    expect(ports.files.below(DIRECTORY)).toEqual({ [PATHS.lock]: owner({ command: 'winner' }) });
  });
});
