import { expect, it } from 'vitest';
import { MIRROR_METRICS } from '../monitoring/metrics/mirror.ts';
import { createMetrics } from '../updates/src/metrics.ts';

it('the mirror shows what the catalogue knows of it, with its labels, and nothing else of its own', () => {
  const own = createMetrics('/nowhere')
    .registry.getMetricsAsArray()
    .filter(({ name }) => name.startsWith('factsway_'))
    .map((metric) => [metric.name, 'labelNames' in metric ? metric.labelNames : []]);
  const known = MIRROR_METRICS.map(({ name, labels }) => [name, labels]);
  expect(own.toSorted()).toEqual(known.toSorted());
});
