import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../../test/fakes/builders.ts';
import type { Workload } from '../model/workload.ts';

/** Rules of spec 02 "Hardening"; a breach needs a written exception of the same name. */
const EVERY = ['debian', 'upstream'].flatMap((source) =>
  catalogWith({ images: { source } }, ['a', 'b']).workloads.map(
    (workload) => [`${workload.id} (${source})`, workload] as const,
  ),
);
const excused = ({ exceptions }: Workload, rule: string): boolean =>
  exceptions.some((exception) => exception.rule === rule && exception.reason.length > 30);

it('every workload of every source is looked at', () => {
  expect(EVERY.length).toBe(25 + 26);
});

describe.each(EVERY)('%s', (_id, workload) => {
  it('runs as a numeric user who is not root, or says why', () => {
    expect(workload.user).toMatch(/^\d+:\d+$/);
    if (workload.user.startsWith('0:')) expect(excused(workload, 'non-root user')).toBe(true);
  });

  it('cannot write to its own file system and holds no capability', () => {
    expect(workload.readOnly).toBe(true);
    expect(workload.capabilities).toEqual([]);
  });

  it('has limits of memory, CPU and processes', () => {
    expect(workload.memory.value).toBeGreaterThan(0);
    expect(workload.cpus.value).toBeGreaterThan(0);
    expect(workload.pids).toBeGreaterThan(0);
    expect(workload.pids).toBeLessThanOrEqual(512);
  });

  it('can be asked how it is, unless it ends by itself', () => {
    expect(workload.health === undefined).toBe(workload.kind === 'one-shot');
    if (workload.health)
      expect(workload.health.timeoutSeconds).toBeLessThan(workload.health.intervalSeconds);
  });

  it('sees no Docker socket, and of the host nothing it has no reason for', () => {
    const mounts = workload.hostMounts.map(({ host }) => host);
    expect(mounts.join()).not.toContain('docker.sock');
    if (mounts.length > 0) expect(excused(workload, 'no sensitive host directories')).toBe(true);
  });

  it('is of an image with a version', () => {
    expect(workload.image).toMatch(/(:[^/]*\d[^/]*|@sha256:[a-f0-9]{64})$/);
    expect(workload.image).not.toMatch(/:latest$/);
  });

  it('is given time to end', () => {
    expect(workload.stopGraceSeconds).toBeGreaterThanOrEqual(10);
  });
});

it('exceptions are few: each is an invitation to look twice', () => {
  const exceptions = new Set(
    EVERY.flatMap(([, { component, exceptions: list }]) =>
      list.map(({ rule }) => `${component}: ${rule}`),
    ),
  );
  expect([...exceptions].sort()).toEqual([
    'edge: non-root user',
    'node-exporter: no sensitive host directories',
  ]);
});
