import type { Metric } from '../model.ts';

const service = (
  name: string,
  type: Metric['type'],
  help: string,
  labels: readonly string[] = [],
  more: Partial<Metric> = {},
): Metric => ({ name, type, source: 'services', labels, help, ...more });

/** What every service exposes, as the platform contract says; `only` where one of them does. */
export const SERVICE_METRICS: readonly Metric[] = [
  service('http_requests_total', 'counter', 'requests answered', ['method', 'endpoint', 'status']),
  service('http_request_duration_seconds', 'histogram', 'time of a request, first byte to last', [
    'method',
    'endpoint',
  ]),
  service('factsway_http_requests_in_flight', 'gauge', 'requests being served now'),
  service('factsway_active_connections', 'gauge', 'client connections open now'),
  service('factsway_active_users', 'gauge', 'desktop installations seen within 15 minutes'),
  service('factsway_build_info', 'info', 'which version this process is', ['version']),
  service('factsway_db_query_duration_seconds', 'histogram', 'time of a database query', ['query']),
  service('factsway_db_pool_max', 'gauge', 'connections the pool may hold'),
  service('factsway_db_pool_total', 'gauge', 'connections the pool holds'),
  service('factsway_db_pool_idle', 'gauge', 'connections the pool holds and nobody uses'),
  service('factsway_db_pool_waiting', 'gauge', 'queries waiting for a connection'),
  service('database_connection_errors_total', 'counter', 'connections that could not be had'),
  service('factsway_templates_created_total', 'counter', 'templates made', [], {
    only: 'records-service',
  }),
  service('factsway_drafts_created_total', 'counter', 'drafts made', [], {
    only: 'records-service',
  }),
  // From release 1.1.0 on.
  service('factsway_audit_chain_broken', 'gauge', '1 when the audit log is not sound', [], {
    only: 'records-service',
    always: false,
  }),
  service(
    'factsway_audit_last_verified_timestamp_seconds',
    'gauge',
    'when the whole audit log was verified last; 0 before the first time since a start',
    [],
    { only: 'records-service', always: false },
  ),
  service('factsway_audit_rows', 'gauge', 'rows of the audit log', [], {
    only: 'records-service',
    always: false,
  }),
  service('factsway_export_queue_size', 'gauge', 'documents waiting to be written', [], {
    only: 'export-service',
  }),
  service(
    'factsway_error_reports_total',
    'counter',
    'error reports, by what became of them',
    ['outcome'],
    {
      always: false,
    },
  ),
  service('factsway_error_reports_waiting', 'gauge', 'error reports that wait for delivery', [], {
    always: false,
  }),
  service('nodejs_eventloop_lag_p99_seconds', 'gauge', 'delay of the event loop, 99th percentile'),
  service('nodejs_eventloop_lag_p50_seconds', 'gauge', 'delay of the event loop, median'),
  service('nodejs_heap_size_used_bytes', 'gauge', 'JavaScript heap in use'),
  service('nodejs_heap_size_total_bytes', 'gauge', 'JavaScript heap reserved'),
  service('nodejs_external_memory_bytes', 'gauge', 'memory of buffers outside the heap'),
  service('nodejs_active_handles_total', 'gauge', 'sockets, timers and files held open'),
  service(
    'nodejs_gc_duration_seconds',
    'histogram',
    'time of a garbage collection',
    ['kind'],
    // A process that has not collected yet has none.
    { always: false },
  ),
];
