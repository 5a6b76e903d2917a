import type { Metric } from '../model.ts';
import { from, LATER, type Row } from './table.ts';

const EDGE: readonly Row[] = [
  [
    'caddy_http_request_errors_total',
    'counter',
    'requests the proxy could not hand on',
    ['handler', 'server'],
    LATER,
  ],
];

const PROBE: readonly Row[] = [
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
  ['prometheus_build_info', 'info', 'version of Prometheus', ['version']],
  ['prometheus_tsdb_head_chunks_storage_size_bytes', 'gauge', 'size of what is being written'],
  ['prometheus_tsdb_storage_blocks_bytes', 'gauge', 'size of the blocks on disk'],
  ['prometheus_tsdb_wal_storage_size_bytes', 'gauge', 'size of its write-ahead log'],
];

const ALERTMANAGER: readonly Row[] = [
  ['alertmanager_build_info', 'info', 'version of Alertmanager', ['version']],
  ['alertmanager_config_hash', 'gauge', 'another number for each configuration it took up'],
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

const BLACKBOX: readonly Row[] = [
  ['blackbox_exporter_build_info', 'info', 'version of the exporter', ['version']],
];

const EVERYWHERE: readonly Row[] = [
  ['up', 'gauge', '1 when the last scrape succeeded'],
  ['process_cpu_seconds_total', 'counter', 'CPU time of a process'],
  ['process_max_fds', 'gauge', 'files a process may hold open'],
  ['process_open_fds', 'gauge', 'files a process holds open'],
  ['process_resident_memory_bytes', 'gauge', 'memory of a process'],
  ['process_start_time_seconds', 'gauge', 'when a process started'],
];

/** What the components beside the services expose, as far as a rule or a panel asks for it. */
export const COMPONENT_METRICS: readonly Metric[] = [
  ...EDGE.map(from('edge')),
  ...PROBE.map(from('probe')),
  ...PROMETHEUS.map(from('prometheus')),
  ...ALERTMANAGER.map(from('alertmanager')),
  ...BLACKBOX.map(from('blackbox')),
  ...EVERYWHERE.map(from('every target')),
];
