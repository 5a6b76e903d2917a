import type { Metric } from '../model.ts';
import { from, type Row } from './table.ts';

const DATABASE = ['datid', 'datname'];
const TABLE = ['datname', 'schemaname', 'relname'];
const ACTIVITY = [
  'datname',
  'server',
  'state',
  'backend_type',
  'usename',
  'application_name',
  'wait_event',
  'wait_event_type',
] as const;
const POSTGRES: readonly Row[] = [
  ['pg_up', 'gauge', '1 when PostgreSQL answers the exporter'],
  ['pg_database_size_bytes', 'gauge', 'size of a database', ['datname']],
  ['pg_locks_count', 'gauge', 'locks held', ['datname', 'mode']],
  ['pg_settings_max_connections', 'gauge', 'connections PostgreSQL accepts', ['server']],
  ['pg_settings_max_wal_size_bytes', 'gauge', 'WAL kept between checkpoints', ['server']],
  ['pg_stat_activity_count', 'gauge', 'connections by state', ACTIVITY],
  [
    'pg_stat_activity_max_tx_duration',
    'gauge',
    'seconds the longest transaction is open',
    ACTIVITY,
  ],
  ['pg_stat_archiver_archived_count', 'counter', 'WAL segments archived', ['server']],
  ['pg_stat_archiver_failed_count', 'counter', 'archivings that failed', ['server']],
  ['pg_stat_archiver_last_archive_age', 'gauge', 'seconds since one was archived', ['server']],
  ...(
    [
      ['pg_stat_database_blks_hit', 'blocks found in the cache'],
      ['pg_stat_database_blks_read', 'blocks read from disk'],
      ['pg_stat_database_deadlocks', 'deadlocks broken'],
      ['pg_stat_database_tup_deleted', 'rows deleted'],
      ['pg_stat_database_tup_inserted', 'rows inserted'],
      ['pg_stat_database_tup_updated', 'rows updated'],
      ['pg_stat_database_xact_commit', 'transactions committed'],
      ['pg_stat_database_xact_rollback', 'transactions rolled back'],
    ] as const
  ).map(([name, help]): Row => [name, 'counter', help, DATABASE]),
  ['pg_wal_size_bytes', 'gauge', 'size of the WAL on disk'],
  ['pg_stat_database_blk_read_time', 'counter', 'milliseconds spent reading blocks', DATABASE],
  ['pg_stat_database_blk_write_time', 'counter', 'milliseconds spent writing blocks', DATABASE],
  ['pg_stat_database_numbackends', 'gauge', 'connections to a database', DATABASE],
  ['pg_stat_database_temp_files', 'counter', 'temporary files of queries', DATABASE],
  ['pg_stat_user_tables_n_dead_tup', 'gauge', 'rows of a table that wait for vacuum', TABLE],
  ['pg_stat_user_tables_seq_tup_read', 'counter', 'rows read without an index', TABLE],
  ['pg_stat_user_tables_size_bytes', 'gauge', 'size of a table with its indexes', TABLE],
  ['pg_settings_data_checksums', 'gauge', '1 where pages have checksums', ['server']],
  ['pg_settings_fsync', 'gauge', '1 where changes are forced to disk', ['server']],
  ['pg_settings_full_page_writes', 'gauge', '1 where whole pages are logged first', ['server']],
  ['pg_static', 'info', 'version of PostgreSQL', ['server', 'short_version', 'version']],
  ['postgres_exporter_build_info', 'info', 'version of the exporter', ['version']],
];

/** PostgreSQL, by its exporter. */
export const POSTGRES_METRICS: readonly Metric[] = POSTGRES.map(from('postgres'));
