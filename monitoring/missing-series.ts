import { COMPONENT_METRICS } from './metrics/components.ts';
import { MIRROR_METRICS } from './metrics/mirror.ts';
import { SERVICE_METRICS } from './metrics/services.ts';
import type { Metric, MonitoringContext } from './model.ts';
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
 * (invariant 3 of spec 01); where there is a mirror of desktop updates, it is asked for its own as well. A term for each
 * metric, so that the answer can say which one is missing.
 */
export function missingSeries({
  services,
  mirror,
}: Pick<MonitoringContext, 'services' | 'mirror'>): string {
  const ofServices = EXPECTED.filter(
    ({ only }) => only === undefined || services.includes(only),
  ).map((metric) => ({
    metric,
    job: metric.only === undefined ? SERVICE_JOBS : `job="${metric.only}"`,
  }));
  const ofMirror = MIRROR_METRICS.map((metric) => ({ metric, job: `job="${metric.source}"` }));
  return [...ofServices, ...(mirror ? ofMirror : [])]
    .filter(({ metric }) => metric.always !== false)
    .map(({ metric, job }) => missing(metric, job))
    .join(' or ');
}

function missing({ name, type }: Metric, job: string): string {
  const series = type === 'histogram' ? `${name}_count` : name;
  return `label_replace((max by (service) (up{${job}}) == 1) unless on (service) ${series}, "metric", "${name}", "", "")`;
}
