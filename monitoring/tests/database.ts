import { counter, gauge, type RuleTest, type Series } from './rule-test.ts';

const LABELS = 'job="postgres",instance="e:9187",service="postgres"';
const SERVER = `${LABELS},server="postgres:5432"`;
const ONE = [{}];

const connections = (values: string): Series => ({
  [`pg_stat_activity_count{${SERVER},datname="factsway",state="idle"}`]: values,
  [`pg_stat_activity_count{${SERVER},datname="factsway",state="active"}`]: gauge([[10, 60]]),
  [`pg_settings_max_connections{${SERVER}}`]: gauge([[100, 60]]),
});
const transaction = (
  values: string,
  state = 'idle in transaction',
  backend = 'client backend',
): Series => ({
  [`pg_stat_activity_max_tx_duration{${SERVER},datname="factsway",usename="factsway_app",state="${state}",backend_type="${backend}"}`]:
    values,
});
const LONG = [{ datname: 'factsway', usename: 'factsway_app', state: 'idle in transaction' }];
const deadlocks = (text: string): Series => ({
  [`pg_stat_database_deadlocks{${LABELS},datid="1",datname="factsway"}`]: text,
});
const wal = (values: string): Series => ({
  [`pg_wal_size_bytes{${LABELS}}`]: values,
  [`pg_settings_max_wal_size_bytes{${SERVER}}`]: gauge([[2_000_000_000, 60]]),
});
/** Rows changed per minute. */
const changes = (perMinute: number): Series =>
  Object.fromEntries(
    ['inserted', 'updated', 'deleted'].map((how) => [
      `pg_stat_database_tup_${how}{${LABELS},datid="1",datname="factsway"}`,
      counter([[perMinute, 60]]),
    ]),
  );
const archived = (values: string, perMinute = 4): Series => ({
  ...changes(perMinute),
  [`pg_stat_archiver_last_archive_age{${SERVER}}`]: values,
});

export const DATABASE_TESTS: readonly RuleTest[] = [
  {
    alert: 'PostgresConnectionsNearLimit',
    fires: { series: connections(gauge([[76, 60]])), at: 5.25, with: ONE },
    below: [
      { when: 'at 85 %', series: connections(gauge([[75, 60]])), at: 30 },
      { when: 'before five minutes are over', series: connections(gauge([[80, 60]])), at: 4.75 },
    ],
    resolves: {
      series: connections(
        gauge([
          [80, 10],
          [20, 50],
        ]),
      ),
      at: 9,
      with: ONE,
      quietAt: 15.5,
    },
  },
  {
    alert: 'PostgresLongTransaction',
    fires: { series: transaction('0+15x200'), at: 16.5, with: LONG },
    below: [
      { when: 'at a quarter of an hour', series: transaction(gauge([[900, 30]])), at: 20 },
      {
        when: 'when the connection is idle',
        series: transaction(gauge([[9000, 30]]), 'idle'),
        at: 20,
      },
      {
        when: 'when PostgreSQL itself is at work',
        series: transaction(gauge([[9000, 30]]), 'active', 'autovacuum worker'),
        at: 20,
      },
    ],
    resolves: {
      series: transaction(
        gauge([
          [1000, 5],
          [0, 10],
        ]),
      ),
      at: 4,
      with: LONG,
      quietAt: 5.5,
    },
  },
  {
    alert: 'PostgresDeadlocks',
    fires: {
      series: deadlocks(
        counter([
          [0, 5],
          [1, 5],
          [0, 20],
        ]),
      ),
      at: 10.5,
      with: [{ datname: 'factsway' }],
    },
    below: [
      { when: 'at two in a quarter of an hour', series: deadlocks('0x20 1x10 2x60'), at: 15 },
      { when: 'at one in ten minutes', series: deadlocks(counter([[0.1, 60]])), at: 50 },
    ],
    resolves: {
      series: deadlocks(
        counter([
          [0, 5],
          [1, 5],
          [0, 60],
        ]),
      ),
      at: 12,
      with: [{ datname: 'factsway' }],
      quietAt: 42,
    },
  },
  {
    alert: 'PostgresWalGrowth',
    fires: { series: wal(gauge([[4_100_000_000, 60]])), at: 15.25, with: ONE },
    below: [
      { when: 'at twice the plan', series: wal(gauge([[4_000_000_000, 60]])), at: 40 },
      {
        when: 'before a quarter of an hour is over',
        series: wal(gauge([[4_100_000_000, 60]])),
        at: 14.75,
      },
    ],
    resolves: {
      series: wal(
        gauge([
          [4_100_000_000, 20],
          [1_000_000_000, 40],
        ]),
      ),
      at: 19,
      with: ONE,
      quietAt: 20.5,
    },
  },
  {
    alert: 'PostgresArchiveStale',
    fires: { series: archived(gauge([[901, 30]])), at: 5.25, with: ONE },
    below: [
      { when: 'at a quarter of an hour', series: archived(gauge([[900, 30]])), at: 20 },
      {
        when: 'while nobody has changed anything since',
        series: archived('60+15x230', 0),
        at: 55,
      },
      {
        when: 'where nothing is archived',
        series: archived(Array(100).fill('NaN').join(' ')),
        at: 20,
      },
      { when: 'before five minutes are over', series: archived(gauge([[2000, 30]])), at: 4.75 },
    ],
    resolves: {
      series: archived(
        gauge([
          [2000, 10],
          [30, 10],
        ]),
      ),
      at: 9,
      with: ONE,
      quietAt: 10.5,
    },
  },
];
