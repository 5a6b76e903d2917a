import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type CounterConfiguration,
} from 'prom-client';
import { createActiveUsers } from './active-users.ts';

/** Seconds. Source: the platform contract; dashboards and SLO rules depend on these bounds. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];
/** A query slower than its statement timeout does not exist, so the tail is shorter. */
const QUERY_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** The `endpoint` of every request that no route serves: paths of strangers never become labels. */
export const UNMATCHED = '__unmatched__';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const OTHER_METHOD = 'OTHER';

/** What a pool must show for `factsway_db_pool_*`; pg's Pool has it. */
export interface PoolLike {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** What became of error reports since the start, and how many wait now; the reporter has it. */
export interface ReportCountsLike {
  readonly delivered: number;
  readonly refused: number;
  readonly dropped: number;
  readonly waiting: number;
}

export interface Metrics {
  readonly registry: Registry;
  /** Makes the series of a route exist at 0: a counter first seen at 4 has an increase of 0. */
  declareRoute(method: string, endpoint: string, statuses: readonly number[]): void;
  /** Counts one finished request. `endpoint` is a route template, or undefined when unmatched. */
  observeRequest(request: {
    readonly method: string;
    readonly endpoint: string | undefined;
    readonly status: number;
    readonly seconds: number;
    readonly clientId: string | undefined;
  }): void;
  /** Requests being served now; the gauge `factsway_http_requests_in_flight`. */
  readonly inFlight: Gauge;
  /** Open client connections; the gauge `factsway_active_connections`. */
  readonly connections: Gauge;
  readonly connectionErrors: Counter;
  /** Exposes a database pool of at most `max` connections. */
  trackPool(pool: PoolLike, max: number): void;
  declareQueries(names: readonly string[]): void;
  observeQuery(name: string, seconds: number): void;
  /** Exposes what became of error reports. */
  trackReports(reports: () => ReportCountsLike): void;
  /** A domain counter without labels, at 0 from boot. */
  counter(config: Pick<CounterConfiguration<never>, 'name' | 'help'>): Counter;
  /** A domain gauge without labels, read by `collect` at every scrape. */
  gauge(config: { readonly name: string; readonly help: string }, collect: () => number): void;
}

/** All metrics of one process, in a registry of its own. Names and labels: the platform contract. */
export function createMetrics(service: string, version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by method, route template and status code.',
    labelNames: ['method', 'endpoint', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its response.',
    labelNames: ['method', 'endpoint'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const queries = new Histogram({
    name: 'factsway_db_query_duration_seconds',
    help: 'Time of one database query, waiting for a connection included.',
    labelNames: ['query'],
    buckets: QUERY_BUCKETS,
    registers,
  });
  const activeUsers = createActiveUsers();
  const gauge = gaugeFactory(registry);

  new Gauge({
    name: 'factsway_build_info',
    help: 'Always 1; the labels say which service and version this process is.',
    labelNames: ['service', 'version'],
    registers,
  }).set({ service, version }, 1);
  gauge(
    {
      name: 'factsway_active_users',
      help: 'Distinct x-client-id values seen within the last 15 minutes.',
    },
    () => activeUsers.count(),
  );

  let reports = (): ReportCountsLike => ({ delivered: 0, refused: 0, dropped: 0, waiting: 0 });
  gauge(
    { name: 'factsway_error_reports_waiting', help: 'Error reports that wait for delivery.' },
    () => reports().waiting,
  );
  new Counter({
    name: 'factsway_error_reports_total',
    help: 'Error reports since the start, by what became of them.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      const { delivered, refused, dropped } = reports();
      for (const [outcome, count] of Object.entries({ delivered, refused, dropped })) {
        this.inc({ outcome }, count);
      }
    },
  });

  const declareRoute: Metrics['declareRoute'] = (method, endpoint, statuses) => {
    durations.zero({ method, endpoint });
    for (const status of statuses) requests.inc({ method, endpoint, status: String(status) }, 0);
  };
  for (const method of ['GET', 'POST']) declareRoute(method, UNMATCHED, [404]);

  return {
    registry,
    declareRoute,
    observeRequest({ method, endpoint = UNMATCHED, status, seconds, clientId }) {
      const labels = { method: METHODS.includes(method) ? method : OTHER_METHOD, endpoint };
      requests.inc({ ...labels, status: String(status) });
      durations.observe(labels, seconds);
      if (clientId !== undefined) activeUsers.saw(clientId);
    },
    inFlight: new Gauge({
      name: 'factsway_http_requests_in_flight',
      help: 'Requests being served at this moment.',
      registers,
    }),
    connections: new Gauge({
      name: 'factsway_active_connections',
      help: 'Client connections open at this moment.',
      registers,
    }),
    connectionErrors: new Counter({
      name: 'database_connection_errors_total',
      help: 'Connections to the database that could not be had, or broke.',
      registers,
    }),
    trackPool(pool, max) {
      const watch = (part: string, help: string, read: () => number) => {
        gauge({ name: `factsway_db_pool_${part}`, help }, read);
      };
      watch('max', 'Connections the pool may hold.', () => max);
      watch('total', 'Connections the pool holds.', () => pool.totalCount);
      watch('idle', 'Connections the pool holds and nobody uses.', () => pool.idleCount);
      watch('waiting', 'Queries waiting for a connection.', () => pool.waitingCount);
    },
    trackReports(source) {
      reports = source;
    },
    declareQueries(names) {
      for (const query of names) queries.zero({ query });
    },
    observeQuery(query, seconds) {
      queries.observe({ query }, seconds);
    },
    counter: (config) => new Counter({ ...config, registers }),
    gauge,
  };
}

function gaugeFactory(registry: Registry): Metrics['gauge'] {
  return ({ name, help }, collect) => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(collect());
      },
    });
  };
}
