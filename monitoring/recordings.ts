import { SHADOWS, type Recording, type RuleGroup, type Shadow } from './model.ts';
import { SERVICE_JOBS, SERVICE_PROBES, USER_TRAFFIC } from './selectors.ts';
import { BUDGET, RATE_SECONDS } from './slo.ts';

/** Of what pages within 150 s. */
export const PRESENCE_INTERVAL = '3s';
const SHORT_INTERVAL = `${RATE_SECONDS}s`;
/** Of windows of a day and more. Less than the five minutes after which a series counts as gone. */
const LONG_INTERVAL = '2m';

const OF_SERVICES = { leaves: ['service'] } as const;

const ALL_UNHEALTHY = `count(max by (service) (probe_success{${SERVICE_PROBES}}) == 0) == count(max by (service) (probe_success{${SERVICE_PROBES}}))`;

/** Who is there. Looked at as often as the alerts that say so. */
const PRESENCE: RuleGroup<Recording> = {
  name: 'presence',
  interval: PRESENCE_INTERVAL,
  rules: [
    {
      record: 'database:answers',
      // An exporter that hangs on a database which drops its packets shows nothing at all; then the services are asked.
      expr: `max(pg_up) or (absent(pg_up) and on () (${ALL_UNHEALTHY})) * 0`,
      help: '1 while PostgreSQL answers, 0 while it does not',
    },
  ],
};

/**
 * One answer in this time is enough: a missed scrape is no outage. Nor is a first scrape that came before the service
 * listened, so nothing is said of what was not watched for as long.
 */
const SERVICE_ANSWERED = `(max by (service) (max_over_time(up{${SERVICE_JOBS}}[1m]) and up{${SERVICE_JOBS}} offset 1m))`;
const DATABASE_ANSWERED = '(max_over_time(database:answers[30s]) and database:answers offset 30s)';
/** The least there was within a window, so that an outage is known for a while after it. */
const outages = (window: Shadow): Recording[] => [
  {
    record: `service:answered:min${window}`,
    expr: `min_over_time(${SERVICE_ANSWERED}[${window}:15s])`,
    help: `0 when a service was away for a minute within the last ${window}`,
    ...OF_SERVICES,
  },
  {
    record: `database:answered:min${window}`,
    expr: `min_over_time(${DATABASE_ANSWERED}[${window}:15s])`,
    help: `0 when PostgreSQL was away within the last ${window}`,
  },
];
/** Of what comes and goes no outage may last long enough for a page, and each keeps other pages back for a while. */
const UNREST: readonly Recording[] = [
  {
    record: 'service:answered:changes20m',
    expr: `changes(${SERVICE_ANSWERED}[20m:15s])`,
    help: 'how often a service went away for a minute or came back within 20 minutes',
    ...OF_SERVICES,
  },
  {
    record: 'database:answered:changes20m',
    expr: `changes(${DATABASE_ANSWERED}[20m:15s])`,
    help: 'how often PostgreSQL went away or came back within 20 minutes',
  },
];

const SERVICES: RuleGroup<Recording> = {
  name: 'services',
  interval: SHORT_INTERVAL,
  rules: [
    {
      record: 'service:http_requests:rate5m',
      expr: `sum by (service) (rate(http_requests_total{${SERVICE_JOBS},${USER_TRAFFIC}}[5m]))`,
      help: 'requests per second a service answers',
      ...OF_SERVICES,
    },
    {
      record: 'service:http_errors:rate5m',
      expr: `sum by (service) (rate(http_requests_total{${SERVICE_JOBS},${USER_TRAFFIC},status=~"5.."}[5m]))`,
      help: 'requests per second a service answers with a fault of its own',
      ...OF_SERVICES,
    },
    {
      record: 'service:http_errors:ratio5m',
      expr: 'service:http_errors:rate5m / (service:http_requests:rate5m > 0)',
      help: 'share of requests a service fails, 0 to 1',
      ...OF_SERVICES,
    },
    {
      record: 'service:http_request_duration_seconds:p95_5m',
      expr: `histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket{${SERVICE_JOBS},${USER_TRAFFIC}}[5m])))`,
      help: 'seconds within which 95 of 100 requests are answered',
      ...OF_SERVICES,
    },
    ...SHADOWS.flatMap(outages),
    ...UNREST,
  ],
};

/**
 * Requests the proxy could hand to nobody. A client that leaves before its answer is an error to the proxy as well; the
 * service counts it as 499, and it is nobody's failure.
 */
const UNREACHED = `clamp_min((sum(rate(caddy_http_request_errors_total{handler="subroute"}[5m])) or vector(0)) - (sum(rate(http_requests_total{${SERVICE_JOBS},${USER_TRAFFIC},status="499"}[5m])) or vector(0)), 0)`;

/** What users meet: a service that is down answers nothing and counts nothing itself, so the proxy counts for it. */
const PLATFORM: RuleGroup<Recording> = {
  name: 'platform',
  interval: SHORT_INTERVAL,
  rules: [
    {
      record: 'platform:http_requests:rate5m',
      expr: `(sum(service:http_requests:rate5m) or vector(0)) + ${UNREACHED}`,
      help: 'requests per second users make',
    },
    {
      record: 'platform:http_errors:rate5m',
      expr: `(sum(service:http_errors:rate5m) or vector(0)) + ${UNREACHED}`,
      help: 'requests per second users see fail',
    },
  ],
};

/**
 * Multiples of the speed at which the budget lasts exactly 30 days. Event-weighted: failed requests over all requests of
 * the window, so that a quiet night does not weigh as much as a working day.
 */
const burnRate = (window: string): Recording => ({
  record: `slo:availability:burn_rate${window}`,
  expr: `avg_over_time(platform:http_errors:rate5m[${window}]) / (avg_over_time(platform:http_requests:rate5m[${window}]) > 0) / ${BUDGET}`,
  help: `speed at which the error budget goes, over ${window}; 1 spends it in 30 days`,
});

const SLO_SHORT: RuleGroup<Recording> = {
  name: 'slo-short',
  interval: SHORT_INTERVAL,
  rules: ['5m', '30m', '1h', '2h', '6h'].map(burnRate),
};

const SLO_LONG: RuleGroup<Recording> = {
  name: 'slo-long',
  interval: LONG_INTERVAL,
  rules: [
    ...['1d', '3d'].map(burnRate),
    {
      record: 'slo:availability:ratio30d',
      expr: '1 - avg_over_time(platform:http_errors:rate5m[30d]) / (avg_over_time(platform:http_requests:rate5m[30d]) > 0)',
      help: 'share of requests of the last 30 days that succeeded, 0 to 1',
    },
    {
      record: 'slo:availability:budget_remaining',
      expr: `1 - (1 - slo:availability:ratio30d) / ${BUDGET}`,
      help: 'what is left of the error budget of 30 days: 1 is all, below 0 is overspent',
    },
  ],
};

/** Series computed from others; dashboards and alerts ask for these instead of computing them again. */
export const RECORDINGS: readonly RuleGroup<Recording>[] = [
  PRESENCE,
  SERVICES,
  PLATFORM,
  SLO_SHORT,
  SLO_LONG,
];
