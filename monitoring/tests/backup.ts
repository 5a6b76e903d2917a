import { gauge, type RuleTest } from './rule-test.ts';

const LABELS = 'job="backup",instance="b:1",service="backup"';
const HOUR = 60;

/** A time that says when something last succeeded; promtool's clock starts at 0. */
const succeeded = (
  metric: string,
  alert: string,
  limitHours: number,
  holdMinutes: number,
): RuleTest => ({
  alert,
  pace: 'hour',
  fires: {
    series: { [`${metric}{${LABELS}}`]: gauge([[0, (limitHours + 8) * HOUR]], 'hour') },
    at: limitHours * HOUR + holdMinutes + 60,
    with: [{}],
  },
  below: [
    {
      when: 'at the limit',
      series: { [`${metric}{${LABELS}}`]: gauge([[0, (limitHours + 8) * HOUR]], 'hour') },
      at: limitHours * HOUR,
    },
  ],
  resolves: {
    series: {
      [`${metric}{${LABELS}}`]: gauge(
        [
          [0, (limitHours + 4) * HOUR],
          [(limitHours + 4) * 3600, 8 * HOUR],
        ],
        'hour',
      ),
    },
    at: (limitHours + 3) * HOUR,
    with: [{}],
    quietAt: (limitHours + 5) * HOUR,
  },
});

export const BACKUP_TESTS: readonly RuleTest[] = [
  succeeded('factsway_backup_last_success_timestamp_seconds', 'BackupMissing', 26, 15),
  succeeded(
    'factsway_restore_drill_last_success_timestamp_seconds',
    'RestoreDrillMissing',
    192,
    60,
  ),
];
