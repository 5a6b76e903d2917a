import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { FactswayError } from '../model/errors.ts';
import type { KeptLine, LogLine } from '../model/log-line.ts';
import type { Docker, KeptWindow } from '../ports/docker.ts';
import { findLogs, type LogsRequest } from './logs.ts';

const desired = desiredWith({ images: { source: 'debian' } });
let engine: FakeEngine;
let ports: FakePorts;
let kept: Record<string, KeptLine[]>;
let windows: Record<string, KeptWindow>;

const at = (second: number, nanos = 0): string =>
  `2026-01-01T00:00:${String(second).padStart(2, '0')}.${String(nanos).padStart(9, '0')}Z`;
const service = (second: number, request: string, level = 'info'): KeptLine => ({
  at: at(second),
  text: JSON.stringify({ level, message: 'request completed', request_id: request }),
});

async function* iterate<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

beforeEach(() => {
  engine = FakeEngine.running(desired);
  kept = {};
  windows = {};
  const docker = panicking<Docker>('docker', {
    containers: async () => [...engine.containers.values()],
    keptLines: async (id, window) => {
      windows[id] = window;
      const lines = (kept[id] ?? []).filter(
        (line) =>
          (window.since === undefined || line.at >= window.since) &&
          (window.until === undefined || line.at <= window.until),
      );
      return iterate(window.tail === undefined ? lines : lines.slice(-window.tail || lines.length));
    },
  });
  ports = fakePorts({ docker });
  ports.files.put(`${DIRECTORY}/factsway.yaml`, 'images: { source: debian }\n');
});

async function find(request: Partial<LogsRequest> = {}): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const found = await findLogs({ directory: DIRECTORY, follow: false, ...request }, ports);
  for await (const line of found.lines) lines.push(line);
  return lines;
}
const told = (lines: readonly LogLine[]): string[] =>
  lines.map(({ component, requestId, message }) => `${component} ${requestId ?? message}`);

describe('logs from Docker', () => {
  it('are of all containers in the order of time', async () => {
    kept['container-records-service-a'] = [service(1, 'q-1'), service(3, 'q-3')];
    kept['container-facts-service-a'] = [service(2, 'q-2')];
    expect(told(await find())).toEqual([
      'records-service q-1',
      'facts-service q-2',
      'records-service q-3',
    ]);
    expect(Object.keys(windows)).toHaveLength(16);
  });

  it('are of a component by the name people use, in both slots and of what is stopped', async () => {
    const [a] = [...engine.containers.values()].filter((one) => one.service === 'facts-service-a');
    const b = {
      id: 'old',
      service: 'facts-service-b',
      slot: 'b',
      name: 'factsway-facts-service-b-1',
    };
    engine.containers.set('old', { ...a!, ...b, state: 'exited' });
    kept['old'] = [service(1, 'before')];
    kept[a!.id] = [service(2, 'after')];
    const lines = await find({ component: 'facts-service' });
    expect(lines.map(({ slot, requestId }) => [slot, requestId])).toEqual([
      ['b', 'before'],
      ['a', 'after'],
    ]);
    expect(told(await find({ component: 'facts-service-b' }))).toEqual(['facts-service before']);
  });

  it('follow one request through two services and the proxy, which is last', async () => {
    const proxy = {
      level: 'info',
      ts: 1,
      msg: 'handled request',
      request: { method: 'POST', uri: '/api/exports' },
      user_id: 'q-1',
      status: 201,
      duration: 0.0123,
    };
    kept['container-edge'] = [{ at: at(5, 100), text: JSON.stringify(proxy) }];
    kept['container-export-service-a'] = [
      { ...service(5, 'q-1'), at: at(5, 900) },
      service(6, 'q-2'),
    ];
    kept['container-records-service-a'] = [{ ...service(5, 'q-1'), at: at(5, 300) }];
    const lines = await find({ requestId: 'q-1' });
    expect(lines.map(({ component }) => component)).toEqual([
      'records-service',
      'export-service',
      'edge',
    ]);
    expect(lines.at(-1)?.fields).toEqual({
      method: 'POST',
      endpoint: '/api/exports',
      status: '201',
      duration: '12 ms',
    });
  });

  it('of a level and above are looked for in all lines, and the last of those are shown', async () => {
    kept['container-edge'] = [
      service(1, 'first', 'error'),
      service(2, 'second', 'fatal'),
      service(3, 'third', 'error'),
      ...Array.from({ length: 20 }, (_, index) => service(4 + index, 'noise')),
    ];
    expect(told(await find({ level: 'error', tail: 2 }))).toEqual(['edge second', 'edge third']);
    expect(windows['container-edge']).toEqual({ follow: false });
  });

  it('without a filter are asked for no more than are shown', async () => {
    kept['container-edge'] = [service(1, 'a'), service(3, 'c')];
    kept['container-postgres'] = [service(2, 'b')];
    expect(told(await find({ tail: 2 }))).toEqual(['postgres b', 'edge c']);
    expect(windows['container-edge']).toEqual({ tail: 2, follow: false });
  });

  it('take times in the zone of the server', async () => {
    ports.files.put(
      `${DIRECTORY}/factsway.yaml`,
      'images: { source: debian }\nhost: { timeZone: Europe/Berlin }\n',
    );
    await find({ component: 'edge', since: '2026-07-01T10:00', until: '2026-07-01T12:00:00Z' });
    expect(windows['container-edge']).toMatchObject({
      since: '2026-07-01T08:00:00.000000000Z',
      until: '2026-07-01T12:00:00.000000000Z',
    });
  });

  it('refuse an end before the beginning', async () => {
    const error = await rejectionOf(find({ since: '1h', until: '2h' }));
    expect([error.code, error.hint]).toEqual([
      'FW-USAGE',
      'Example: factsway-install logs --since 2h --until 1h',
    ]);
  });

  it('help with a name nobody has', async () => {
    const error = await rejectionOf(find({ component: 'fact' }));
    expect(error.code).toBe('FW-SERVICE-UNKNOWN');
    expect(error.hint).toContain('Did you mean "facts-service"?');
  });

  it('of a container whose log nobody can read hide no others', async () => {
    kept['container-edge'] = [service(1, 'q-1')];
    const { docker } = ports;
    const read = docker.keptLines.bind(docker);
    docker.keptLines = async (id, window) => {
      if (id === 'container-postgres')
        throw new FactswayError('FW-DOCKER-COMMAND', 'no driver', '');
      return read(id, window);
    };
    expect(told(await find())).toEqual(['edge q-1']);
    expect(ports.reporter.events).toEqual([
      'warning: The log of factsway-postgres-1 cannot be read: no driver',
    ]);
  });

  it('are followed from where they were read to, also those of a container made meanwhile', async () => {
    const stop = new AbortController();
    ports = { ...ports, signal: stop.signal };
    kept['container-edge'] = [service(1, 'kept')];
    const [edge] = [...engine.containers.values()].filter(({ service: name }) => name === 'edge');
    const live: Record<string, KeptLine[]> = { 'container-edge': [service(2, 'live')] };
    const { docker } = ports;
    const read = docker.keptLines.bind(docker);
    docker.keptLines = async (id, window) => {
      if (!window.follow) return read(id, window);
      windows[id] = window;
      return iterate((live[id] ?? []).splice(0));
    };
    let naps = 0;
    ports.clock.onSleep = () => {
      naps++;
      if (naps === 4) {
        engine.containers.set('new', { ...edge!, id: 'new', name: 'factsway-edge-2' });
        live['new'] = [service(3, 'new')];
      }
      if (naps === 40) stop.abort();
    };
    expect(told(await find({ component: 'edge', follow: true }))).toEqual([
      'edge kept',
      'edge live',
      'edge new',
    ]);
    expect(windows['container-edge']?.since).toBe('2026-01-01T00:00:02.000000001Z');
  });
});

describe('logs from the collector', () => {
  const found = {
    time: at(1),
    component: 'facts-service',
    container: 'factsway-facts-service-a-1',
    level: 'error',
    line: service(1, 'q-1', 'error').text,
    at: 'application/1:0',
  };
  let asked: (readonly string[])[];
  let answer: { lines: readonly string[]; exitCode: number };
  beforeEach(() => {
    asked = [];
    answer = { lines: [JSON.stringify(found)], exitCode: 0 };
    const [like] = [...engine.containers.values()];
    engine.containers.set('collector', { ...like!, id: 'collector', service: 'log-collector' });
    ports.docker.execLines = async (_id, argv) => {
      asked.push(argv);
      const { lines, exitCode } = answer;
      return {
        lines: iterate(lines),
        ended: async () => ({ exitCode, stdout: '', stderr: '' }),
      };
    };
    kept['container-edge'] = [service(9, 'from docker', 'error')];
  });

  it('are asked for by its own program', async () => {
    const lines = await find({
      component: 'facts-service',
      level: 'warn',
      requestId: 'q-1',
      tail: 7,
      since: '2026-01-01',
    });
    expect(told(lines)).toEqual(['facts-service q-1']);
    expect(asked[0]?.join(' ')).toBe(
      'factsway-logs search --component facts-service --level warn --since 2026-01-01T00:00:00.000000000Z --request-id q-1 --tail 7',
    );
  });

  it('are none where it found none, and nobody else is asked', async () => {
    answer = { lines: [], exitCode: 0 };
    expect(await find()).toEqual([]);
    expect(ports.reporter.events).toEqual([]);
  });

  it.each([
    ['does not answer', () => (answer = { lines: [], exitCode: 1 })],
    [
      'does not run',
      () => {
        engine.change('collector', { state: 'exited' });
      },
    ],
  ])('are those of Docker where it %s, and one note says so', async (words, happen) => {
    happen();
    expect(told(await find())).toEqual(['edge from docker']);
    expect(ports.reporter.events).toEqual([expect.stringContaining(`log collector ${words}`)]);
  });
});
