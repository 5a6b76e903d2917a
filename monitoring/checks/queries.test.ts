import { describe, expect, it } from 'vitest';
import type { Metric } from '../model.ts';
import { metricsOfQuery, problemsOfQuery } from './queries.ts';

const metric = (name: string, more: Partial<Metric> = {}): Metric => ({
  name,
  type: 'counter',
  source: 'services',
  labels: [],
  help: 'x',
  ...more,
});
const METRICS = [
  metric('http_requests_total', { labels: ['endpoint', 'status'] }),
  metric('http_request_duration_seconds', { type: 'histogram', labels: ['endpoint'] }),
  metric('service:http_errors:ratio5m', { type: 'gauge', source: 'rules', labels: ['service'] }),
  metric('node_load1', { type: 'gauge', source: 'node' }),
  metric('up', { type: 'gauge', source: 'every target' }),
  // A counter whose name happens to end like a part of a histogram.
  metric('pg_stat_archiver_failed_count', { source: 'postgres' }),
];
const problems = (expression: string): string[] => problemsOfQuery(expression, METRICS);

describe('a query', () => {
  it.each([
    'sum by (service, slot) (rate(http_requests_total{job="a", status=~"5..", endpoint!="b"}[5m]))',
    'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
    'rate(http_request_duration_seconds_sum[5m]) / rate(http_request_duration_seconds_count[5m])',
    'rate(pg_stat_archiver_failed_count[5m])',
    'service:http_errors:ratio5m{service="a"} * on (service) group_left (slot) up',
    'sum by (kind) (label_replace(up, "kind", "$1", "job", "(.*)"))',
    'vector(0)',
  ])('%s has nothing wrong', (expression) => {
    expect(problems(expression)).toEqual([]);
  });

  it.each([
    ['rate(http_request_total[5m])', 'nobody exposes http_request_total'],
    ['node_load1_bucket', 'nobody exposes node_load1_bucket'],
    [
      'http_request_duration_seconds',
      'http_request_duration_seconds is a histogram: its series end in _bucket, _sum and _count',
    ],
    ['rate(http_requests_total{code="500"}[5m])', 'http_requests_total has no label code'],
    ['node_load1{slot="a"}', 'node_load1 has no label slot'],
    ['service:http_errors:ratio5m{job="a"}', 'service:http_errors:ratio5m has no label job'],
    [
      'rate(http_request_duration_seconds_bucket{le="2"}[5m])',
      'http_request_duration_seconds_bucket is matched by le, which Prometheus 3 writes differently',
    ],
    [
      'sum by (route) (rate(http_requests_total[5m]))',
      'by (route): nothing inside has the label route',
    ],
    [
      'sum by (endpoint) (up) / on (status) rate(http_requests_total[5m])',
      'by (endpoint): nothing inside has the label endpoint',
    ],
    ['up * on (code) up', 'on (code): nothing inside has the label code'],
    ['{job="a"}', 'selects by labels alone: nobody can say which metrics it reads'],
    ['sum(up', 'ends too early at character 6 of: sum(up'],
  ])('%s: %s', (expression, problem) => {
    expect(problems(expression)).toEqual([problem]);
  });

  it('that has several things wrong says all of them', () => {
    expect(problems('nothing + up{x="1", y="2"}')).toHaveLength(3);
  });
});

describe('the metrics of a query', () => {
  it('are those of the catalogue, histograms by their own name, each once', () => {
    expect(
      metricsOfQuery(
        'rate(http_request_duration_seconds_sum[5m]) / rate(http_request_duration_seconds_count[5m]) + up',
        METRICS,
      ),
    ).toEqual(['http_request_duration_seconds', 'up']);
    expect(metricsOfQuery('rate(pg_stat_archiver_failed_count[5m])', METRICS)).toEqual([
      'pg_stat_archiver_failed_count',
    ]);
  });
});
