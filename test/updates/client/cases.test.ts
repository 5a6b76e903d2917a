import { describe, expect, it } from 'vitest';
import { runCase } from './case.ts';
import { CLIENT_CASES } from './cases.ts';
import { startMemoryServer, type Defect } from './memory-server.ts';

const runnable = CLIENT_CASES.filter(({ needs }) => needs === undefined);

async function failing(cases: typeof runnable, defect?: Defect): Promise<string[]> {
  const server = await startMemoryServer(defect);
  const failed: string[] = [];
  try {
    for (const one of cases) {
      const isGood = await runCase(one, server).then(
        () => true,
        () => false,
      );
      if (!isGood) failed.push(one.name);
    }
  } finally {
    await server.close();
  }
  return failed;
}

describe.concurrent('the client cases', () => {
  it('pass against a server by the book', async ({ expect }) => {
    expect(runnable.length).toBeGreaterThan(15);
    expect(await failing(runnable)).toEqual([]);
  });

  it.each<[Defect, RegExp]>([
    ['stale manifest', /written last/],
    ['ignores ranges', /only what differs/],
    ['ignores if-range', /would let it resume/],
    ['403 for a missing file', /no manifest/],
    ['error is no json', /asked too often/],
    ['one retry-after for all', /wait longer for installers/],
    ['sees the query', /finds a new version/],
    ['cuts files short', /digest checked/],
  ])('notice a server that has this defect: %s', async (defect, pattern) => {
    const one = runnable.filter(({ name }) => pattern.test(name));
    expect(one).toHaveLength(1);
    expect(await failing(one, defect)).toEqual(one.map(({ name }) => name));
  });
});
