import { gauge, type RuleTest, type Series } from './rule-test.ts';

const LABELS = 'job="backup",instance="backup:9854",service="backup"';
const HOUR = 60;
const DAY = 24 * HOUR;
const LONG_AGO = -30 * 86_400;
const LOCAL = [{ place: 'local' }];
const S3 = [{ place: 's3' }];
const ONE = [{}];

/** Each minute, for hours and days. */
const over = (...steps: readonly (readonly [value: number, minutes: number])[]): string =>
  gauge(steps, 'minute');
/** The same that is not there before. */
const later = (minutes: number, values: string): string => `_x${minutes - 1} ${values}`;

const series = (name: string, labels: string, values: string): Series => ({
  [`factsway_backup_${name}{${LABELS}${labels}}`]: values,
});
/** promtool's clock starts at 0: what was before the test is below it. */
const started = (at: number, minutes: number): Series =>
  series('started_timestamp_seconds', '', over([at, minutes]));
const succeeded = (place: string, values: string, type = 'diff'): Series =>
  series('last_success_timestamp_seconds', `,place="${place}",type="${type}"`, values);
const attempted = (place: string, values: string): Series =>
  series('last_attempt_timestamp_seconds', `,place="${place}"`, values);
const failures = (place: string, values: string): Series =>
  series('failures_total', `,place="${place}"`, values);
const waiting = (place: string, values: string): Series =>
  series('log_oldest_waiting_seconds', `,place="${place}"`, values);
const damage = (place: string, values: string): Series =>
  series('damage', `,place="${place}"`, values);
const up = (values: string): Series => ({ [`up{${LABELS}}`]: values });
const drill = (ok: string): Series => series('drill_ok', '', ok);
const proven = (values: string): Series =>
  series('drill_last_success_timestamp_seconds', '', values);

/** A night in which the backup of half past two fails, 60 minutes after the start. */
const failed = (place: string): Series => ({
  ...failures(place, over([0, HOUR], [1, 4 * HOUR])),
  ...attempted(place, over([-80_000, HOUR - 1], [3540, 4 * HOUR])),
});

export const BACKUP_TESTS: readonly RuleTest[] = [
  {
    alert: 'BackupMissing',
    pace: 'hour',
    fires: {
      series: {
        ...started(LONG_AGO, 40 * HOUR),
        // The full one is older still; the last of any type counts.
        ...succeeded('local', over([-3 * 86_400, 40 * HOUR]), 'full'),
        ...succeeded('local', over([60, 40 * HOUR])),
        ...succeeded('s3', over([0, 40 * HOUR])),
        ...succeeded('third', over([60, DAY], [86_400, 16 * HOUR])),
      },
      // Evaluated every half hour: pending at the first one past the limit, firing once `for` is over.
      at: 28 * HOUR,
      with: [{ place: 'local' }, { place: 's3' }],
    },
    below: [
      {
        when: 'when the next backup ends within the hour after the limit',
        series: {
          ...started(LONG_AGO, 40 * HOUR),
          ...succeeded('local', over([60, 27 * HOUR], [97_200, 13 * HOUR])),
        },
        at: 40 * HOUR,
      },
      {
        when: 'on the first day of a new installation',
        series: { ...started(0, 40 * HOUR), ...succeeded('local', over([0, 40 * HOUR])) },
        at: 27 * HOUR,
      },
      {
        when: 'on the first day of a new place',
        series: {
          ...started(LONG_AGO, 60 * HOUR),
          ...succeeded('s3', later(30 * HOUR, over([0, 30 * HOUR]))),
        },
        at: 56 * HOUR,
      },
      {
        when: 'when backups began anew, beside those of a time before',
        series: { ...started(0, 40 * HOUR), ...succeeded('s3', over([LONG_AGO, 40 * HOUR])) },
        at: 27 * HOUR,
      },
    ],
    resolves: {
      series: {
        ...started(LONG_AGO, 40 * HOUR),
        ...succeeded('local', over([60, 30 * HOUR], [108_000, 10 * HOUR])),
      },
      at: 29 * HOUR,
      with: LOCAL,
      quietAt: 31 * HOUR,
    },
  },
  {
    alert: 'BackupFailing',
    pace: 'minute',
    fires: {
      series: {
        ...failed('s3'),
        ...succeeded('s3', over([-79_000, 5 * HOUR])),
        // The other place has taken it.
        ...failures('local', over([0, 5 * HOUR])),
        ...attempted('local', over([-80_000, HOUR - 1], [3540, 4 * HOUR])),
        ...succeeded('local', over([-79_000, HOUR], [3600, 4 * HOUR])),
      },
      at: HOUR + 6,
      with: S3,
    },
    below: [
      {
        when: 'while one is being made',
        series: {
          ...failures('s3', over([0, 5 * HOUR])),
          ...attempted('s3', over([-80_000, HOUR - 1], [3540, 4 * HOUR])),
          ...succeeded('s3', over([-79_000, 5 * HOUR])),
        },
        at: 4 * HOUR,
      },
      {
        when: 'when the next attempt succeeds within five minutes',
        series: {
          ...failed('s3'),
          ...succeeded('s3', over([-79_000, HOUR + 4], [3840, 3 * HOUR])),
        },
        at: 4 * HOUR,
      },
      {
        when: 'when it had failed before Prometheus looked',
        series: {
          ...failures('s3', over([3, 5 * HOUR])),
          ...attempted('s3', over([-80_000, 5 * HOUR])),
          ...succeeded('s3', over([-90_000, 5 * HOUR])),
        },
        at: 4 * HOUR,
      },
    ],
    resolves: {
      series: {
        ...failed('s3'),
        ...succeeded('s3', over([-79_000, 3 * HOUR], [10_800, 2 * HOUR])),
      },
      // Not only for the hour in which it failed.
      at: 3 * HOUR - 1,
      with: S3,
      quietAt: 3 * HOUR + 1,
    },
  },
  {
    alert: 'BackupLogWaiting',
    fires: {
      series: { ...waiting('s3', '0+15x80'), ...waiting('local', gauge([[20, 20]])) },
      at: 7.5,
      with: S3,
    },
    below: [
      { when: 'at five minutes', series: waiting('s3', gauge([[300, 30]])), at: 25 },
      {
        when: 'while it catches up after the server was off',
        series: waiting(
          's3',
          gauge([
            [7200, 1.75],
            [0, 20],
          ]),
        ),
        at: 20,
      },
      {
        when: 'while segments go one after the other',
        series: waiting('s3', Array(8).fill('0+15x11').join(' ')),
        at: 23,
      },
    ],
    resolves: {
      series: waiting(
        's3',
        gauge([
          [400, 10],
          [0, 10],
        ]),
      ),
      at: 9,
      with: S3,
      quietAt: 10.5,
    },
  },
  {
    alert: 'BackupLogStuck',
    pace: 'minute',
    fires: {
      series: {
        ...up(over([1, 3 * HOUR])),
        ...waiting('s3', '0+60x170'),
        ...waiting('local', over([0, 3 * HOUR])),
      },
      at: 67,
      with: S3,
    },
    below: [
      { when: 'at an hour', series: waiting('s3', over([3600, 3 * HOUR])), at: 2 * HOUR },
      {
        when: 'while it catches up after a night without the server',
        series: waiting('s3', over([36_000, 4], [0, 30])),
        at: 30,
      },
      {
        when: 'when the container is away for less than an hour',
        series: up(over([1, HOUR], [0, 55], [1, HOUR])),
        at: 170,
      },
      {
        when: 'when a new installation waits for the container for less than an hour',
        series: up(over([0, 55], [1, HOUR])),
        at: 110,
      },
    ],
    resolves: {
      // The container is gone for an hour and a half, and with it what it measured.
      series: {
        ...up(over([1, HOUR], [0, 90], [1, HOUR])),
        ...waiting('s3', `${over([0, HOUR])} stale`),
      },
      at: 130,
      with: [{ place: 'all' }],
      quietAt: 152,
    },
  },
  {
    alert: 'BackupDamaged',
    fires: {
      series: {
        ...damage('local', gauge([[0, 20]])),
        ...damage(
          'database',
          gauge([
            [0, 5],
            [1, 15],
          ]),
        ),
      },
      at: 5.25,
      with: [{ place: 'database' }],
    },
    below: [
      { when: 'when a check found nothing', series: damage('local', gauge([[0, 30]])), at: 25 },
      {
        when: 'when nothing was checked yet',
        series: { ...up(gauge([[1, 30]])), ...waiting('local', gauge([[0, 30]])) },
        at: 25,
      },
    ],
    resolves: {
      series: damage(
        's3',
        gauge([
          [1, 10],
          [0, 10],
        ]),
      ),
      at: 9,
      with: S3,
      quietAt: 10.5,
    },
  },
  {
    alert: 'RestoreDrillFailed',
    fires: {
      series: drill(
        gauge([
          [1, 5],
          [0, 15],
        ]),
      ),
      at: 5.25,
      with: ONE,
    },
    below: [
      { when: 'when the last one succeeded', series: drill(gauge([[1, 30]])), at: 25 },
      {
        when: 'before the first, and while it runs',
        series: {
          ...drill(gauge([[1, 30]])),
          ...proven(gauge([[0, 30]])),
          ...series(
            'drill_last_attempt_timestamp_seconds',
            '',
            gauge([
              [0, 10],
              [600, 20],
            ]),
          ),
        },
        at: 25,
      },
    ],
    resolves: {
      series: drill(
        gauge([
          [0, 10],
          [1, 10],
        ]),
      ),
      at: 9,
      with: ONE,
      quietAt: 10.5,
    },
  },
  {
    alert: 'RestoreDrillMissing',
    pace: 'hour',
    fires: {
      series: { ...started(LONG_AGO, 42 * DAY), ...proven(over([60, 42 * DAY])) },
      at: 40 * DAY + 2 * HOUR,
      with: ONE,
    },
    below: [
      {
        when: 'at forty days',
        series: { ...started(LONG_AGO, 42 * DAY), ...proven(over([60, 42 * DAY])) },
        at: 40 * DAY,
      },
      {
        when: 'before the first, forty days after backups began',
        series: { ...started(5 * 86_400, 46 * DAY), ...proven(over([0, 46 * DAY])) },
        at: 45 * DAY,
      },
      {
        when: 'when one is late and succeeds',
        series: {
          ...started(LONG_AGO, 45 * DAY),
          ...proven(over([60, 39 * DAY], [39 * 86_400, 6 * DAY])),
        },
        at: 44 * DAY,
      },
    ],
    resolves: {
      // There was none at all.
      series: {
        ...started(60, 43 * DAY),
        ...proven(over([0, 41 * DAY], [41 * 86_400, 2 * DAY])),
      },
      at: 40 * DAY + 2 * HOUR,
      with: ONE,
      quietAt: 41 * DAY + HOUR,
    },
  },
];
