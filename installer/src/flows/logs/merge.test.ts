import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { before, lastOf, merged, proxyLast } from './merge.ts';

type Line = { readonly time: string; readonly component: string; readonly container: string };

async function* iterate<T>(values: readonly T[], ended?: () => void): AsyncGenerator<T> {
  try {
    yield* values;
  } finally {
    ended?.();
  }
}
async function all<T>(lines: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const line of lines) found.push(line);
  return found;
}
const line = (nanos: number, component: string): Line => ({
  time: `2026-01-01T00:00:00.${String(nanos).padStart(9, '0')}Z`,
  component,
  container: component,
});

describe('merging', () => {
  it('has every line once, in order, and leaves the order within a container', async () => {
    const names = ['edge', 'records-service', 'facts-service'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(5_000_000), { maxLength: 20 }), { minLength: 3, maxLength: 3 }),
        async (times) => {
          const sources = times.map((nanos, index) =>
            nanos.toSorted((a, b) => a - b).map((nano) => line(nano, names[index]!)),
          );
          const found = await all(merged(sources.map((source) => iterate(source))));
          expect(found).toHaveLength(sources.flat().length);
          for (const [index, next] of found.slice(1).entries())
            expect(before(found[index]!, next)).toBeLessThanOrEqual(0);
          for (const [index, name] of names.entries())
            expect(found.filter(({ component }) => component === name)).toEqual(sources[index]);
        },
      ),
    );
  });

  it('reads no more than one line ahead, and ends every source when nobody wants more', async () => {
    let ended = 0;
    const endless = async function* (name: string): AsyncGenerator<Line> {
      try {
        for (let nano = 0; ; nano++) yield line(nano, name);
      } finally {
        ended++;
      }
    };
    for await (const { time } of merged([endless('a'), endless('b')]))
      if (time.endsWith('9Z')) break;
    expect(ended).toBe(2);
  });

  it('puts the proxy behind those who worked on the request, and not behind the next attempt', async () => {
    const ms = 1_000_000;
    const written = [
      line(0, 'records-service'),
      line(1 * ms, 'edge'),
      line(3 * ms, 'facts-service'),
      line(200 * ms, 'records-service'),
      line(201 * ms, 'edge'),
    ];
    expect((await all(proxyLast(iterate(written)))).map(({ component }) => component)).toEqual([
      ...['records-service', 'facts-service', 'edge'],
      ...['records-service', 'edge'],
    ]);
  });

  it('keeps the last lines and no others', async () => {
    expect(await lastOf(iterate([1, 2, 3, 4, 5]), 3)).toEqual([3, 4, 5]);
    expect(await lastOf(iterate([1, 2]), 3)).toEqual([1, 2]);
    expect(await lastOf(iterate([1, 2]), 0)).toEqual([]);
  });
});
