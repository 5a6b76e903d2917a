import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { GiB, MiB } from '../model/units.ts';
import type { Workload } from '../model/workload.ts';
import { deriveSizing, MINIMUM_MEMORY, type Sizing } from './sizing.ts';

/** The eight services with the weights of the catalogue: seven ordinary ones and the export. */
const size = (memoryBytes: number, cores = 2): Sizing =>
  deriveSizing({ memoryBytes, cores, serviceWeight: 9, serviceCount: 8 });

const memory = fc.integer({ min: MINIMUM_MEMORY / MiB, max: 1024 * 1024 }).map((n) => n * MiB);
const cores = fc.integer({ min: 1, max: 512 });

describe('the smallest server', () => {
  it('one byte below is refused with what would be enough', () => {
    const error = errorOf(() => size(6 * GiB - 1));
    expect(error.code).toBe('FW-SIZING-TOO-SMALL');
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain('at least 6GiB');
    expect(error.hint).toContain('--set host.memory=6GiB');
  });

  it('holds one slot and says what an upgrade will cost', () => {
    const { twoSlots } = size(6 * GiB);
    expect(twoSlots.value).toBe(false);
    expect(twoSlots.because).toContain('one slot only');
  });

  it('a catalogue for it warns about the upgrade', () => {
    expect(catalogWith({ host: { memory: '6GiB' } }).warnings.join()).toContain('one slot only');
    expect(catalogWith({ host: { memory: '8GiB' } }).warnings.join()).not.toContain('one slot');
  });
});

describe('on any server', () => {
  it('every limit of both slots and of everything else fits into its memory', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4 * 6, max: 4 * 96 }), cores, (quarters, count) => {
        const settings = { host: { memory: `${quarters / 4}GiB`, cores: count } };
        const { context } = catalogWith(settings);
        const slots = context.sizing.twoSlots.value ? (['a', 'b'] as const) : (['a'] as const);
        const { workloads } = catalogWith(settings, slots);
        const sum = workloads.reduce((total, workload) => total + workload.memory.value, 0);
        expect(sum).toBeLessThanOrEqual((quarters / 4) * GiB);
      }),
      { numRuns: 40 },
    );
  });

  it('the pools of both slots and everybody else fit into max_connections', () => {
    fc.assert(
      fc.property(memory, cores, (bytes, count) => {
        const { poolPerService, postgres } = size(bytes, count);
        const others = 2 + 3 + 3 + 5 + postgres.superuserReserved.value;
        expect(8 * poolPerService.value * 2 + others).toBeLessThanOrEqual(
          postgres.maxConnections.value,
        );
        expect(poolPerService.value).toBeGreaterThanOrEqual(4);
        expect(poolPerService.value).toBeLessThanOrEqual(16);
      }),
    );
  });

  it('PostgreSQL plans with no more memory than it has', () => {
    fc.assert(
      fc.property(memory, cores, (bytes, count) => {
        const { postgres: p } = size(bytes, count);
        const inUse =
          p.sharedBuffersMb.value * MiB + p.workKb.value * 1024 * p.maxConnections.value;
        const floor = 4096 * 1024 * p.maxConnections.value;
        expect(p.workKb.value).toBeGreaterThanOrEqual(4096);
        expect(inUse).toBeLessThanOrEqual(p.memory.value / 4 + Math.max(floor, p.memory.value / 4));
        expect(p.effectiveCacheMb.value * MiB).toBeLessThan(p.memory.value);
        expect(p.maintenanceWorkMb.value).toBeLessThanOrEqual(1024);
      }),
    );
  });

  it('more memory never takes anything from PostgreSQL or a service, nor the second slot', () => {
    fc.assert(
      fc.property(memory, memory, cores, (one, other, count) => {
        const [less, more] = [size(Math.min(one, other), count), size(Math.max(one, other), count)];
        expect(more.postgres.memory.value).toBeGreaterThanOrEqual(less.postgres.memory.value);
        expect(more.postgres.sharedBuffersMb.value).toBeGreaterThanOrEqual(
          less.postgres.sharedBuffersMb.value,
        );
        expect(more.postgres.workKb.value).toBeGreaterThanOrEqual(less.postgres.workKb.value);
        expect(Number(more.twoSlots.value)).toBeGreaterThanOrEqual(Number(less.twoSlots.value));
        expect(more.serviceUnit.value).toBeGreaterThanOrEqual(less.serviceUnit.value);
      }),
    );
  });

  it('more cores never take anything from anybody', () => {
    fc.assert(
      fc.property(memory, cores, cores, (bytes, one, other) => {
        const [less, more] = [size(bytes, Math.min(one, other)), size(bytes, Math.max(one, other))];
        expect(more.poolPerService.value).toBeGreaterThanOrEqual(less.poolPerService.value);
        expect(more.serviceCpus.value).toBeGreaterThanOrEqual(less.serviceCpus.value);
        expect(more.postgres.maxConnections.value).toBeGreaterThanOrEqual(
          less.postgres.maxConnections.value,
        );
      }),
    );
  });

  it('a second slot is promised only where each of its services gets 160 MiB, and one slot gets no more', () => {
    fc.assert(
      fc.property(memory, cores, (bytes, count) => {
        const { twoSlots, serviceUnit } = size(bytes, count);
        if (twoSlots.value) expect(serviceUnit.value).toBeGreaterThanOrEqual(160 * MiB);
        else expect(serviceUnit.value).toBeLessThanOrEqual(160 * MiB);
        expect(serviceUnit.value).toBeLessThanOrEqual(GiB);
        expect(serviceUnit.value % MiB).toBe(0);
      }),
    );
  });

  it('every derived number has its reason', () => {
    const reasons = (value: object): string[] =>
      Object.values(value).flatMap((entry: object) =>
        'because' in entry ? [String(entry.because)] : reasons(entry),
      );
    const all = reasons(size(8 * GiB));
    expect(all.length).toBeGreaterThan(15);
    for (const reason of all) expect(reason).toMatch(/\w+ \w+/);
  });
});

describe('known servers', () => {
  const shown = ({ twoSlots, poolPerService, serviceUnit, postgres }: Sizing) => ({
    slots: twoSlots.value ? 2 : 1,
    pool: poolPerService.value,
    service: serviceUnit.value / MiB,
    postgres: postgres.memory.value / MiB,
    connections: postgres.maxConnections.value,
    shared: postgres.sharedBuffersMb.value,
  });

  it.each([
    [8, 2, { slots: 2, pool: 4, service: 198, postgres: 2457, connections: 80, shared: 614 }],
    [16, 4, { slots: 2, pool: 8, service: 471, postgres: 4915, connections: 150, shared: 1228 }],
    [
      64,
      16,
      { slots: 2, pool: 16, service: 1024, postgres: 19660, connections: 280, shared: 4915 },
    ],
  ])('%i GiB and %i cores', (gibibytes, count, expected) => {
    expect(shown(size(gibibytes * GiB, count))).toEqual(expected);
  });

  it('an export gets twice the memory of the others, and Node three quarters of it', () => {
    const { workloads } = catalogWith({ host: { memory: '16GiB', cores: 4 } });
    const find = (component: string): Workload =>
      workloads.find((workload) => workload.component === component)!;
    expect(find('export-service').memory.value).toBe(2 * find('facts-service').memory.value);
    expect(find('facts-service').environment['NODE_OPTIONS']).toEqual({
      value: '--max-old-space-size=353',
      because: 'three quarters of the memory limit, in MiB',
    });
  });
});
