import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const HERE = new URL('./', import.meta.url);
const sources = readdirSync(HERE).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
);
const importsOf = (name: string): string[] =>
  [...readFileSync(new URL(name, HERE), 'utf8').matchAll(/ from '([^']+)'/g)].map(
    ([, from = '']) => from,
  );

/** Everything a file stands on, itself included. */
function below(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const from of importsOf(name)) if (from.startsWith('./')) below(from.slice(2), found);
  return found;
}

it('the proof stands on nothing of the renderers, and touches nothing outside itself', () => {
  expect(sources.length).toBeGreaterThan(12);
  for (const name of sources)
    for (const from of importsOf(name)) expect(from, name).toMatch(/^\.\/[a-z-]+\.ts$|^yaml$/);
});

it('the two extractors share the facts, and the evaluator of who reaches whom', () => {
  const kubernetes = below('from-kubernetes.ts');
  const shared = [...below('from-compose.ts')].filter((name) => kubernetes.has(name));
  expect(shared.sort()).toEqual(['facts.ts', 'reachability.ts']);
});
