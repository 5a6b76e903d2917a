import { describe, expect, it } from 'vitest';
import { containerOf, desiredWith } from '../../../../test/fakes/builders.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { analyseContainers, analyseExposure } from './containers.ts';

const desired = desiredWith();
const { workloads } = desired.catalog;
const RUNNING = workloads.map((workload) => containerOf(workload, desired));
const withOne = (service: string, change: Partial<ObservedContainer>): ObservedContainer[] =>
  RUNNING.map((container) =>
    container.service === service ? { ...container, ...change } : container,
  );

describe('containers', () => {
  it('that are all there, healthy or ended well, pass', () => {
    expect(analyseContainers(workloads, RUNNING)).toMatchObject({
      status: 'pass',
      found: '16 containers are up and healthy',
      remedy: '',
    });
  });

  it.each([
    ['edge', { state: 'exited' }, 'edge is exited'],
    ['edge', { health: 'unhealthy' }, 'edge is unhealthy'],
    ['edge', { health: 'starting' }, 'edge is starting'],
    ['edge', { health: 'none' }, 'edge is none'],
    ['migrations-a', { exitCode: 1 }, 'migrations-a is exited, exit code 1'],
    ['migrations-a', { state: 'running' }, 'migrations-a is running, exit code 0'],
    ['migrations-a', { state: 'created' }, 'migrations-a is created, exit code 0'],
  ] as const)('%s with %o', (service, change, finding) => {
    expect(analyseContainers(workloads, withOne(service, change))).toMatchObject({
      status: 'fail',
      details: [finding],
    });
  });

  it('that are missing are named', () => {
    const result = analyseContainers(workloads, RUNNING.slice(1));
    expect(result.details).toEqual(['postgres does not exist']);
    expect(result.found).toBe('1 of 16 containers are not as they should be');
    expect(result.remedy).toContain('factsway-install up');
  });
});

describe('published ports', () => {
  it('that are declared pass', () => {
    expect(analyseExposure(workloads, RUNNING).found).toBe(
      '4 ports are published, all of them declared',
    );
  });

  it.each([
    ['postgres', '0.0.0.0', 5432],
    ['prometheus', '0.0.0.0', 9090],
    ['edge', '0.0.0.0', 2019],
  ])('%s on %s:%i is not', (service, bind, port) => {
    const result = analyseExposure(workloads, withOne(service, { ports: [{ bind, port }] }));
    expect(result.status).toBe('fail');
    expect(result.details).toEqual([`${service} ${bind}:${port}`]);
    expect(result.remedy).toContain('compose.override.yaml');
  });
});
