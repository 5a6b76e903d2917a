import type { Alert } from '../model.ts';
import { SERVICE_JOBS } from '../selectors.ts';

/** Requests in five minutes of which a 95th percentile says more than which one was the slowest. */
const FEWEST = 20;
const enough = `service:http_requests:rate5m * 300 >= ${FEWEST}`;
const P95 = 'service:http_request_duration_seconds:p95_5m';

export const LATENCY: readonly Alert[] = [
  {
    name: 'VerySlowResponseTime',
    area: 'latency',
    severity: 'critical',
    expr: `${P95} > 5 and ${enough}`,
    for: '5m',
    keepFiringFor: '5m',
    summary: '{{ $labels.service }} is very slow: p95 {{ $value | humanizeDuration }}',
    description:
      'For five minutes one request in twenty to {{ $labels.service }} has taken longer than {{ $value | humanizeDuration }}; 5 s is the limit.',
    dashboard: 'factsway-service',
    symptom: 'latency',
    needs: ['database', 'service'],
    shadow: '6m',
  },
  {
    name: 'SlowResponseTime',
    area: 'latency',
    severity: 'warning',
    expr: `${P95} > 2 and ${enough}`,
    for: '10m',
    keepFiringFor: '5m',
    summary: '{{ $labels.service }} is slow: p95 {{ $value | humanizeDuration }}',
    description:
      'For ten minutes one request in twenty to {{ $labels.service }} has taken longer than {{ $value | humanizeDuration }}; 2 s is the limit.',
    dashboard: 'factsway-service',
    symptom: 'latency',
    needs: ['database', 'host', 'service'],
    shadow: '6m',
  },
  {
    name: 'DatabasePoolExhausted',
    area: 'latency',
    severity: 'warning',
    expr: `max by (service) (factsway_db_pool_waiting{${SERVICE_JOBS}}) > 0 and on (service) max by (service) (factsway_db_pool_total{${SERVICE_JOBS}} / factsway_db_pool_max{${SERVICE_JOBS}}) >= 1`,
    for: '2m',
    keepFiringFor: '2m',
    summary: '{{ $labels.service }} waits for database connections',
    description:
      'All database connections of {{ $labels.service }} are in use and {{ $value }} queries wait for one.',
    dashboard: 'factsway-service',
    needs: ['database', 'host', 'service'],
  },
  {
    name: 'ExportQueueGrowing',
    area: 'latency',
    severity: 'warning',
    expr: 'factsway_export_queue_size > 20',
    for: '10m',
    summary: '{{ $value }} documents wait to be exported',
    description:
      'For ten minutes more than 20 documents have waited to be written by {{ $labels.service }}; now {{ $value }}.',
    dashboard: 'factsway-service',
    needs: ['database', 'host', 'service'],
  },
];
