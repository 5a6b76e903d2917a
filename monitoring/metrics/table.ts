import type { Metric, MetricSource, MetricType } from '../model.ts';

/** A metric as one line of a table. */
export type Row = readonly [
  name: string,
  type: MetricType,
  help: string,
  labels?: readonly string[],
  more?: Partial<Metric>,
];

/** Rows of one source as metrics. */
export const from =
  (source: MetricSource) =>
  ([name, type, help, labels = [], more = {}]: Row): Metric => ({
    name,
    type,
    source,
    labels,
    help,
    ...more,
  });

/** Series that appear with the first event of their kind. */
export const LATER = { always: false } as const;
