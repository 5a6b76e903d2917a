import { gauge, target, type RuleTest, type Series } from './rule-test.ts';

const FACTS = 'facts-service';
const of = (service: string) => [{ service }];
type Steps = Parameters<typeof gauge>[0];
/** An Alertmanager with these times of start and these configurations. */
const madeAnew = (starts: Steps, configurations: Steps): Series => ({
  [`process_start_time_seconds{${target('alertmanager')}}`]: gauge(starts),
  [`alertmanager_config_hash{${target('alertmanager')}}`]: gauge(configurations),
});
const SIX_RECEIVERS: Steps = [...[1, 2, 3, 4, 5, 6].map((one) => [one, 4] as const), [7, 60]];

export const RESTART_TESTS: readonly RuleTest[] = [
  {
    alert: 'ServiceRestarting',
    fires: {
      series: {
        [`process_start_time_seconds{${target(FACTS)}}`]: gauge([
          [1, 5],
          [2, 5],
          [3, 5],
          [4, 5],
          [5, 60],
        ]),
        // It goes on ending after the one change that was made.
        ...madeAnew(
          [
            [1, 3],
            [2, 3],
            [3, 3],
            [4, 3],
            [5, 3],
            [6, 60],
          ],
          [
            [1, 3],
            [2, 72],
          ],
        ),
      },
      at: 21,
      with: [...of(FACTS), ...of('alertmanager')],
    },
    below: [
      {
        when: 'when six receivers are set up one after another, each time with another configuration',
        series: madeAnew(SIX_RECEIVERS, SIX_RECEIVERS),
        at: 28,
      },
      {
        when: 'after three restarts',
        series: {
          [`process_start_time_seconds{${target(FACTS)}}`]: gauge([
            [1, 5],
            [2, 5],
            [3, 5],
            [4, 60],
          ]),
        },
        at: 25,
      },
      {
        when: 'when four restarts are spread over an hour',
        series: {
          [`process_start_time_seconds{${target(FACTS)}}`]: gauge([
            [1, 5],
            [2, 20],
            [3, 15],
            [4, 15],
            [5, 30],
          ]),
        },
        at: 70,
      },
    ],
    resolves: {
      series: {
        [`process_start_time_seconds{${target(FACTS)}}`]: gauge([
          [1, 5],
          [2, 5],
          [3, 5],
          [4, 5],
          [5, 75],
        ]),
      },
      at: 25,
      with: of(FACTS),
      // Half an hour after the first restart, and a quarter of an hour it is kept.
      quietAt: 51,
    },
  },
];
