import { stat, timeSeries, upTo } from './panels.ts';
import { rate } from './selections.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const LAST_BACKUP = 'max by (place) (factsway_backup_last_success_timestamp_seconds > 0)';

/** What the container `backup` says; empty where backup.mode is off. */
export const backups = [
  stat({
    title: 'Last backup',
    description:
      'Age of the last backup of any type, by place. One is made every day; more than 26 hours is an alert.',
    unit: 'dtdurations',
    width: 6,
    decimals: 0,
    show: 'both',
    thresholds: upTo(25 * HOUR, 26 * HOUR),
    queries: [{ expr: `time() - ${LAST_BACKUP}`, legend: '{{place}}' }],
  }),
  stat({
    title: 'Log waiting',
    description:
      'How long the oldest part of the log waits to be carried to each place: the work that would be missing there. Yellow above a minute, red above five.',
    unit: 'dtdurations',
    width: 6,
    decimals: 0,
    show: 'both',
    thresholds: upTo(MINUTE, 5 * MINUTE),
    queries: [
      {
        expr: 'max by (place) (factsway_backup_log_oldest_waiting_seconds)',
        legend: '{{place}}',
      },
    ],
  }),
  stat({
    title: 'Last check found',
    description:
      'Whether everything that is kept in a place is what was written there, and whether every block of the live database is.',
    unit: 'none',
    width: 6,
    show: 'both',
    words: { 0: { text: 'sound', color: 'green' }, 1: { text: 'DAMAGE', color: 'red' } },
    queries: [{ expr: 'max by (place) (factsway_backup_damage)', legend: '{{place}}' }],
  }),
  stat({
    title: 'Last check',
    description: 'Age of what stands beside it, by place.',
    unit: 'dtdurations',
    width: 6,
    decimals: 0,
    show: 'both',
    thresholds: upTo(8 * DAY, 40 * DAY),
    queries: [
      {
        expr: 'time() - max by (place) (factsway_backup_last_check_timestamp_seconds > 0)',
        legend: '{{place}}',
      },
    ],
  }),
  stat({
    title: 'Last drill',
    description:
      'How the last restore drill ended. A backup counts as proven only after one that succeeded.',
    unit: 'none',
    width: 4,
    words: { 0: { text: 'FAILED', color: 'red' }, 1: { text: 'succeeded', color: 'green' } },
    queries: [
      {
        // It is 1 before the first as well.
        expr: 'min(factsway_backup_drill_ok) and on () max(factsway_backup_drill_last_attempt_timestamp_seconds) > 0',
        legend: 'drill',
      },
    ],
  }),
  stat({
    title: 'Last proof',
    description:
      'Time since a drill last restored a backup and found in it what was recorded. One is made every month; more than 40 days is an alert.',
    unit: 'dtdurations',
    width: 5,
    decimals: 0,
    thresholds: upTo(33 * DAY, 40 * DAY),
    queries: [
      {
        expr: 'time() - max(factsway_backup_drill_last_success_timestamp_seconds > 0)',
        legend: 'ago',
      },
    ],
  }),
  stat({
    title: 'Work lost (RPO)',
    description:
      'Work that the last drill found lost: from the last change it could restore to the moment it began. The aim is five minutes at most; more is an alert.',
    unit: 's',
    width: 5,
    decimals: 0,
    thresholds: upTo(2 * MINUTE, 5 * MINUTE),
    queries: [{ expr: 'max(factsway_backup_drill_rpo_seconds)', legend: 'RPO' }],
  }),
  stat({
    title: 'Time to restore (RTO)',
    description:
      'How long the last drill took to restore the database of this installation and to check it. The aim is an hour at most; more is an alert.',
    unit: 'dtdurations',
    width: 5,
    decimals: 0,
    thresholds: upTo(45 * MINUTE, HOUR),
    queries: [{ expr: 'max(factsway_backup_drill_rto_seconds)', legend: 'RTO' }],
  }),
  stat({
    title: 'Copy of the configuration',
    description:
      'Age of the newest copy of configuration and secrets, by place: what a new server is set up from.',
    unit: 'dtdurations',
    width: 5,
    decimals: 0,
    show: 'both',
    queries: [
      {
        expr: 'time() - max by (place) (factsway_backup_instance_copy_timestamp_seconds > 0)',
        legend: '{{place}}',
      },
    ],
  }),
];

/** The same over time. */
export const course = [
  timeSeries({
    title: 'Age of the last backup',
    description:
      'By place and type. A line that does not fall back every night is a night without a backup. Line at 26 hours.',
    unit: 'dtdurations',
    width: 8,
    thresholds: upTo(26 * HOUR, 26 * HOUR),
    queries: [
      {
        expr: 'time() - max by (place, type) (factsway_backup_last_success_timestamp_seconds > 0)',
        legend: '{{place}} {{type}}',
      },
    ],
  }),
  timeSeries({
    title: 'Size of the last backup',
    description:
      'What it restores, and what it takes where it is kept: compressed, and of a differential one only what changed since the full one.',
    unit: 'bytes',
    width: 8,
    queries: [
      {
        expr: 'max by (place, what) (factsway_backup_size_bytes)',
        legend: '{{place}} {{what}}',
      },
    ],
  }),
  timeSeries({
    title: 'Duration of the last backup',
    description: 'How long it took, by place and type.',
    unit: 'dtdurations',
    width: 8,
    queries: [
      {
        expr: 'max by (place, type) (factsway_backup_last_duration_seconds)',
        legend: '{{place}} {{type}}',
      },
    ],
  }),
  timeSeries({
    title: 'Log waiting to be carried',
    description:
      'Size of what waits on this server, by place. It grows while a place is away and falls when it is back; it takes room on this disk meanwhile.',
    unit: 'bytes',
    width: 6,
    queries: [{ expr: 'max by (place) (factsway_backup_log_waiting_bytes)', legend: '{{place}}' }],
  }),
  timeSeries({
    title: 'Segments waiting to be carried',
    description: 'The same as the number of segments.',
    unit: 'none',
    width: 6,
    decimals: 0,
    queries: [
      { expr: 'max by (place) (factsway_backup_log_waiting_segments)', legend: '{{place}}' },
    ],
  }),
  timeSeries({
    title: 'Time since a segment arrived',
    description:
      'By place. It grows as well while nobody changes anything: then there is nothing to carry.',
    unit: 'dtdurations',
    width: 6,
    queries: [
      {
        expr: 'time() - max by (place) (factsway_backup_log_last_pushed_timestamp_seconds > 0)',
        legend: '{{place}}',
      },
    ],
  }),
  timeSeries({
    title: 'Failures',
    description:
      'Backups that failed and attempts to carry a segment that failed, per hour. A place that is away for a moment shows here first.',
    unit: 'none',
    width: 6,
    queries: [
      {
        expr: `sum by (place) (${rate('factsway_backup_failures_total')}) * ${HOUR}`,
        legend: '{{place}} backups',
      },
      {
        expr: `sum by (place) (${rate('factsway_backup_log_push_failures_total')}) * ${HOUR}`,
        legend: '{{place}} segments',
      },
    ],
  }),
];
