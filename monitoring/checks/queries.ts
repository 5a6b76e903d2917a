import type { Metric } from '../model.ts';
import { parsePromql, PromqlError, type Grouping, type Query, type Selector } from '../promql.ts';

/** What every target has; services have their slot too. Recorded series have only what their rule leaves them. */
const OF_TARGETS = ['job', 'instance', 'service'];
const HISTOGRAM_SUFFIXES = /_(bucket|sum|count)$/;

/**
 * What is wrong with a query, in sentences: no PromQL, a metric that nobody exposes, a label it does not have. Empty
 * when nothing is. Spec 03: a rule or panel whose metric nobody exposes is an orphan.
 */
export function problemsOfQuery(expression: string, metrics: readonly Metric[]): string[] {
  let query: Query;
  try {
    query = parsePromql(expression);
  } catch (error) {
    if (error instanceof PromqlError) return [error.message];
    throw error;
  }
  const known = new Map(metrics.map((metric) => [metric.name, metric]));
  const labels = new Map<Selector, readonly string[]>();
  const problems = query.selectors.flatMap((selector) => {
    const found = seriesOf(selector.metric, known);
    if (typeof found === 'string') return [found];
    labels.set(selector, found);
    return problemsOfMatchers(selector, found);
  });
  // Without knowing every series, a label may be anybody's.
  if (labels.size < query.selectors.length) return problems;
  return [...problems, ...query.groupings.flatMap((one) => problemsOfGrouping(one, query, labels))];
}

/** Names of the metrics in the catalogue that a query reads. Throws PromqlError. */
export function metricsOfQuery(expression: string, metrics: readonly Metric[]): string[] {
  const names = new Set(metrics.map(({ name }) => name));
  const read = parsePromql(expression).selectors.flatMap(({ metric = '' }) =>
    [metric, metric.replace(HISTOGRAM_SUFFIXES, '')].filter((name) => names.has(name)),
  );
  return [...new Set(read)];
}

/** Labels of the series by this name, or why there are none. */
function seriesOf(
  name: string | undefined,
  known: ReadonlyMap<string, Metric>,
): readonly string[] | string {
  if (name === undefined) return 'selects by labels alone: nobody can say which metrics it reads';
  const exact = known.get(name);
  if (exact?.type === 'histogram')
    return `${name} is a histogram: its series end in _bucket, _sum and _count`;
  if (exact) return labelsOf(exact);
  const histogram = known.get(name.replace(HISTOGRAM_SUFFIXES, ''));
  if (histogram?.type !== 'histogram') return `nobody exposes ${name}`;
  return name.endsWith('_bucket') ? [...labelsOf(histogram), 'le'] : labelsOf(histogram);
}

function labelsOf({ source, labels }: Metric): readonly string[] {
  if (source === 'rules') return labels;
  const slot = source === 'services' || source === 'every target' ? ['slot'] : [];
  return [...OF_TARGETS, ...slot, ...labels];
}

function problemsOfMatchers(
  { metric = '', matchers }: Selector,
  labels: readonly string[],
): string[] {
  return matchers.flatMap(({ label }) => {
    if (label === 'le')
      return [`${metric} is matched by le, which Prometheus 3 writes differently`];
    return labels.includes(label) ? [] : [`${metric} has no label ${label}`];
  });
}

/** A label that nothing inside has groups everything as one, silently. */
function problemsOfGrouping(
  { how, labels, from, to }: Grouping,
  { selectors, made }: Query,
  known: ReadonlyMap<Selector, readonly string[]>,
): string[] {
  const inside = selectors.filter((selector) => selector.from >= from && selector.to <= to);
  const there = new Set([...made, ...inside.flatMap((selector) => known.get(selector) ?? [])]);
  return labels
    .filter((label) => !there.has(label))
    .map((label) => `${how} (${label}): nothing inside has the label ${label}`);
}
