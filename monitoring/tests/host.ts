import { gauge, type Pace, type RuleTest, type Series } from './rule-test.ts';

const LABELS = 'job="node",instance="n:9100",service="node"';
const ROOT = `${LABELS},device="/dev/sda1",fstype="ext4",mountpoint="/"`;
const AT_ROOT = [{ mountpoint: '/' }];
const ONE = [{}];
const GIB = 1024 ** 3;

/** A disk of 100 GiB with so much free over time. */
const disk = (free: string, minutes = 60, pace: Pace = 'scrape', labels = ROOT): Series => ({
  [`node_filesystem_avail_bytes{${labels}}`]: free,
  [`node_filesystem_size_bytes{${labels}}`]: gauge([[100 * GIB, minutes]], pace),
  [`node_filesystem_readonly{${labels}}`]: gauge([[0, minutes]], pace),
});
const free = (...steps: readonly (readonly [gib: number, minutes: number])[]): string =>
  gauge(steps.map(([gib, minutes]) => [gib * GIB, minutes]));
const READ_ONLY: Series = { [`node_filesystem_readonly{${ROOT}}`]: gauge([[1, 60]]) };
const inodes = (left: string, of = 1000): Series => ({
  [`node_filesystem_files_free{${ROOT}}`]: left,
  [`node_filesystem_files{${ROOT}}`]: gauge([[of, 60]]),
  [`node_filesystem_readonly{${ROOT}}`]: gauge([[0, 60]]),
});
const memory = (available: string): Series => ({
  [`node_memory_MemAvailable_bytes{${LABELS}}`]: available,
  [`node_memory_MemTotal_bytes{${LABELS}}`]: gauge([[1000, 60]]),
});
const kills = (values: string): Series => ({ [`node_vmstat_oom_kill{${LABELS}}`]: values });
const offset = (values: string): Series => ({ [`node_timex_offset_seconds{${LABELS}}`]: values });
/** One sample a minute, for so many. */
const shrinking = (startGib: number, mibPerMinute: number, minutes: number): string =>
  `${startGib * GIB}-${mibPerMinute * 1024 ** 2}x${minutes}`;
const clock = (status: string, error: string): Series => ({
  [`node_timex_sync_status{${LABELS}}`]: status,
  [`node_timex_maxerror_seconds{${LABELS}}`]: error,
});

export const HOST_TESTS: readonly RuleTest[] = [
  {
    alert: 'DiskFull',
    fires: { series: disk(free([20, 5], [2.9, 20])), at: 6.25, with: AT_ROOT },
    below: [
      { when: 'at 3 %', series: disk(free([3, 30])), at: 20 },
      {
        when: 'where nothing can be written anyway',
        series: { ...disk(free([0, 30])), ...READ_ONLY },
        at: 20,
      },
      {
        when: 'when it is memory that is full',
        series: disk(free([0, 30]), 30, 'scrape', ROOT.replace('ext4', 'tmpfs')),
        at: 20,
      },
      {
        when: 'when 2 % are still a hundred gigabytes',
        series: {
          ...disk(free([100, 30])),
          [`node_filesystem_size_bytes{${ROOT}}`]: gauge([[5000 * GIB, 30]]),
        },
        at: 20,
      },
      {
        when: 'when it is the disk the system boots from',
        series: disk(free([1, 30]), 30, 'scrape', ROOT.replace('"/"', '"/boot"')),
        at: 20,
      },
      {
        when: 'when it is a share of another server',
        series: disk(free([1, 30]), 30, 'scrape', ROOT.replace('ext4', 'nfs4')),
        at: 20,
      },
    ],
    resolves: { series: disk(free([1, 10], [30, 20])), at: 9, with: AT_ROOT, quietAt: 10.5 },
  },
  {
    alert: 'DiskSpaceLow',
    fires: { series: disk(free([9.9, 30])), at: 5.25, with: AT_ROOT },
    below: [
      { when: 'at 10 %', series: disk(free([10, 30])), at: 20 },
      { when: 'before five minutes are over', series: disk(free([5, 30])), at: 4.75 },
    ],
    resolves: { series: disk(free([5, 10], [30, 20])), at: 9, with: AT_ROOT, quietAt: 10.5 },
  },
  {
    alert: 'DiskWillFill',
    pace: 'minute',
    // 30 GiB, and 25 MiB less each minute: empty in 20 hours.
    fires: { series: disk(shrinking(30, 25, 600), 601, 'minute'), at: 90, with: AT_ROOT },
    below: [
      {
        when: 'when it lasts 31 hours',
        series: disk(shrinking(30, 16, 600), 601, 'minute'),
        at: 90,
      },
      {
        when: 'when more than 40 % is free',
        series: disk(shrinking(70, 80, 300), 301, 'minute'),
        at: 120,
      },
    ],
    resolves: {
      series: disk(`${shrinking(30, 25, 120)} ${60 * GIB}x600`, 721, 'minute'),
      at: 110,
      with: AT_ROOT,
      quietAt: 125,
    },
  },
  {
    alert: 'InodesLow',
    fires: { series: inodes(gauge([[99, 60]])), at: 10.25, with: AT_ROOT },
    below: [
      { when: 'at 10 %', series: inodes(gauge([[100, 60]])), at: 30 },
      {
        when: 'on a file system that has no fixed number',
        series: inodes(gauge([[0, 60]]), 0),
        at: 30,
      },
    ],
    resolves: {
      series: inodes(
        gauge([
          [50, 15],
          [500, 45],
        ]),
      ),
      at: 14,
      with: AT_ROOT,
      quietAt: 15.5,
    },
  },
  {
    alert: 'HostMemoryLow',
    fires: { series: memory(gauge([[79, 60]])), at: 10.25, with: ONE },
    below: [
      { when: 'at 8 %', series: memory(gauge([[80, 60]])), at: 30 },
      { when: 'before ten minutes are over', series: memory(gauge([[20, 60]])), at: 9.75 },
    ],
    resolves: {
      series: memory(
        gauge([
          [50, 15],
          [500, 45],
        ]),
      ),
      at: 14,
      with: ONE,
      quietAt: 20.5,
    },
  },
  {
    alert: 'OutOfMemoryKill',
    fires: { series: kills('3x20 4x100'), at: 6, with: ONE },
    below: [
      { when: 'when the last one was before Prometheus looked', series: kills('3x120'), at: 20 },
    ],
    resolves: { series: kills('3x20 4x200'), at: 14, with: ONE, quietAt: 32 },
  },
  {
    alert: 'ClockSkew',
    fires: { series: offset(gauge([[-0.11, 30]])), at: 10.25, with: ONE },
    below: [
      { when: 'at a tenth of a second', series: offset(gauge([[0.1, 30]])), at: 25 },
      { when: 'before ten minutes are over', series: offset(gauge([[3, 30]])), at: 9.75 },
    ],
    resolves: {
      series: offset(
        gauge([
          [3, 15],
          [0, 15],
        ]),
      ),
      at: 14,
      with: ONE,
      quietAt: 15.5,
    },
  },
  {
    alert: 'ClockNotSynchronised',
    pace: 'minute',
    fires: { series: clock('0x800', '16x800'), at: 725, with: ONE },
    below: [
      { when: 'before twelve hours are over', series: clock('0x800', '16x800'), at: 715 },
      { when: 'while the error is still small', series: clock('0x800', '15.9x800'), at: 790 },
    ],
    resolves: { series: clock('0x739 1x60', '16x800'), at: 735, with: ONE, quietAt: 745 },
  },
];
