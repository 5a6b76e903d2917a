import { describe, expect, it } from 'vitest';
import { desiredWith, observedRunning } from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { GiB } from '../model/units.ts';
import { planUp } from './plan-up.ts';

const images = { source: 'debian' } as const;
const running = {
  ...observedRunning(desiredWith()),
  server: { memoryBytes: 23.5 * GiB, cores: 4 },
};
const up = (host: Parameters<typeof desiredWith>[0] & object, skipChecks: string[] = []) =>
  planUp(desiredWith({ images, ...host }), running, {
    title: 'Up',
    overwrite: false,
    renderOnly: false,
    skipChecks,
  });
const refusal = (host: Parameters<typeof up>[0], skip?: string[]) => errorOf(() => up(host, skip));

describe('up refuses what install refuses', () => {
  it('more memory than there is', () => {
    const error = refusal({ host: { memory: '64GiB' } });
    expect([error.code, error.exitCode]).toEqual(['FW-MEMORY-TOO-SMALL', 3]);
    expect(error.message).toMatch(/^This server has 23\.5 GiB, but host\.memory is 64GiB: /);
    expect(error.hint).toContain('--set host.memory=24064MiB');
  });

  it('more cores than there are', () => {
    const error = refusal({ host: { cores: 64 } });
    expect([error.code, error.exitCode]).toEqual(['FW-CORES-TOO-FEW', 3]);
    expect(error.hint).toContain('--set host.cores=4');
  });

  it('both at once, unless one is skipped by its name', () => {
    const host = { host: { memory: '64GiB', cores: 64 } };
    expect(refusal(host).all.map(({ code }) => code)).toEqual([
      'FW-MEMORY-TOO-SMALL',
      'FW-CORES-TOO-FEW',
    ]);
    expect(refusal(host, ['memory']).code).toBe('FW-CORES-TOO-FEW');
    expect(up(host, ['memory', 'cores']).plan.steps).not.toEqual([]);
  });
});

it('a server that lost memory is not kept from what makes no container', () => {
  const small = { ...running, server: { memoryBytes: GiB, cores: 1 } };
  const options = { title: 'Up', overwrite: false, renderOnly: false };
  expect(planUp(desiredWith(), small, options).plan.steps).toEqual([]);
});
