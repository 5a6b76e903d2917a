import type { Metric, MetricSource, MetricType } from '../model.ts';

type Row = readonly [
  name: string,
  type: MetricType,
  help: string,
  labels?: readonly string[],
  more?: Partial<Metric>,
];

const from =
  (source: MetricSource) =>
  ([name, type, help, labels = [], more = {}]: Row): Metric => ({
    name,
    type,
    source,
    labels,
    help,
    ...more,
  });

const FILE_SYSTEM = ['device', 'fstype', 'mountpoint'] as const;
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
/** Series that appear with the first event of their kind. */
const LATER = { always: false } as const;

const EDGE: readonly Row[] = [
  [
    'caddy_http_request_duration_seconds',
    'histogram',
    'time of a request as the client sees it',
    ['code', 'handler', 'method', 'server'],
    LATER,
  ],
  [
    'caddy_http_request_errors_total',
    'counter',
    'requests the proxy could not hand on',
    ['handler', 'server'],
    LATER,
  ],
  ['caddy_http_requests_in_flight', 'gauge', 'requests in the proxy now', ['handler', 'server']],
  ['caddy_reverse_proxy_upstreams_healthy', 'gauge', 'what the proxy sends to', ['upstream']],
];

const POSTGRES: readonly Row[] = [
  ['pg_up', 'gauge', '1 when PostgreSQL answers the exporter'],
  ['pg_database_size_bytes', 'gauge', 'size of a database', ['datname']],
  ['pg_locks_count', 'gauge', 'locks held', ['datname', 'mode']],
  ['pg_settings_max_connections', 'gauge', 'connections PostgreSQL accepts', ['server']],
  ['pg_settings_max_wal_size_bytes', 'gauge', 'WAL kept between checkpoints', ['server']],
  ['pg_settings_shared_buffers_bytes', 'gauge', 'cache of PostgreSQL', ['server']],
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
      ['pg_stat_database_tup_fetched', 'rows fetched'],
      ['pg_stat_database_tup_inserted', 'rows inserted'],
      ['pg_stat_database_tup_updated', 'rows updated'],
      ['pg_stat_database_xact_commit', 'transactions committed'],
      ['pg_stat_database_xact_rollback', 'transactions rolled back'],
    ] as const
  ).map(([name, help]): Row => [name, 'counter', help, ['datid', 'datname']]),
  ['pg_wal_segments', 'gauge', 'WAL segments on disk'],
  ['pg_wal_size_bytes', 'gauge', 'size of the WAL on disk'],
];

const NODE: readonly Row[] = [
  ['node_boot_time_seconds', 'gauge', 'when the host started'],
  ['node_cpu_seconds_total', 'counter', 'time of each core', ['cpu', 'mode']],
  ['node_disk_io_time_seconds_total', 'counter', 'time a disk was busy', ['device']],
  ['node_disk_read_bytes_total', 'counter', 'read from a disk', ['device']],
  ['node_disk_written_bytes_total', 'counter', 'written to a disk', ['device']],
  ['node_filesystem_avail_bytes', 'gauge', 'space an ordinary user has left', FILE_SYSTEM],
  ['node_filesystem_files', 'gauge', 'inodes of a file system', FILE_SYSTEM],
  ['node_filesystem_files_free', 'gauge', 'inodes left', FILE_SYSTEM],
  ['node_filesystem_readonly', 'gauge', '1 where nothing can be written', FILE_SYSTEM],
  ['node_filesystem_size_bytes', 'gauge', 'size of a file system', FILE_SYSTEM],
  ['node_load1', 'gauge', 'load average of a minute'],
  ['node_load5', 'gauge', 'load average of five minutes'],
  ['node_load15', 'gauge', 'load average of a quarter of an hour'],
  ['node_memory_MemAvailable_bytes', 'gauge', 'memory programs can still have'],
  ['node_memory_MemTotal_bytes', 'gauge', 'memory of the host'],
  ['node_timex_maxerror_seconds', 'gauge', 'how far the clock may be off'],
  ['node_timex_offset_seconds', 'gauge', 'how far the clock is off its reference'],
  ['node_timex_sync_status', 'gauge', '1 while the clock follows a reference'],
  ['node_vmstat_oom_kill', 'counter', 'processes the kernel ended for want of memory'],
];

const PROBE: readonly Row[] = [
  ['probe_duration_seconds', 'gauge', 'time of a probe'],
  ['probe_http_status_code', 'gauge', 'status a probe was answered with'],
  [
    'probe_ssl_earliest_cert_expiry',
    'gauge',
    'when the first certificate of the chain ends',
    [],
    // Only where the edge speaks TLS.
    LATER,
  ],
  ['probe_success', 'gauge', '1 when the address answered as it should'],
];

const PROMETHEUS: readonly Row[] = [
  ['prometheus_config_last_reload_successful', 'gauge', '1 while the configuration is the latest'],
  ['prometheus_notifications_alertmanagers_discovered', 'gauge', 'Alertmanagers it sends to'],
  ['prometheus_notifications_dropped_total', 'counter', 'alerts it could not hand over'],
  ['prometheus_rule_evaluation_failures_total', 'counter', 'rules that failed', ['rule_group']],
  ['prometheus_rule_group_last_duration_seconds', 'gauge', 'time of a round', ['rule_group']],
  ['prometheus_tsdb_head_series', 'gauge', 'series it holds'],
];

const ALERTMANAGER: readonly Row[] = [
  ['alertmanager_alerts', 'gauge', 'alerts it knows', ['state']],
  ['alertmanager_config_last_reload_successful', 'gauge', '1 while it runs the latest'],
  [
    'alertmanager_notifications_failed_total',
    'counter',
    'notifications given up',
    ['integration', 'reason', 'receiver_name'],
  ],
  [
    'alertmanager_notifications_total',
    'counter',
    'notifications tried',
    ['integration', 'receiver_name'],
  ],
];

const EVERYWHERE: readonly Row[] = [
  ['up', 'gauge', '1 when the last scrape succeeded'],
  ['process_cpu_seconds_total', 'counter', 'CPU time of a process'],
  ['process_open_fds', 'gauge', 'files a process holds open'],
  ['process_resident_memory_bytes', 'gauge', 'memory of a process'],
  ['process_start_time_seconds', 'gauge', 'when a process started'],
  ['scrape_duration_seconds', 'gauge', 'time of the last scrape'],
];

/** What the components beside the services expose, as far as a rule or a panel asks for it. */
export const COMPONENT_METRICS: readonly Metric[] = [
  ...EDGE.map(from('edge')),
  ...POSTGRES.map(from('postgres')),
  ...NODE.map(from('node')),
  ...PROBE.map(from('probe')),
  ...PROMETHEUS.map(from('prometheus')),
  ...ALERTMANAGER.map(from('alertmanager')),
  ...EVERYWHERE.map(from('every target')),
];

/** What the backup sidecar exposes, where there is one. */
export const BACKUP_METRICS: readonly Metric[] = (
  [
    ['factsway_backup_last_success_timestamp_seconds', 'gauge', 'when a backup last succeeded'],
    [
      'factsway_restore_drill_last_success_timestamp_seconds',
      'gauge',
      'when a drill last restored a backup',
    ],
  ] as const
).map((row) => from('backup')(row));
