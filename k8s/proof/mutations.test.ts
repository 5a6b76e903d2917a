import { expect, it } from 'vitest';
import { mutations } from '../../test/fakes/mutate.ts';
import { COMPOSE, DIRECTORY, FILES, MANIFESTS } from '../../test/fakes/small-platform.ts';
import { compare } from './compare.ts';
import { factsFromCompose } from './from-compose.ts';
import { factsFromKubernetes } from './from-kubernetes.ts';
import { reportText } from './report.ts';

const compose = factsFromCompose(COMPOSE, FILES, DIRECTORY);
const kubernetes = factsFromKubernetes(MANIFESTS);

it('a small platform is the same on both sides', () => {
  const rows = compare(compose, kubernetes);
  expect(
    rows.filter(({ relation }) => relation === 'DIFFERENT'),
    reportText(rows),
  ).toEqual([]);
});

it.each(['compose', 'kubernetes'] as const)('every change of a fact of %s is noticed', (side) => {
  const missed: string[] = [];
  let count = 0;
  for (const { what, facts } of mutations({ compose, kubernetes }[side])) {
    count += 1;
    const [here, there] = side === 'compose' ? [facts, kubernetes] : [compose, facts];
    if (!compare(here, there).some(({ relation }) => relation === 'DIFFERENT')) missed.push(what);
  }
  expect(missed).toEqual([]);
  expect(count).toBeGreaterThan(200);
});
