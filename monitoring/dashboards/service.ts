import { dashboard } from './dashboard.ts';
import { heatmap, stat, timeSeries, upTo } from './panels.ts';
import { OF_USERS, rate } from './selections.ts';

const OWN = 'job="$service"';
const REQUESTS = `http_requests_total{${OWN}, ${OF_USERS}}`;
const BUCKETS = `http_request_duration_seconds_bucket{${OWN}, ${OF_USERS}}`;
const RECORDED = '{service="$service"}';
const DOWN_OR_UP = { 0: { text: 'DOWN', color: 'red' }, 1: { text: 'up', color: 'green' } };

const quantile = (share: number, by: string): string =>
  `histogram_quantile(${share}, sum by (${by}) (${rate(BUCKETS)}))`;

const now = [
  stat({
    title: 'Processes',
    description:
      'Whether each process of the service answers Prometheus; during an upgrade there is one in each slot.',
    unit: 'none',
    width: 4,
    show: 'both',
    words: DOWN_OR_UP,
    queries: [{ expr: `max by (slot) (up{${OWN}})`, legend: 'slot {{slot}}' }],
  }),
  stat({
    title: 'Health',
    description:
      'What /health answers to a request from outside: 503 while the service runs and cannot work, for example without its database.',
    unit: 'none',
    width: 4,
    words: {
      0: { text: 'not healthy', color: 'red' },
      1: { text: 'healthy', color: 'green' },
    },
    queries: [{ expr: `max(probe_success{job="probe", service="$service"})`, legend: 'health' }],
  }),
  stat({
    title: 'Requests',
    description: 'Requests per second over 5 minutes.',
    unit: 'reqps',
    width: 4,
    decimals: 2,
    queries: [{ expr: `service:http_requests:rate5m${RECORDED}`, legend: 'requests' }],
  }),
  stat({
    title: 'Failed',
    description: 'Share answered with 5xx over 5 minutes. 0 also when nobody asks.',
    unit: 'percentunit',
    width: 4,
    decimals: 2,
    thresholds: upTo(0.02, 0.05),
    queries: [
      {
        expr: `max(service:http_errors:rate5m${RECORDED} / (service:http_requests:rate5m${RECORDED} > 0)) or vector(0)`,
        legend: 'failed',
      },
    ],
  }),
  stat({
    title: 'p95',
    description: '95th percentile of the time to answer over 5 minutes. 0 when nobody asks.',
    unit: 's',
    width: 4,
    decimals: 2,
    thresholds: upTo(2, 5),
    queries: [
      {
        expr: `max(service:http_request_duration_seconds:p95_5m${RECORDED} >= 0) or vector(0)`,
        legend: 'p95',
      },
    ],
  }),
  stat({
    title: 'Release',
    description: 'Version of each running process.',
    unit: 'none',
    width: 4,
    show: 'name',
    queries: [{ expr: `count by (version) (factsway_build_info{${OWN}})`, legend: '{{version}}' }],
  }),
];

const endpoints = [
  timeSeries({
    title: 'Requests by endpoint',
    description:
      'Requests per second by method and route. What no route serves is __unmatched__: many of those are a scanner or a wrong link.',
    unit: 'reqps',
    width: 12,
    height: 10,
    table: true,
    queries: [
      {
        expr: `sum by (method, endpoint) (${rate(REQUESTS)})`,
        legend: '{{method}} {{endpoint}}',
      },
    ],
  }),
  timeSeries({
    title: 'Failed requests by endpoint',
    description:
      'Answers with 5xx per second. One endpoint alone points to its code, all of them to the database or the host.',
    unit: 'reqps',
    width: 12,
    height: 10,
    table: true,
    queries: [
      {
        expr: `sum by (method, endpoint) (${rate(`http_requests_total{${OWN}, ${OF_USERS}, status=~"5.."}`)})`,
        legend: '{{method}} {{endpoint}}',
      },
    ],
  }),
  heatmap({
    title: 'Time to answer, all requests',
    description:
      'How many requests took how long. Two bands are two kinds of request; a band that rises is a service that slows down.',
    unit: 's',
    width: 12,
    queries: [
      {
        expr: `sum by (le) (increase(${BUCKETS}[$__rate_interval]))`,
        legend: '{{le}}',
      },
    ],
  }),
  timeSeries({
    title: 'Percentiles of the time to answer',
    description: 'Lines at 2 s (warning) and 5 s (critical), which count for p95.',
    unit: 's',
    width: 12,
    height: 9,
    thresholds: upTo(2, 5),
    queries: [0.5, 0.95, 0.99].map((share) => ({
      expr: quantile(share, 'le'),
      legend: `p${share * 100}`,
    })),
  }),
  timeSeries({
    title: 'p95 by endpoint',
    description: 'Which route is the slow one. Empty for routes that nobody asks.',
    unit: 's',
    width: 12,
    height: 10,
    table: true,
    queries: [{ expr: quantile(0.95, 'le, method, endpoint'), legend: '{{method}} {{endpoint}}' }],
  }),
  timeSeries({
    title: 'Refused requests by status',
    description:
      'Answers with 4xx per second: 400 and 409 come from clients, 413 from the size limit, 404 from wrong links. They do not count as failures.',
    unit: 'reqps',
    width: 12,
    height: 10,
    queries: [
      {
        expr: `sum by (status) (${rate(`http_requests_total{${OWN}, ${OF_USERS}, status=~"4.."}`)})`,
        legend: '{{status}}',
      },
    ],
  }),
];

const runtime = [
  timeSeries({
    title: 'Event loop lag',
    description:
      'How late the process gets to its next task. Above 0.1 s every request waits: long calculations, or too little CPU.',
    unit: 's',
    width: 8,
    thresholds: upTo(0.1, 0.5),
    queries: [
      { expr: `nodejs_eventloop_lag_p50_seconds{${OWN}}`, legend: 'p50, slot {{slot}}' },
      { expr: `nodejs_eventloop_lag_p99_seconds{${OWN}}`, legend: 'p99, slot {{slot}}' },
    ],
  }),
  timeSeries({
    title: 'Memory',
    description:
      'Heap in use, heap reserved, and all memory of the process. In use that only ever rises is a leak; the container is killed at its limit.',
    unit: 'bytes',
    width: 8,
    queries: [
      { expr: `nodejs_heap_size_used_bytes{${OWN}}`, legend: 'heap used, slot {{slot}}' },
      { expr: `nodejs_heap_size_total_bytes{${OWN}}`, legend: 'heap, slot {{slot}}' },
      { expr: `process_resident_memory_bytes{${OWN}}`, legend: 'process, slot {{slot}}' },
    ],
  }),
  timeSeries({
    title: 'CPU',
    description:
      'Share of one core that the process uses, and of it what goes into garbage collection.',
    unit: 'percentunit',
    width: 8,
    queries: [
      {
        expr: `sum by (slot) (${rate(`process_cpu_seconds_total{${OWN}}`)})`,
        legend: 'all, slot {{slot}}',
      },
      {
        expr: `sum by (slot) (${rate(`nodejs_gc_duration_seconds_sum{${OWN}}`)})`,
        legend: 'garbage collection, slot {{slot}}',
      },
    ],
  }),
  timeSeries({
    title: 'Requests and connections open',
    description:
      'Requests being answered at this moment, the scrape of the metrics among them, and connections of clients. Requests that pile up wait for something: see the pool below.',
    unit: 'short',
    width: 8,
    queries: [
      {
        expr: `sum by (slot) (factsway_http_requests_in_flight{${OWN}})`,
        legend: 'requests, slot {{slot}}',
      },
      {
        expr: `sum by (slot) (factsway_active_connections{${OWN}})`,
        legend: 'connections, slot {{slot}}',
      },
    ],
  }),
  timeSeries({
    title: 'Active users',
    description: 'Clients that were seen within the last 15 minutes.',
    unit: 'short',
    width: 8,
    queries: [{ expr: `sum(factsway_active_users{${OWN}})`, legend: 'users' }],
  }),
  timeSeries({
    title: 'Time since start',
    description:
      'A line that falls to 0 is a restart. Without a deployment at that time it was a crash.',
    unit: 'dtdurations',
    width: 8,
    queries: [{ expr: `time() - process_start_time_seconds{${OWN}}`, legend: 'slot {{slot}}' }],
  }),
];

const database = [
  timeSeries({
    title: 'Connection pool',
    description:
      'Connections the pool holds, those in use, the most it may hold, and queries that wait for one. Waiting above 0 for long is an exhausted pool.',
    unit: 'short',
    width: 8,
    queries: [
      { expr: `factsway_db_pool_max{${OWN}}`, legend: 'limit, slot {{slot}}' },
      { expr: `factsway_db_pool_total{${OWN}}`, legend: 'held, slot {{slot}}' },
      {
        expr: `factsway_db_pool_total{${OWN}} - factsway_db_pool_idle{${OWN}}`,
        legend: 'in use, slot {{slot}}',
      },
      { expr: `factsway_db_pool_waiting{${OWN}}`, legend: 'waiting, slot {{slot}}' },
    ],
  }),
  timeSeries({
    title: 'p95 by query',
    description:
      'Time of each query, waiting for a connection included. All of them slow: the pool or the database; one: its plan.',
    unit: 's',
    width: 8,
    queries: [
      {
        expr: `histogram_quantile(0.95, sum by (le, query) (${rate(`factsway_db_query_duration_seconds_bucket{${OWN}}`)}))`,
        legend: '{{query}}',
      },
    ],
  }),
  timeSeries({
    title: 'Queries and connection errors',
    description:
      'Queries per second, and connections that could not be had or broke. Any error at all is worth a look at the Database dashboard.',
    unit: 'ops',
    width: 8,
    queries: [
      {
        expr: `sum(${rate(`factsway_db_query_duration_seconds_count{${OWN}}`)})`,
        legend: 'queries',
      },
      { expr: `sum(${rate(`database_connection_errors_total{${OWN}}`)})`, legend: 'errors' },
    ],
  }),
];

const reports = [
  timeSeries({
    title: 'Error reports',
    description:
      'Reports to Sentry per second by what became of them: refused ones were not understood there, dropped ones were more of the same within a minute. Nothing where monitoring.sentry.dsn is not set.',
    unit: 'none',
    width: 12,
    queries: [
      {
        expr: `sum by (outcome) (${rate(`factsway_error_reports_total{${OWN}}`)})`,
        legend: '{{outcome}}',
      },
    ],
  }),
  timeSeries({
    title: 'Error reports waiting',
    description: 'Reports on disk that could not be delivered yet.',
    unit: 'none',
    width: 12,
    queries: [
      { expr: `max by (slot) (factsway_error_reports_waiting{${OWN}})`, legend: 'slot {{slot}}' },
    ],
  }),
];

export const service = dashboard({
  uid: 'factsway-service',
  title: 'Service',
  description:
    'One service: its endpoints, its process, its connections to the database. Choose the service at the top.',
  since: '3h',
  variable: { name: 'service', label: 'Service', metric: 'factsway_build_info' },
  rows: [
    { title: 'Now', panels: now },
    { title: 'Endpoints', panels: endpoints },
    { title: 'Process', panels: runtime },
    { title: 'Database', panels: database },
    { title: 'Error reports', panels: reports },
  ],
});
