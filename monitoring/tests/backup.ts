import { gauge, type RuleTest } from './rule-test.ts';

const LABELS = 'job="backup",instance="b:1",service="backup"';
const HOUR = 60;

/** A time that says when something last succeeded; promtool's clock starts at 0. */
const succeeded = (metric: string, alert: string, limitHours: number): RuleTest => ({
  alert,
  pace: 'hour',
  fires: {
    series: { [`${metric}{${LABELS}}`]: gauge([[0, (limitHours + 8) * HOUR]], 'hour') },
    // Evaluated every half hour: pending at the first one past the limit, firing once `for` is over.
    at: (limitHours + 2) * HOUR,
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
  succeeded('factsway_backup_last_success_timestamp_seconds', 'BackupMissing', 26),
  succeeded('factsway_restore_drill_last_success_timestamp_seconds', 'RestoreDrillMissing', 840),
];
