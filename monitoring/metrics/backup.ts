import type { Metric } from '../model.ts';
import { from, LATER, type Row } from './table.ts';

/** place: local or s3, and database where the live data was looked at. type: full, diff or incr. */
const PLACE = ['place'] as const;
const KIND = ['place', 'type'] as const;

const BACKUPS: readonly Row[] = [
  [
    'last_success_timestamp_seconds',
    'gauge',
    'when a backup last succeeded; 0 where none ever did',
    KIND,
  ],
  ['last_attempt_timestamp_seconds', 'gauge', 'when a backup was last begun', PLACE],
  ['last_duration_seconds', 'gauge', 'how long the last one took', KIND, LATER],
  [
    'size_bytes',
    'gauge',
    'of the last one: what it restores (database), what it takes (stored)',
    ['place', 'what'],
    LATER,
  ],
  ['failures_total', 'counter', 'backups that failed', PLACE],
  [
    'instance_copy_timestamp_seconds',
    'gauge',
    'when configuration and secrets were last copied',
    PLACE,
    LATER,
  ],
];

const LOG: readonly Row[] = [
  ['waiting_bytes', 'gauge', 'size of the WAL that is still to be carried there', PLACE],
  ['waiting_segments', 'gauge', 'segments of the WAL that are still to be carried there', PLACE],
  ['oldest_waiting_seconds', 'gauge', 'how long the oldest of them waits; 0 without any', PLACE],
  [
    'last_pushed_timestamp_seconds',
    'gauge',
    'when a segment of the WAL last arrived there',
    PLACE,
    LATER,
  ],
  ['push_failures_total', 'counter', 'attempts to carry a segment there that failed', PLACE],
];

const PROOF: readonly Row[] = [
  ['damage', 'gauge', '1 where the last check found damage', PLACE],
  [
    'last_check_timestamp_seconds',
    'gauge',
    'when the last check read all that is there',
    PLACE,
    LATER,
  ],
  ['drill_ok', 'gauge', '0 when the last drill did not succeed; 1 before the first'],
  ['drill_last_success_timestamp_seconds', 'gauge', 'when a drill last proved a backup'],
  ['drill_last_attempt_timestamp_seconds', 'gauge', 'when a drill was last begun', [], LATER],
  ['drill_rpo_seconds', 'gauge', 'work that the last drill found lost', [], LATER],
  ['drill_rto_seconds', 'gauge', 'how long the restore of the last drill took', [], LATER],
  ['started_timestamp_seconds', 'gauge', 'when backups of this installation began'],
];

const named =
  (prefix: string) =>
  ([name, ...rest]: Row): Row => [`${prefix}${name}`, ...rest];

/** What the container `backup` exposes, where there is one. */
export const BACKUP_METRICS: readonly Metric[] = [
  ...[...BACKUPS, ...PROOF].map(named('factsway_backup_')),
  ...LOG.map(named('factsway_backup_log_')),
].map(from('backup'));
