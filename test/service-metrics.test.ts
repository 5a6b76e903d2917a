import { expect, it } from 'vitest';
import { EXPECTED } from '../monitoring/missing-series.ts';
import { createMetrics } from '../services/shared-utils/src/metrics.ts';

/** Where the catalogue and a running service first meet would otherwise be a scenario. */
const metrics = createMetrics('records-service', '1.0.0');
metrics.trackPool({ totalCount: 0, idleCount: 0, waitingCount: 0 }, 10);
const registered = metrics.registry.getMetricsAsArray();
/** What services add themselves. */
const OF_ONE = EXPECTED.filter(({ only }) => only !== undefined).map(({ name }) => name);

it('a service shows every metric that rules and panels are made of', () => {
  const shown = new Set(registered.map(({ name }) => name));
  const lacking = EXPECTED.filter(({ name }) => !shown.has(name) && !OF_ONE.includes(name));
  expect(lacking.map(({ name }) => name)).toEqual([]);
});

it('the catalogue knows every metric of its own kind that a service shows, with its labels', () => {
  const known = new Map(EXPECTED.map((metric) => [metric.name, metric]));
  const own = registered.filter(({ name }) => /^(?:factsway|http|database)_/.test(name));
  expect(own.length).toBeGreaterThan(5);
  for (const metric of own) {
    const found = known.get(metric.name);
    expect(found?.name, `${metric.name} is in monitoring/metrics/services.ts`).toBe(metric.name);
    const labels = 'labelNames' in metric ? (metric.labelNames as string[]) : [];
    expect(
      labels.filter((label) => label !== 'service').sort(),
      `labels of ${metric.name}`,
    ).toEqual([...(found?.labels ?? [])].sort());
  }
});
