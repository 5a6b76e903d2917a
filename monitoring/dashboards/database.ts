import { dashboard } from './dashboard.ts';
import { atLeast, none, stat, table, timeSeries, upTo } from './panels.ts';
import { OWN_DATABASES, rate } from './selections.ts';

const perDatabase = (metric: string): string => `sum by (datname) (${rate(metric)})`;
const ROWS = ['inserted', 'updated', 'deleted'] as const;

const now = [
  stat({
    title: 'PostgreSQL',
    description: 'Whether the database answers the exporter. All services need it.',
    unit: 'none',
    width: 4,
    words: { 0: { text: 'DOWN', color: 'red' }, 1: { text: 'up', color: 'green' } },
    queries: [{ expr: 'min(pg_up)', legend: 'PostgreSQL' }],
  }),
  stat({
    title: 'Connections in use',
    description:
      'Share of max_connections. At 100 % new ones are refused, and services answer 503.',
    unit: 'percentunit',
    width: 4,
    decimals: 0,
    thresholds: upTo(0.8, 0.95),
    queries: [
      {
        expr: 'sum(pg_stat_database_numbackends) / max(pg_settings_max_connections)',
        legend: 'in use',
      },
    ],
  }),
  stat({
    title: 'Longest transaction',
    description:
      'Age of the oldest transaction that is open. It holds its locks, and keeps vacuum from cleaning up.',
    unit: 's',
    width: 4,
    decimals: 0,
    thresholds: upTo(60, 300),
    queries: [{ expr: 'max(pg_stat_activity_max_tx_duration)', legend: 'longest' }],
  }),
  stat({
    title: 'Read from memory',
    description:
      'Share of blocks found in shared_buffers. Well below 99 % on a busy system, memory is short or a query reads whole tables.',
    unit: 'percentunit',
    width: 4,
    decimals: 1,
    thresholds: atLeast(0.9, 0.97),
    queries: [
      {
        expr: `sum(${rate('pg_stat_database_blks_hit')}) / (sum(${rate('pg_stat_database_blks_hit')}) + sum(${rate('pg_stat_database_blks_read')}))`,
        legend: 'from memory',
      },
    ],
  }),
  stat({
    title: 'Deadlocks, 1 hour',
    description: 'Transactions that PostgreSQL ended because two waited for each other.',
    unit: 'none',
    width: 4,
    decimals: 0,
    thresholds: none,
    queries: [{ expr: 'sum(increase(pg_stat_database_deadlocks[1h]))', legend: 'deadlocks' }],
  }),
  stat({
    title: 'Size of the databases',
    description: 'On disk, indexes included, without the write-ahead log.',
    unit: 'bytes',
    width: 4,
    queries: [{ expr: 'sum(pg_database_size_bytes)', legend: 'size' }],
  }),
];

const load = [
  timeSeries({
    title: 'Transactions',
    description:
      'Committed and rolled back per second. Rollbacks that rise with the failed requests of a service belong to it.',
    unit: 'ops',
    width: 8,
    queries: [
      { expr: perDatabase('pg_stat_database_xact_commit'), legend: '{{datname}} committed' },
      { expr: perDatabase('pg_stat_database_xact_rollback'), legend: '{{datname}} rolled back' },
    ],
  }),
  timeSeries({
    title: 'Connections by state',
    description:
      'Connections, and how many there may be. “idle in transaction” for long is a client that forgot to commit.',
    unit: 'short',
    width: 8,
    queries: [
      { expr: 'sum by (state) (pg_stat_activity_count{state!=""})', legend: '{{state}}' },
      { expr: 'max(pg_settings_max_connections)', legend: 'limit' },
    ],
  }),
  timeSeries({
    title: 'Rows written',
    description: 'Rows inserted, updated and deleted per second, all databases.',
    unit: 'ops',
    width: 8,
    queries: ROWS.map((what) => ({
      expr: `sum(${rate(`pg_stat_database_tup_${what}`)})`,
      legend: what,
    })),
  }),
];

const waiting = [
  timeSeries({
    title: 'Longest transaction by user',
    description: 'Who keeps a transaction open. Lines at 1 and 5 minutes.',
    unit: 's',
    width: 8,
    thresholds: upTo(60, 300),
    queries: [
      {
        expr: 'max by (usename) (pg_stat_activity_max_tx_duration{usename!=""})',
        legend: '{{usename}}',
      },
    ],
  }),
  timeSeries({
    title: 'Locks by mode',
    description:
      'Locks held or waited for. An accessexclusivelock that stays stops everybody who needs that table: a migration, or somebody by hand.',
    unit: 'short',
    width: 8,
    queries: [{ expr: 'sum by (mode) (pg_locks_count)', legend: '{{mode}}' }],
  }),
  timeSeries({
    title: 'Deadlocks and files for sorting',
    description:
      'Deadlocks per second, and temporary files per second: what did not fit into work_mem.',
    unit: 'ops',
    width: 8,
    queries: [
      { expr: `sum(${rate('pg_stat_database_deadlocks')})`, legend: 'deadlocks' },
      { expr: `sum(${rate('pg_stat_database_temp_files')})`, legend: 'temporary files' },
    ],
  }),
];

const storage = [
  timeSeries({
    title: 'Waiting for the disk',
    description:
      'Seconds per second that queries spent reading and writing blocks; 1 is one query waiting all the time.',
    unit: 'none',
    width: 8,
    queries: [
      { expr: `sum(${rate('pg_stat_database_blk_read_time')}) / 1000`, legend: 'reading' },
      { expr: `sum(${rate('pg_stat_database_blk_write_time')}) / 1000`, legend: 'writing' },
    ],
  }),
  timeSeries({
    title: 'Size by database',
    description: 'On disk, indexes included.',
    unit: 'bytes',
    width: 8,
    queries: [
      {
        expr: `sum by (datname) (pg_database_size_bytes{${OWN_DATABASES}})`,
        legend: '{{datname}}',
      },
    ],
  }),
  table({
    title: 'Largest tables',
    description: 'The ten largest, indexes included.',
    unit: 'bytes',
    width: 8,
    columns: { relname: 'table', Value: 'size' },
    sortedBy: 'size',
    queries: [
      {
        expr: 'topk(10, sum by (relname) (pg_stat_user_tables_size_bytes))',
        legend: '{{relname}}',
      },
    ],
  }),
  table({
    title: 'Rows that vacuum has yet to clean up',
    description:
      'The ten tables with the most dead rows. Many of them for days: vacuum does not keep up, or a long transaction keeps it from its work.',
    unit: 'short',
    width: 12,
    columns: { relname: 'table', Value: 'dead rows' },
    sortedBy: 'dead rows',
    queries: [
      {
        expr: 'topk(10, sum by (relname) (pg_stat_user_tables_n_dead_tup))',
        legend: '{{relname}}',
      },
    ],
  }),
  timeSeries({
    title: 'Tables read from end to end',
    description:
      'Rows per second that were read without an index, the five tables with the most. A large table here lacks one.',
    unit: 'ops',
    width: 12,
    queries: [
      {
        expr: `topk(5, sum by (relname) (${rate('pg_stat_user_tables_seq_tup_read')}))`,
        legend: '{{relname}}',
      },
    ],
  }),
];

const clients = [
  timeSeries({
    title: 'Pool in use by service',
    description:
      'Share of its connections that each service uses. At 100 % its requests wait for one another.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    thresholds: upTo(0.8, 1),
    queries: [
      {
        expr: 'max by (service) ((factsway_db_pool_total - factsway_db_pool_idle) / factsway_db_pool_max)',
        legend: '{{service}}',
      },
    ],
  }),
  timeSeries({
    title: 'Waiting for a connection, by service',
    description: 'Queries that wait until their pool has a connection for them.',
    unit: 'short',
    width: 8,
    queries: [{ expr: 'sum by (service) (factsway_db_pool_waiting)', legend: '{{service}}' }],
  }),
  timeSeries({
    title: 'Connection errors by service',
    description:
      'Connections that could not be had, or broke. From all services at once: the database; from one: its pool or its network.',
    unit: 'ops',
    width: 8,
    queries: [
      {
        expr: `sum by (service) (${rate('database_connection_errors_total')})`,
        legend: '{{service}}',
      },
    ],
  }),
];

/** What records-service finds in the audit log; nothing before release 1.1.0. */
const audit = [
  stat({
    title: 'Audit log',
    description:
      'Whether every row is as it was written, as of the last time that all were gone through.',
    unit: 'none',
    width: 8,
    words: {
      0: { text: 'sound', color: 'green' },
      1: { text: 'broken', color: 'red' },
    },
    queries: [{ expr: 'max(factsway_audit_chain_broken)', legend: 'audit log' }],
  }),
  stat({
    title: 'Audit log verified',
    description: 'Time since all rows were gone through. More than two days is a warning.',
    unit: 'dtdurations',
    width: 8,
    decimals: 0,
    queries: [
      {
        expr: 'time() - (max(factsway_audit_last_verified_timestamp_seconds) > 0)',
        legend: 'ago',
      },
    ],
  }),
  stat({
    title: 'Rows of the audit log',
    description: 'When it was gone through last.',
    unit: 'none',
    width: 8,
    decimals: 0,
    queries: [{ expr: 'max(factsway_audit_rows)', legend: 'rows' }],
  }),
];

export const database = dashboard({
  uid: 'factsway-database',
  title: 'Database',
  description:
    'PostgreSQL: connections, transactions, locks, storage, and how the services see it.',
  since: '3h',
  rows: [
    { title: 'Now', panels: now },
    { title: 'Load', panels: load },
    { title: 'Waiting', panels: waiting },
    { title: 'Storage', panels: storage },
    { title: 'As the services see it', panels: clients },
    { title: 'Audit log', panels: audit },
  ],
});
