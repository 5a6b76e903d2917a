import type { Metric } from '../model.ts';
import { from, type Row } from './table.ts';

const FILE_SYSTEM = ['device', 'fstype', 'mountpoint'] as const;

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
  ['node_load15', 'gauge', 'load average of a quarter of an hour'],
  ['node_memory_MemAvailable_bytes', 'gauge', 'memory programs can still have'],
  ['node_memory_MemTotal_bytes', 'gauge', 'memory of the host'],
  ['node_timex_maxerror_seconds', 'gauge', 'how far the clock may be off'],
  ['node_timex_offset_seconds', 'gauge', 'how far the clock is off its reference'],
  ['node_timex_sync_status', 'gauge', '1 while the clock follows a reference'],
  ['node_vmstat_oom_kill', 'counter', 'processes the kernel ended for want of memory'],
  ['node_exporter_build_info', 'info', 'version of the exporter', ['version']],
  ['node_memory_Cached_bytes', 'gauge', 'memory that holds files'],
  ['node_pressure_cpu_waiting_seconds_total', 'counter', 'time in which a process waited for CPU'],
  ['node_pressure_io_waiting_seconds_total', 'counter', 'time in which one waited for a disk'],
  ['node_pressure_memory_waiting_seconds_total', 'counter', 'time in which one waited for memory'],
  ['node_vmstat_pswpin', 'counter', 'pages read from swap'],
  ['node_vmstat_pswpout', 'counter', 'pages written to swap'],
];

/** The host, by its exporter. */
export const NODE_METRICS: readonly Metric[] = NODE.map(from('node'));
