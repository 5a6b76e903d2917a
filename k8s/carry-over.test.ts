import { describe, expect, it } from 'vitest';
import { catalogWith } from '../test/fakes/builders.ts';
import type { Workload } from '../installer/src/model/workload.ts';
import { carryOver } from './carry-over.ts';

const workloads = catalogWith().workloads.filter(({ component }) => component !== 'node-exporter');
const of = (component: string, override: string): Workload => {
  const workload = workloads.find((one) => one.component === component);
  if (!workload) throw new Error(component);
  return carryOver(override, workloads).change(workload);
};
const service = (name: string, lines: string): string =>
  `services:\n  ${name}:\n${lines.replaceAll(/^/gm, '    ')}\n`;
const lostOf = (override: string): string[] =>
  carryOver(override, workloads).lost.map(({ what, because }) => `${what}: ${because}`);

describe('what an override changes', () => {
  it('is nothing where there is none, or an empty one', () => {
    for (const text of [undefined, 'services: {}\n', '', '# nothing\n']) {
      const { carried, lost, change } = carryOver(text, workloads);
      expect([carried, lost]).toEqual([[], []]);
      expect(workloads.map(change)).toEqual(workloads);
    }
  });

  it.each([
    ['image: mirror.example/p:1', { image: 'mirror.example/p:1' }],
    ['command: [a, b]', { command: ['a', 'b'] }],
    ['entrypoint: [x]', { entrypoint: ['x'] }],
    ['mem_limit: 1g', { memory: { value: 1024 ** 3, because: 'compose.override.yaml' } }],
    ['mem_limit: 1048576', { memory: { value: 1048576, because: 'compose.override.yaml' } }],
    ['cpus: 1.5', { cpus: { value: 1.5, because: 'compose.override.yaml' } }],
    [
      'deploy: { resources: { limits: { memory: 512m, cpus: "2" } } }',
      {
        memory: { value: 512 * 1024 ** 2, because: 'compose.override.yaml' },
        cpus: { value: 2, because: 'compose.override.yaml' },
      },
    ],
    ['shm_size: 64m', { shmBytes: 64 * 1024 ** 2 }],
    ['stop_grace_period: 1m30s', { stopGraceSeconds: 90 }],
  ])('%s is carried over', (line, expected) => {
    const override = service('prometheus', line);
    expect(of('prometheus', override)).toMatchObject(expected);
    expect(lostOf(override)).toEqual([]);
  });

  it('adds to the environment, in both notations, and keeps what is there', () => {
    for (const text of ['environment: { TZ: UTC, A: "1" }', 'environment: ["TZ=UTC", "A=1"]'])
      expect(of('postgres', service('postgres', text)).environment).toMatchObject({
        TZ: 'UTC',
        A: '1',
        POSTGRES_USER: 'postgres',
      });
  });

  it('keeps the shell of a health check that has one', () => {
    const shell = ['/bin/sh', '-c', 'a && b'];
    expect(
      of('edge', service('edge', 'healthcheck: { test: [CMD-SHELL, a && b] }')).health?.argv,
    ).toEqual(shell);
    expect(
      of('edge', service('edge', 'healthcheck: { test: a && b, interval: 1m }')).health,
    ).toMatchObject({
      argv: shell,
      intervalSeconds: 60,
      retries: 3,
    });
  });

  it('is of a service in whichever slot', () => {
    const text = service('facts-service-b', 'cpus: 3');
    expect(of('facts-service', text).cpus.value).toBe(3);
    expect(of('records-service', text).cpus.value).not.toBe(3);
  });
});

describe('what is not carried over', () => {
  it.each([
    ['ports: ["1:1"]', 'services.edge.ports: what a cluster opens'],
    ['volumes: ["./a:/a"]', 'services.edge.volumes: a directory of this host'],
    ['command: a b', 'services.edge.command: a command has to be a list'],
    ['environment: { A: "${B}" }', 'services.edge.environment: it holds a variable'],
    ['environment: { A: null }', 'services.edge.environment: a variable without a value'],
    ['environment: [A]', 'services.edge.environment: a variable without a value'],
    ['environment: { API_TOKEN: abc123def456 }', 'API_TOKEN looks like a secret'],
    ['environment: { U: "http://me:word@x/" }', 'U looks like a secret'],
    ['labels: { a: b }', 'services.edge.labels: Kubernetes has it elsewhere'],
    ['healthcheck: { disable: true }', 'services.edge.healthcheck: disable has no counterpart'],
    ['deploy: { replicas: 2 }', 'services.edge.deploy: of deploy only'],
    ['pids_limit: 5', 'services.edge.pids_limit: a limit of processes'],
    ['mem_limit: lots', 'services.edge.mem_limit: it is no size'],
    ['restart: "no"', 'services.edge.restart: a pod is always made again'],
  ])('%s is named, and changes nothing', (line, expected) => {
    const text = service('edge', line);
    expect(lostOf(text)).toEqual([expect.stringContaining(expected)]);
    expect(of('edge', text)).toEqual(workloads.find(({ component }) => component === 'edge'));
  });

  it('is a service of your own, one that no cluster has, and whatever is not a service', () => {
    expect(
      lostOf('services: { mine: { image: x }, node-exporter: { cpus: 1 } }\nvolumes: { v: {} }'),
    ).toEqual([
      'volumes: only services are carried over',
      'services.mine: it is a service of your own',
      expect.stringContaining('services.node-exporter: '),
    ]);
  });

  it('is all of a file with the tags of Compose', () => {
    expect(lostOf(service('edge', 'ports: !reset []'))).toEqual([
      'the whole file: it is more than plain YAML',
    ]);
  });
});
