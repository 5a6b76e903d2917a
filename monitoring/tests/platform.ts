import { restless } from './availability.ts';
import { gauge, target, type RuleTest, type Series } from './rule-test.ts';

const FACTS = 'facts-service';
const EXPORT = 'export-service';
const EDGE = [{ service: 'edge' }];
const POSTGRES = [{ service: 'postgres' }];
const edgeProbe = (values: string): Series => ({
  'probe_success{job="probe",instance="https://edge:8443/healthz",service="edge"}': values,
});
const postgres = (values: string): Series => ({
  'pg_up{job="postgres",instance="e:9187",service="postgres"}': values,
});
const DOWN_AFTER_2 = gauge([
  [1, 2],
  [0, 10],
]);
const DOWN_FOR_5 = gauge([
  [1, 2],
  [0, 5],
  [1, 5],
]);
const build = (service: string, version: string, values: string): Series => ({
  [`factsway_build_info{${target(service)},version="${version}"}`]: values,
});

/** What stands in front of the services, behind them, and what they are together. */
export const PLATFORM_TESTS: readonly RuleTest[] = [
  {
    alert: 'EdgeDown',
    fires: {
      series: edgeProbe(DOWN_AFTER_2),
      at: 4.25,
      with: EDGE,
    },
    below: [
      {
        when: 'a moment before two minutes are over',
        series: edgeProbe(DOWN_AFTER_2),
        at: 3.75,
      },
      {
        when: 'when a service behind it fails its probe',
        series: {
          [`probe_success{job="probe",instance="x",service="${FACTS}"}`]: gauge([[0, 12]]),
          'up{job="edge",instance="edge:9180",service="edge"}': gauge([[1, 12]]),
        },
        at: 10,
      },
    ],
    resolves: {
      series: edgeProbe(DOWN_FOR_5),
      at: 6,
      with: EDGE,
      quietAt: 7.25,
    },
  },
  {
    alert: 'PostgresDown',
    fires: {
      series: postgres(DOWN_AFTER_2),
      at: 3.25,
      with: POSTGRES,
    },
    below: [
      {
        when: 'a moment before a minute is over',
        series: postgres(DOWN_AFTER_2),
        at: 2.75,
      },
      {
        when: 'when only its exporter is away and one service is unhealthy',
        series: {
          ...postgres('1x7 stale _x40'),
          [`probe_success{job="probe",instance="a",service="${FACTS}"}`]: gauge([[0, 12]]),
          [`probe_success{job="probe",instance="b",service="${EXPORT}"}`]: gauge([[1, 12]]),
        },
        at: 10,
      },
    ],
    resolves: {
      // It hangs, and its exporter with it: the services say that they cannot work.
      series: {
        ...postgres('1x7 stale _x18 1x20'),
        [`probe_success{job="probe",instance="a",service="${FACTS}"}`]: DOWN_FOR_5,
        [`probe_success{job="probe",instance="b",service="${EXPORT}"}`]: DOWN_FOR_5,
      },
      at: 6,
      with: POSTGRES,
      quietAt: 8.75,
    },
  },
  {
    alert: 'PostgresUnstable',
    // Never long enough for PostgresDown.
    fires: { series: postgres(restless(3, 0.75)), at: 13, with: POSTGRES },
    below: [
      { when: 'when it was away twice', series: postgres(restless(2, 0.75)), at: 38 },
      { when: 'when single answers are missed', series: postgres(restless(6, 0.25)), at: 38 },
    ],
    resolves: { series: postgres(restless(3, 0.75)), at: 20, with: POSTGRES, quietAt: 36 },
  },
  {
    alert: 'VersionMismatch',
    fires: {
      series: {
        ...build(FACTS, '1.0.0', gauge([[1, 30]])),
        ...build(EXPORT, '1.1.0', gauge([[1, 30]])),
      },
      at: 10.25,
      with: [{}],
    },
    below: [
      {
        when: 'while an upgrade has both for less than ten minutes',
        series: {
          ...build(FACTS, '1.0.0', `${gauge([[1, 9]])} stale`),
          ...build(EXPORT, '1.1.0', gauge([[1, 30]])),
        },
        at: 20,
      },
      {
        when: 'when all are of one version',
        series: {
          ...build(FACTS, '1.1.0', gauge([[1, 30]])),
          ...build(EXPORT, '1.1.0', gauge([[1, 30]])),
        },
        at: 25,
      },
    ],
    resolves: {
      series: {
        ...build(FACTS, '1.0.0', `${gauge([[1, 15]])} stale`),
        ...build(EXPORT, '1.1.0', gauge([[1, 30]])),
      },
      at: 14,
      with: [{}],
      quietAt: 15.5,
    },
  },
];
