import { gauge, type RuleTest, type Series } from './rule-test.ts';

const LABELS = 'job="backup",instance="backup:9854",service="backup"';
const ONE = [{}];
/** Half an hour of no number, written out: promtool reads no "NaNx119". */
const UNKNOWN = Array(120).fill('NaN').join(' ');

const drill = (name: string, values: string): Series => ({
  [`factsway_backup_drill_${name}{${LABELS}}`]: values,
});
/** What the last drill measured, in seconds. */
const lost = (seconds: string): Series => drill('rpo_seconds', seconds);
const took = (seconds: string): Series => drill('rto_seconds', seconds);
const OK = drill('ok', gauge([[1, 30]]));

/** When each place got its newest copy of configuration and secrets, in seconds. */
const copies = (local: string, s3: string): Series => ({
  [`factsway_backup_instance_copy_timestamp_seconds{${LABELS},place="local"}`]: local,
  [`factsway_backup_instance_copy_timestamp_seconds{${LABELS},place="s3"}`]: s3,
});
const S3 = [{ place: 's3' }];

/** What a new server is set up from; and what a drill measured, against what is promised. */
export const RECOVERY_TESTS: readonly RuleTest[] = [
  {
    alert: 'BackupCopyBehind',
    fires: {
      series: copies(
        gauge([
          [1000, 5],
          [2000, 90],
        ]),
        gauge([[1000, 95]]),
      ),
      at: 66,
      with: S3,
    },
    below: [
      {
        when: 'when the place gets it within the hour',
        series: copies(
          gauge([
            [1000, 5],
            [2000, 90],
          ]),
          gauge([
            [1000, 60],
            [2000, 35],
          ]),
        ),
        at: 70,
      },
      {
        when: 'where no place has one, as in a cluster',
        series: copies(gauge([[0, 95]]), gauge([[0, 95]])),
        at: 90,
      },
    ],
    resolves: {
      series: copies(
        gauge([[2000, 95]]),
        gauge([
          [0, 70],
          [2000, 25],
        ]),
      ),
      at: 65,
      with: S3,
      quietAt: 72,
    },
  },
  {
    alert: 'RecoveryPointMissed',
    fires: {
      series: lost(
        gauge([
          [12, 5],
          [301, 15],
        ]),
      ),
      at: 5.25,
      with: ONE,
    },
    below: [
      { when: 'at the limit itself', series: lost(gauge([[300, 30]])), at: 25 },
      {
        when: 'when no drill has measured it',
        series: { ...lost(UNKNOWN), ...OK },
        at: 25,
      },
    ],
    resolves: {
      series: lost(
        gauge([
          [5400, 10],
          [12, 10],
        ]),
      ),
      at: 9,
      with: ONE,
      quietAt: 10.5,
    },
  },
  {
    alert: 'RecoveryTimeMissed',
    fires: {
      series: took(
        gauge([
          [900, 5],
          [3601, 15],
        ]),
      ),
      at: 5.25,
      with: ONE,
    },
    below: [
      { when: 'at the limit itself', series: took(gauge([[3600, 30]])), at: 25 },
      {
        when: 'when no drill has measured it',
        series: { ...took(UNKNOWN), ...OK },
        at: 25,
      },
    ],
    resolves: {
      series: took(
        gauge([
          [4200, 10],
          [900, 10],
        ]),
      ),
      at: 9,
      with: ONE,
      quietAt: 10.5,
    },
  },
];
