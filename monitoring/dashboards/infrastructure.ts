import { dashboard } from './dashboard.ts';
import { atLeast, none, stat, timeSeries, upTo } from './panels.ts';
import { DISKS, rate } from './selections.ts';

const AVAILABLE = `node_filesystem_avail_bytes{${DISKS}}`;
const CORES = `count(${rate('node_cpu_seconds_total{mode="idle"}')})`;
const DAY = 86_400;

const now = [
  stat({
    title: 'CPU in use',
    description: 'Share of all cores. Above 90 % for long, everything becomes slow at once.',
    unit: 'percentunit',
    width: 4,
    decimals: 0,
    thresholds: upTo(0.8, 0.95),
    queries: [{ expr: `1 - avg(${rate('node_cpu_seconds_total{mode="idle"}')})`, legend: 'CPU' }],
  }),
  stat({
    title: 'Memory in use',
    description:
      'Share of the memory that cannot be given to anybody any more. Near 100 % the kernel ends processes.',
    unit: 'percentunit',
    width: 4,
    decimals: 0,
    thresholds: upTo(0.85, 0.95),
    queries: [
      {
        expr: '1 - sum(node_memory_MemAvailable_bytes) / sum(node_memory_MemTotal_bytes)',
        legend: 'memory',
      },
    ],
  }),
  stat({
    title: 'Fullest disk',
    description: 'PostgreSQL stops writing when its disk is full. Below 10 % free is a warning.',
    unit: 'percentunit',
    width: 4,
    decimals: 0,
    thresholds: upTo(0.9, 0.97),
    queries: [
      {
        expr: `max(1 - ${AVAILABLE} / node_filesystem_size_bytes{${DISKS}})`,
        legend: 'in use',
      },
    ],
  }),
  stat({
    title: 'Processes ended for memory',
    description:
      'By the kernel, in 24 hours. A container at its own limit counts too; the Service dashboards show which restarted.',
    unit: 'none',
    width: 4,
    decimals: 0,
    thresholds: none,
    queries: [{ expr: 'sum(increase(node_vmstat_oom_kill[24h]))', legend: 'ended' }],
  }),
  stat({
    title: 'Certificate, time left',
    description:
      'Until the certificate of the edge expires. One of the platform’s own authority lives for 12 hours and renews itself.',
    unit: 'dtdurations',
    width: 4,
    decimals: 0,
    thresholds: atLeast(3600, 4 * 3600),
    queries: [
      {
        expr: 'min(probe_ssl_earliest_cert_expiry{service="edge"}) - time()',
        legend: 'time left',
      },
    ],
  }),
  stat({
    title: 'Server runs since',
    description: 'Time since the kernel started.',
    unit: 'dtdurations',
    width: 4,
    decimals: 0,
    queries: [{ expr: 'time() - max(node_boot_time_seconds)', legend: 'running' }],
  }),
];

const cpu = [
  timeSeries({
    title: 'CPU by kind of work',
    description:
      'Share of all cores. Much iowait is a slow disk, steal is a neighbour on the same machine.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    stacked: true,
    queries: [
      {
        expr: `sum by (mode) (${rate('node_cpu_seconds_total{mode!="idle"}')}) / scalar(${CORES})`,
        legend: '{{mode}}',
      },
    ],
  }),
  timeSeries({
    title: 'Load by core',
    description:
      'Processes that run or wait to run, divided by cores. Above 1 for long, work queues up.',
    unit: 'none',
    width: 8,
    thresholds: upTo(1, 2),
    queries: [
      { expr: `sum(node_load1) / ${CORES}`, legend: '1 minute' },
      { expr: `sum(node_load15) / ${CORES}`, legend: '15 minutes' },
    ],
  }),
  timeSeries({
    title: 'Waiting for CPU, memory and disk',
    description:
      'Share of the time in which some process waited (pressure stall information of the kernel): the plainest sign of what is short.',
    unit: 'percentunit',
    width: 8,
    queries: [
      { expr: `sum(${rate('node_pressure_cpu_waiting_seconds_total')})`, legend: 'CPU' },
      { expr: `sum(${rate('node_pressure_memory_waiting_seconds_total')})`, legend: 'memory' },
      { expr: `sum(${rate('node_pressure_io_waiting_seconds_total')})`, legend: 'disk' },
    ],
  }),
];

const memory = [
  timeSeries({
    title: 'Memory',
    description: 'All of it, and what can still be given to somebody.',
    unit: 'bytes',
    width: 8,
    queries: [
      { expr: 'sum(node_memory_MemTotal_bytes)', legend: 'total' },
      { expr: 'sum(node_memory_MemAvailable_bytes)', legend: 'available' },
      { expr: 'sum(node_memory_Cached_bytes)', legend: 'file cache' },
    ],
  }),
  timeSeries({
    title: 'Memory by component',
    description: 'Memory of each process of the platform that reports it; PostgreSQL does not.',
    unit: 'bytes',
    width: 8,
    stacked: true,
    queries: [{ expr: 'sum by (service) (process_resident_memory_bytes)', legend: '{{service}}' }],
  }),
  timeSeries({
    title: 'Swapping',
    description: 'Pages per second to and from swap. Steady swapping makes every request slow.',
    unit: 'ops',
    width: 8,
    queries: [
      { expr: `sum(${rate('node_vmstat_pswpin')})`, legend: 'in' },
      { expr: `sum(${rate('node_vmstat_pswpout')})`, legend: 'out' },
    ],
  }),
];

const disks = [
  timeSeries({
    title: 'Free space',
    description:
      'Share of each file system that is free; lines at 10 % (warning) and 3 % (critical).',
    unit: 'percentunit',
    width: 8,
    max: 1,
    thresholds: atLeast(0.03, 0.1),
    queries: [
      {
        expr: `min by (mountpoint) (${AVAILABLE} / node_filesystem_size_bytes{${DISKS}})`,
        legend: '{{mountpoint}}',
      },
    ],
  }),
  timeSeries({
    title: 'Free in 24 hours',
    description:
      'If it goes on as in the last 6 hours. Below 0 the disk is full by then; what grows is on the Backup dashboard.',
    unit: 'bytes',
    width: 8,
    min: 'free',
    queries: [
      {
        expr: `min by (mountpoint) (predict_linear(${AVAILABLE}[6h], ${DAY}))`,
        legend: '{{mountpoint}}',
      },
    ],
  }),
  timeSeries({
    title: 'Inodes free',
    description:
      'Share of file names that a file system has left: a disk with free space and no inodes is full all the same.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    thresholds: atLeast(0.03, 0.1),
    queries: [
      {
        expr: `min by (mountpoint) (node_filesystem_files_free{${DISKS}} / (node_filesystem_files{${DISKS}} > 0))`,
        legend: '{{mountpoint}}',
      },
    ],
  }),
  timeSeries({
    title: 'Read and written',
    description: 'Bytes per second by disk.',
    unit: 'Bps',
    width: 12,
    queries: [
      {
        expr: `sum by (device) (${rate('node_disk_read_bytes_total')})`,
        legend: '{{device}} read',
      },
      {
        expr: `sum by (device) (${rate('node_disk_written_bytes_total')})`,
        legend: '{{device}} written',
      },
    ],
  }),
  timeSeries({
    title: 'Disk busy',
    description:
      'Share of the time in which a disk had something to do. Near 100 % requests queue.',
    unit: 'percentunit',
    width: 12,
    thresholds: upTo(0.8, 0.95),
    queries: [
      {
        expr: `sum by (device) (${rate('node_disk_io_time_seconds_total')})`,
        legend: '{{device}}',
      },
    ],
  }),
];

const limits = [
  timeSeries({
    title: 'Files open by component',
    description: 'Share of the open files that each process may have. At 100 % it accepts nobody.',
    unit: 'percentunit',
    width: 8,
    thresholds: upTo(0.7, 0.9),
    queries: [
      {
        expr: 'max by (service) (process_open_fds / process_max_fds)',
        legend: '{{service}}',
      },
    ],
  }),
  timeSeries({
    title: 'CPU by component',
    description: 'Cores that each process of the platform uses; 1 is one whole core.',
    unit: 'none',
    width: 8,
    stacked: true,
    queries: [
      {
        expr: `sum by (service) (${rate('process_cpu_seconds_total')})`,
        legend: '{{service}}',
      },
    ],
  }),
  timeSeries({
    title: 'Clock',
    description:
      'By how much the clock of the server is off, as the kernel estimates. A clock that is wrong breaks logins and certificates.',
    unit: 's',
    width: 8,
    min: 'free',
    queries: [{ expr: 'max(node_timex_offset_seconds)', legend: 'offset' }],
  }),
];

const monitoring = [
  timeSeries({
    title: 'Targets down',
    description: 'How many targets of each kind Prometheus cannot read. All at 0 is good.',
    unit: 'none',
    width: 8,
    decimals: 0,
    queries: [{ expr: 'sum by (service) (1 - up)', legend: '{{service}}' }],
  }),
  timeSeries({
    title: 'Notifications',
    description:
      'Messages of Alertmanager per second, and those that could not be delivered. A failed one is an alert that nobody got.',
    unit: 'ops',
    width: 8,
    queries: [
      { expr: `sum(${rate('alertmanager_notifications_total')}) or vector(0)`, legend: 'sent' },
      {
        expr: `sum(${rate('alertmanager_notifications_failed_total')}) or vector(0)`,
        legend: 'failed',
      },
    ],
  }),
  timeSeries({
    title: 'Size of the metrics',
    description: 'Samples on disk, and in memory the series that are being written.',
    unit: 'bytes',
    width: 8,
    queries: [
      { expr: 'sum(prometheus_tsdb_storage_blocks_bytes)', legend: 'blocks' },
      { expr: 'sum(prometheus_tsdb_head_chunks_storage_size_bytes)', legend: 'head' },
      { expr: 'sum(prometheus_tsdb_wal_storage_size_bytes)', legend: 'write-ahead log' },
    ],
  }),
];

export const infrastructure = dashboard({
  uid: 'factsway-infrastructure',
  title: 'Infrastructure',
  description: 'The server: CPU, memory, disks, clock, and the monitoring itself.',
  since: '6h',
  rows: [
    { title: 'Now', panels: now },
    { title: 'CPU', panels: cpu },
    { title: 'Memory', panels: memory },
    { title: 'Disks', panels: disks },
    { title: 'Limits', panels: limits },
    { title: 'Monitoring', panels: monitoring },
  ],
});
