import { COMPONENT_METRICS } from './metrics/components.ts';
import { SERVICE_METRICS } from './metrics/services.ts';
import type { Metric } from './model.ts';
import { SERVICE_JOBS } from './selectors.ts';

/** What a service shows as such, and as a process. */
export const EXPECTED: readonly Metric[] = [
  ...SERVICE_METRICS,
  ...COMPONENT_METRICS.filter(
    ({ name, source }) => source === 'every target' && name.startsWith('process_'),
  ),
];

/**
 * PromQL that answers with `{service, metric}` for each series a scraped service ought to have and has not
 * (invariant 3 of spec 01). A term for each metric, so that the answer can say which one is missing.
 */
export function missingSeries(services: readonly string[]): string {
  return EXPECTED.filter(
    ({ always, only }) => always !== false && (only === undefined || services.includes(only)),
  )
    .map(missing)
    .join(' or ');
}

function missing({ name, type, only }: Metric): string {
  const job = only === undefined ? SERVICE_JOBS : `job="${only}"`;
  const series = type === 'histogram' ? `${name}_count` : name;
  return `label_replace((max by (service) (up{${job}}) == 1) unless on (service) ${series}, "metric", "${name}", "", "")`;
}
