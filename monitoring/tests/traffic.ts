import { counter, gauge, target, type RuleTest, type Series } from './rule-test.ts';

type Steps = readonly (readonly [perMinute: number, minutes: number])[];
const FACTS = 'facts-service';
const FIRES_FOR_FACTS = [{ service: FACTS }];
const ROUTE = 'method="GET",endpoint="/api/facts"';

const requests = (status: number, steps: Steps, route = ROUTE): Series => ({
  [`http_requests_total{${target(FACTS)},${route},status="${status}"}`]: counter(steps),
});

/** Requests per minute that take up to so many seconds; every bucket above holds them too. */
function durations(steps: Steps, seconds: number, perMinuteFast = 0): Series {
  const bounds = ['0.1', '1', '2', '5', '10', '30', '+Inf'];
  const count = (bound: string): Steps =>
    steps.map(([perMinute, minutes]) => [
      (Number(bound === '+Inf' ? Infinity : bound) >= seconds ? perMinute : 0) + perMinuteFast,
      minutes,
    ]);
  return Object.fromEntries(
    bounds.map((bound) => [
      `http_request_duration_seconds_bucket{${target(FACTS)},${ROUTE},le="${bound}"}`,
      counter(count(bound)),
    ]),
  );
}
const slow = (steps: Steps, seconds: number): Series => ({
  ...requests(200, steps),
  ...durations(steps, seconds),
});

const connectionErrors = (steps: Steps): Series => ({
  [`database_connection_errors_total{${target(FACTS)}}`]: counter(steps),
});
/** PostgreSQL away for three minutes, and the requests of that time failed. */
const afterOutage: Series = {
  'pg_up{job="postgres",instance="e:9187",service="postgres"}': gauge([
    [1, 10],
    [0, 3],
    [1, 40],
  ]),
  [`up{${target(FACTS)}}`]: gauge([[1, 53]]),
};
/** Prometheus is sooner there than what it looks at, once: that is no outage, and keeps nothing back. */
const seenTooEarly: Series = {
  'pg_up{job="postgres",instance="e:9187",service="postgres"}': `0 ${gauge([[1, 30]])}`,
  [`up{${target(FACTS)}}`]: `0 ${gauge([[1, 30]])}`,
};
const pool = (waiting: string, total: string): Series => ({
  [`factsway_db_pool_waiting{${target(FACTS)}}`]: waiting,
  [`factsway_db_pool_total{${target(FACTS)}}`]: total,
  [`factsway_db_pool_max{${target(FACTS)}}`]: gauge([[10, 30]]),
});
const queue = (values: string): Series => ({
  [`factsway_export_queue_size{${target('export-service')}}`]: values,
});

export const TRAFFIC_TESTS: readonly RuleTest[] = [
  {
    alert: 'HighErrorRate',
    fires: {
      series: {
        ...requests(200, [[94, 30]]),
        ...requests(500, [[6, 30]]),
        ...seenTooEarly,
      },
      at: 11,
      with: FIRES_FOR_FACTS,
    },
    below: [
      {
        when: 'at 4.9 %',
        series: { ...requests(200, [[951, 30]]), ...requests(500, [[49, 30]]) },
        at: 25,
      },
      {
        when: 'when four errors are all there was in five minutes',
        series: requests(500, [
          [0, 10],
          [4, 1],
          [0, 20],
        ]),
        at: 16,
      },
      {
        when: 'when the client is wrong',
        series: { ...requests(200, [[50, 30]]), ...requests(400, [[50, 30]]) },
        at: 25,
      },
      {
        when: 'after an outage of the database that is over',
        series: {
          ...afterOutage,
          ...requests(200, [
            [50, 10],
            [0, 3],
            [50, 40],
          ]),
          ...requests(500, [
            [0, 10],
            [50, 3],
            [0, 40],
          ]),
        },
        at: 50,
      },
      {
        when: 'when only health checks fail',
        series: requests(503, [[60, 30]], 'method="GET",endpoint="/health"'),
        at: 25,
      },
    ],
    resolves: {
      series: {
        ...requests(200, [[90, 60]]),
        ...requests(500, [
          [10, 15],
          [0, 45],
        ]),
      },
      at: 14,
      with: FIRES_FOR_FACTS,
      quietAt: 27,
    },
  },
  {
    alert: 'ElevatedErrorRate',
    fires: {
      series: { ...requests(200, [[97, 30]]), ...requests(502, [[3, 30]]) },
      at: 16,
      with: FIRES_FOR_FACTS,
    },
    below: [
      {
        when: 'at 1.9 %',
        series: { ...requests(200, [[981, 40]]), ...requests(500, [[19, 40]]) },
        at: 35,
      },
      {
        when: 'before ten minutes are over',
        series: { ...requests(200, [[97, 30]]), ...requests(500, [[3, 30]]) },
        at: 9,
      },
    ],
    resolves: {
      series: {
        ...requests(200, [[97, 60]]),
        ...requests(500, [
          [3, 20],
          [0, 40],
        ]),
      },
      at: 19,
      with: FIRES_FOR_FACTS,
      quietAt: 31,
    },
  },
  {
    alert: 'DatabaseConnectionErrors',
    fires: { series: connectionErrors([[2, 30]]), at: 8, with: FIRES_FOR_FACTS },
    below: [
      {
        when: 'after an outage of the database that is over',
        series: {
          ...afterOutage,
          ...connectionErrors([
            [0, 10],
            [8, 3],
            [0, 40],
          ]),
        },
        at: 50,
      },
      {
        when: 'after a single burst',
        series: connectionErrors([
          [0, 5],
          [20, 0.25],
          [0, 20],
        ]),
        at: 9,
      },
      { when: 'at two in five minutes', series: connectionErrors([[0.4, 40]]), at: 35 },
    ],
    resolves: {
      series: connectionErrors([
        [2, 15],
        [0, 45],
      ]),
      at: 14,
      with: FIRES_FOR_FACTS,
      quietAt: 26,
    },
  },
  {
    alert: 'VerySlowResponseTime',
    fires: { series: slow([[30, 30]], 10), at: 11, with: FIRES_FOR_FACTS },
    below: [
      { when: 'when all take less than five seconds', series: slow([[30, 30]], 5), at: 25 },
      {
        when: 'when one in twenty-five is slow',
        series: { ...requests(200, [[50, 30]]), ...durations([[2, 30]], 10, 48) },
        at: 25,
      },
      {
        when: 'when nineteen requests are all there are in five minutes',
        series: slow([[3.6, 30]], 10),
        at: 25,
      },
    ],
    resolves: {
      series: slow(
        [
          [30, 15],
          [0, 45],
        ],
        10,
      ),
      at: 14,
      with: FIRES_FOR_FACTS,
      quietAt: 27,
    },
  },
  {
    alert: 'SlowResponseTime',
    fires: { series: slow([[30, 30]], 5), at: 16, with: FIRES_FOR_FACTS },
    below: [
      { when: 'when all take less than two seconds', series: slow([[30, 40]], 2), at: 35 },
      { when: 'before ten minutes are over', series: slow([[30, 30]], 5), at: 9 },
      {
        when: 'when nineteen requests are all there are in five minutes',
        series: slow([[3.6, 40]], 5),
        at: 35,
      },
    ],
    resolves: {
      series: slow(
        [
          [30, 20],
          [0, 45],
        ],
        5,
      ),
      at: 19,
      with: FIRES_FOR_FACTS,
      quietAt: 32,
    },
  },
  {
    alert: 'DatabasePoolExhausted',
    fires: {
      series: pool(
        gauge([
          [0, 2],
          [3, 20],
        ]),
        gauge([
          [5, 2],
          [10, 20],
        ]),
      ),
      at: 4.5,
      with: FIRES_FOR_FACTS,
    },
    below: [
      {
        when: 'while the pool can still grow',
        series: pool(gauge([[3, 20]]), gauge([[9, 20]])),
        at: 15,
      },
      {
        when: 'when the pool is full and nobody waits',
        series: pool(gauge([[0, 20]]), gauge([[10, 20]])),
        at: 15,
      },
      {
        when: 'after a wait of a minute',
        series: pool(
          gauge([
            [0, 5],
            [3, 1],
            [0, 10],
          ]),
          gauge([[10, 20]]),
        ),
        at: 7.5,
      },
    ],
    resolves: {
      series: pool(
        gauge([
          [3, 5],
          [0, 20],
        ]),
        gauge([[10, 25]]),
      ),
      at: 4.5,
      with: FIRES_FOR_FACTS,
      quietAt: 8,
    },
  },
  {
    alert: 'ExportQueueGrowing',
    fires: { series: queue(gauge([[21, 30]])), at: 10.25, with: [{ service: 'export-service' }] },
    below: [
      { when: 'at 20', series: queue(gauge([[20, 30]])), at: 25 },
      {
        when: 'when a large batch is done within ten minutes',
        series: queue(
          gauge([
            [80, 9],
            [10, 10],
          ]),
        ),
        at: 15,
      },
    ],
    resolves: {
      series: queue(
        gauge([
          [21, 15],
          [5, 10],
        ]),
      ),
      at: 14,
      with: [{ service: 'export-service' }],
      quietAt: 15.5,
    },
  },
];
