import type { Alert } from '../model.ts';
import { DISKS } from '../selectors.ts';

const FREE = `node_filesystem_avail_bytes{${DISKS}} / node_filesystem_size_bytes{${DISKS}}`;
/** What cannot be written cannot fill up. */
const WRITABLE = `node_filesystem_readonly{${DISKS}} == 0`;
const DAY = 86_400;
/** Of ten terabytes three per cent are enough for a year. */
const SCARCE = `node_filesystem_avail_bytes{${DISKS}} < 5e9`;
/** The system boots from it and nobody works on it; shares are filled and watched elsewhere. */
const NOT_OURS = 'mountpoint!~"/boot.*|/efi.*",fstype!~"nfs.*|cifs|smb.*"';

const OF_THE_HOST: readonly Alert[] = [
  {
    name: 'DiskFull',
    area: 'host',
    severity: 'critical',
    expr: `${FREE} < 0.03 and ${SCARCE} and node_filesystem_readonly{${DISKS},${NOT_OURS}} == 0`,
    for: '1m',
    summary: '{{ $labels.mountpoint }} is full',
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.mountpoint }} ({{ $labels.device }}) is free. Where it is the disk of Docker, PostgreSQL stops as soon as it cannot write.',
    dashboard: 'factsway-infrastructure',
    symptom: 'disk',
    cause: 'host',
    // The disk Docker works on. Another that is full explains nothing, and must not keep a page back.
    causeWhere: { label: 'mountpoint', matches: '/|/var|/var/lib|/var/lib/docker' },
  },
  {
    name: 'DiskSpaceLow',
    area: 'host',
    severity: 'warning',
    expr: `${FREE} < 0.1 and ${WRITABLE}`,
    for: '5m',
    summary: '{{ $labels.mountpoint }} has {{ $value | humanizePercentage }} left',
    description:
      'Less than 10 % of {{ $labels.mountpoint }} ({{ $labels.device }}) has been free for five minutes; now {{ $value | humanizePercentage }}.',
    dashboard: 'factsway-infrastructure',
    symptom: 'disk',
  },
  {
    name: 'DiskWillFill',
    area: 'host',
    severity: 'warning',
    expr: `predict_linear(node_filesystem_avail_bytes{${DISKS}}[6h], ${DAY}) < 0 and ${FREE} < 0.4 and ${WRITABLE}`,
    for: '1h',
    summary: '{{ $labels.mountpoint }} will be full within a day',
    description:
      'At the pace of the last six hours {{ $labels.mountpoint }} ({{ $labels.device }}) is full within a day.',
    dashboard: 'factsway-infrastructure',
    symptom: 'disk',
  },
  {
    name: 'InodesLow',
    area: 'host',
    severity: 'warning',
    // File systems without a fixed number of inodes report none.
    expr: `node_filesystem_files_free{${DISKS}} / (node_filesystem_files{${DISKS}} > 0) < 0.1 and ${WRITABLE}`,
    for: '10m',
    summary: '{{ $labels.mountpoint }} has {{ $value | humanizePercentage }} of its inodes left',
    description:
      'Less than 10 % of the inodes of {{ $labels.mountpoint }} ({{ $labels.device }}) are free. Without one no file can be made, however much space there is.',
    dashboard: 'factsway-infrastructure',
    symptom: 'inodes',
  },
  {
    name: 'HostMemoryLow',
    area: 'host',
    severity: 'warning',
    expr: 'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.08',
    for: '10m',
    keepFiringFor: '5m',
    summary: 'The host has {{ $value | humanizePercentage }} of its memory left',
    description:
      'For ten minutes less than 8 % of the memory of this host has been available; now {{ $value | humanizePercentage }}. The kernel ends programs when none is left.',
    dashboard: 'factsway-infrastructure',
  },
  {
    name: 'OutOfMemoryKill',
    area: 'host',
    severity: 'warning',
    expr: 'increase(node_vmstat_oom_kill[10m]) > 0',
    keepFiringFor: '15m',
    summary: 'The kernel ended a program for want of memory',
    description:
      'Within ten minutes the kernel ended {{ $value | humanize }} programs on this host because memory had run out, for the host or for one container.',
    dashboard: 'factsway-infrastructure',
  },
  {
    name: 'ClockSkew',
    area: 'host',
    severity: 'warning',
    expr: 'abs(node_timex_offset_seconds) > 0.1',
    for: '10m',
    summary: 'The clock of the host is off by {{ $value | humanizeDuration }}',
    description:
      'For ten minutes the clock has been {{ $value | humanizeDuration }} away from its time server. Certificates, backups and the times in documents depend on it.',
    dashboard: 'factsway-infrastructure',
    symptom: 'clock',
  },
  {
    name: 'ClockNotSynchronised',
    area: 'host',
    severity: 'info',
    expr: 'node_timex_sync_status == 0 and node_timex_maxerror_seconds >= 16',
    // Some virtual machines take the time from their host and never say so.
    for: '12h',
    summary: 'The clock of the host follows no time server',
    description:
      'For twelve hours the kernel has not been told by any time service that its clock is right. It will drift, and nobody will see by how much.',
    dashboard: 'factsway-infrastructure',
    symptom: 'clock',
  },
];

export const HOST: readonly Alert[] = OF_THE_HOST.map((alert) => ({
  ...alert,
  appliesTo: ({ host }) => host,
}));
