import { gauge, target, type RuleTest, type Series } from './rule-test.ts';
import { EXPECTED } from '../missing-series.ts';

const FACTS = 'facts-service';
const up = (values: string, service = FACTS): Series => ({ [`up{${target(service)}}`]: values });
const probe = (values: string, service = FACTS): Series => ({
  [`probe_success{job="probe",instance="http://${service}-a/health",service="${service}"}`]: values,
});
const of = (service: string) => [{ service }];
/** Away so many times for so many minutes, with three minutes between; forty minutes in all. */
export const restless = (times: number, minutes: number): string =>
  gauge([
    ...Array.from({ length: times }, () => [[1, 3] as const, [0, minutes] as const]).flat(),
    [1, 40 - times * (3 + minutes)],
  ]);

/** Every series a healthy facts-service has. */
const complete = (without = ''): Series =>
  Object.fromEntries(
    EXPECTED.filter(
      ({ name, only, always }) => name !== without && only === undefined && always !== false,
    ).map(({ name, type }) => [
      `${name}${type === 'histogram' ? '_count' : ''}{${target(FACTS)}}`,
      gauge([[1, 30]]),
    ]),
  );
const ALL = [
  'records-service',
  'ingestion-service',
  'export-service',
  'caseblock-service',
  'signature-service',
  'facts-service',
  'exhibits-service',
  'caselaw-service',
];
const targets = (gone: string, values = gauge([[1, 30]])): Series =>
  Object.fromEntries(
    ALL.filter((name) => name !== gone).map((name) => [`up{${target(name)}}`, values]),
  );

export const AVAILABILITY_TESTS: readonly RuleTest[] = [
  {
    alert: 'ServiceDown',
    fires: {
      series: up(
        gauge([
          [1, 2],
          [0, 10],
        ]),
      ),
      at: 4.25,
      with: of(FACTS),
    },
    below: [
      {
        when: 'a moment before two minutes are over',
        series: up(
          gauge([
            [1, 2],
            [0, 10],
          ]),
        ),
        at: 3.75,
      },
      {
        when: 'while the other slot of the service answers',
        series: {
          ...up(
            gauge([
              [1, 2],
              [0, 10],
            ]),
          ),
          [`up{job="${FACTS}",instance="b:3000",service="${FACTS}",slot="b"}`]: gauge([[1, 12]]),
        },
        at: 8,
      },
      { when: 'after one missed scrape', series: up('1x7 0 1x40'), at: 6 },
    ],
    resolves: {
      series: up(
        gauge([
          [1, 2],
          [0, 5],
          [1, 5],
        ]),
      ),
      at: 6,
      with: of(FACTS),
      quietAt: 7.25,
    },
  },
  {
    alert: 'ServiceUnhealthy',
    fires: {
      series: {
        ...up(gauge([[1, 12]])),
        ...probe(
          gauge([
            [1, 2],
            [0, 10],
          ]),
        ),
      },
      at: 5.25,
      with: of(FACTS),
    },
    below: [
      {
        when: 'when it does not run at all, which is another alert',
        series: {
          ...up(
            gauge([
              [1, 2],
              [0, 10],
            ]),
          ),
          ...probe(
            gauge([
              [1, 2],
              [0, 10],
            ]),
          ),
        },
        at: 10,
      },
      {
        when: 'a moment before three minutes are over',
        series: {
          ...up(gauge([[1, 12]])),
          ...probe(
            gauge([
              [1, 2],
              [0, 10],
            ]),
          ),
        },
        at: 4.75,
      },
    ],
    resolves: {
      series: {
        ...up(gauge([[1, 14]])),
        ...probe(
          gauge([
            [1, 2],
            [0, 6],
            [1, 6],
          ]),
        ),
      },
      at: 7,
      with: of(FACTS),
      quietAt: 8.25,
    },
  },
  {
    alert: 'ServiceTargetMissing',
    fires: { series: targets(FACTS), at: 6, with: of(FACTS) },
    below: [
      {
        when: 'while every service has a target, down or not',
        series: targets('', gauge([[0, 30]])),
        at: 20,
      },
      { when: 'a moment before five minutes are over', series: targets(FACTS), at: 4.75 },
    ],
    resolves: {
      series: { ...targets(FACTS), ...up(`_x40 ${gauge([[1, 10]])}`) },
      at: 9,
      with: of(FACTS),
      quietAt: 10.5,
    },
  },
  {
    alert: 'MetricsEndpointMissing',
    fires: {
      series: {
        ...up(
          gauge([
            [1, 2],
            [0, 10],
          ]),
        ),
        ...probe(gauge([[1, 12]])),
      },
      at: 3.75,
      with: of(FACTS),
    },
    below: [
      {
        when: 'when the health check fails as well',
        series: {
          ...up(
            gauge([
              [1, 2],
              [0, 10],
            ]),
          ),
          ...probe(
            gauge([
              [1, 2.25],
              [0, 10],
            ]),
          ),
        },
        at: 8,
      },
      {
        when: 'after one missed scrape',
        series: { ...up('1x7 0 1x40'), ...probe(gauge([[1, 12]])) },
        at: 4,
      },
    ],
    resolves: {
      series: {
        ...up(
          gauge([
            [1, 2],
            [0, 5],
            [1, 5],
          ]),
        ),
        ...probe(gauge([[1, 12]])),
      },
      at: 6,
      with: of(FACTS),
      quietAt: 10.5,
    },
  },
  {
    alert: 'ServiceUnstable',
    fires: { series: up(restless(3, 2)), at: 15, with: of(FACTS) },
    below: [
      { when: 'when it was away twice', series: up(restless(2, 2)), at: 38 },
      { when: 'when single scrapes are missed', series: up(restless(6, 0.5)), at: 38 },
      {
        when: 'when it is down for good, which is another alert',
        series: up('1x20 0x140'),
        at: 38,
      },
    ],
    resolves: { series: up(restless(3, 2)), at: 20, with: of(FACTS), quietAt: 37 },
  },
  {
    alert: 'MetricSeriesMissing',
    fires: {
      series: { ...up(gauge([[1, 30]])), ...complete('factsway_db_pool_max') },
      at: 6,
      with: [{ service: FACTS, metric: 'factsway_db_pool_max' }],
    },
    below: [
      {
        when: 'when nothing is missing',
        series: { ...up(gauge([[1, 30]])), ...complete() },
        at: 20,
      },
      {
        when: 'when the service is not scraped at all',
        series: { ...up(gauge([[0, 30]])), ...complete('factsway_db_pool_max') },
        at: 20,
      },
      {
        when: 'a moment before five minutes are over',
        series: { ...up(gauge([[1, 30]])), ...complete('factsway_db_pool_max') },
        at: 4.75,
      },
    ],
    resolves: {
      series: {
        ...up(gauge([[1, 30]])),
        ...complete('factsway_db_pool_max'),
        [`factsway_db_pool_max{${target(FACTS)}}`]: `_x40 ${gauge([[4, 15]])}`,
      },
      at: 9,
      with: [{ service: FACTS, metric: 'factsway_db_pool_max' }],
      quietAt: 10.5,
    },
  },
];
