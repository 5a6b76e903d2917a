import { gauge, type RuleTest, type Series } from './rule-test.ts';

const NODE = 'job="node",instance="n:9100",service="node"';
const UPGRADE = `${NODE},kind="upgrade",from="1.0.0",to="1.1.0",slot="a"`;
const CHANGE = `${NODE},kind="change",from="1.0.0",to="1.0.0",slot="a"`;
const UPGRADE_FAILED = [{ kind: 'upgrade', from: '1.0.0', to: '1.1.0' }];
const WEEK = 7 * 86_400;

/** The last of a kind: whether it succeeded, and when it ended, in seconds after the start. */
const last = (labels: string, success: 0 | 1, finished: number): Series => ({
  [`factsway_upgrade_last_success{${labels}}`]: gauge([[success, 60]]),
  [`factsway_upgrade_last_finished_timestamp_seconds{${labels}}`]: gauge([[finished, 60]]),
});
/** The same as one that is told of only after ten minutes. */
const later = (series: Series): Series =>
  Object.fromEntries(
    Object.entries(series).map(([selector, values]) => [selector, `_x39 ${values}`]),
  );

export const UPDATE_TESTS: readonly RuleTest[] = [
  {
    alert: 'UpgradeFailed',
    fires: {
      // What went well before says nothing about it.
      series: { ...last(UPGRADE, 0, 120), ...last(CHANGE, 1, 60) },
      at: 5,
      with: UPGRADE_FAILED,
    },
    below: [
      {
        when: 'when nothing was ever upgraded',
        series: {
          [`factsway_upgrade_total{${NODE},kind="upgrade",outcome="failed"}`]: gauge([[0, 60]]),
        },
        at: 30,
      },
      { when: 'when it succeeded', series: last(UPGRADE, 1, 120), at: 30 },
      {
        when: 'when something else succeeded after it',
        series: { ...last(UPGRADE, 0, 120), ...last(CHANGE, 1, 180) },
        at: 30,
      },
      // promtool's clock starts at 0: before it is before the test.
      { when: 'when it was a week ago', series: last(UPGRADE, 0, -WEEK), at: 30 },
    ],
    resolves: {
      series: {
        ...last(UPGRADE, 0, 120),
        ...later(last(UPGRADE.replace('kind="upgrade"', 'kind="rollback"'), 1, 600)),
      },
      at: 9,
      with: UPGRADE_FAILED,
      quietAt: 12,
    },
  },
];
