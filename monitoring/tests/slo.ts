import { counter, gauge, target, type Quiet, type RuleTest, type Series } from './rule-test.ts';

type Steps = readonly (readonly [perMinute: number, minutes: number])[];
const ONE = [{}];

const answered = (status: number, steps: Steps): Series => ({
  [`http_requests_total{${target('facts-service')},method="GET",endpoint="/api/facts",status="${status}"}`]:
    counter(steps, 'slo'),
});
/** Requests the proxy could hand to nobody. */
const unreached = (steps: Steps): Series => ({
  'caddy_http_request_errors_total{job="edge",instance="edge:9180",service="edge",server="srv1",handler="subroute"}':
    counter(steps, 'slo'),
});
const traffic = (good: Steps, bad: Steps): Series => ({
  ...answered(200, good),
  ...unreached(bad),
});

/**
 * PostgreSQL away for three minutes, and every request of that time and of half a minute more failed: the page was the
 * one for the database, and an average of rates goes on remembering.
 */
const afterOutage = (minutes: number): Quiet => ({
  when: 'after an outage of the database that is over',
  series: {
    'pg_up{job="postgres",instance="e:9187",service="postgres"}': gauge(
      [
        [1, 20],
        [0, 3],
        [1, minutes - 23],
      ],
      'slo',
    ),
    [`up{${target('facts-service')}}`]: gauge([[1, minutes]], 'slo'),
    ...answered(200, [
      [100, 20],
      [0, 3.5],
      [100, minutes - 23.5],
    ]),
    ...answered(503, [
      [0, 20],
      [100, 3.5],
      [0, minutes - 23.5],
    ]),
  },
  at: minutes - 5,
});

/** Constant shares of failures on both sides of a limit of so many times the budget of 0.05 %. */
function burn(
  name: string,
  factor: number,
  minutes: number,
  quietAfter: number,
  others: readonly Quiet[] = [],
): RuleTest {
  const limit = factor * 0.5;
  const failing = (perThousand: number, more = 0): Series =>
    traffic(
      [[1000 - perThousand, minutes + more]],
      [[perThousand, minutes], ...(more > 0 ? [[0, more] as const] : [])],
    );
  return {
    alert: `SLOBurnRate${name}`,
    pace: 'slo',
    fires: { series: failing(limit * 1.1), at: minutes - 5, with: ONE },
    below: [
      { when: `a little under ${factor} times`, series: failing(limit * 0.95), at: minutes - 5 },
      {
        when: 'when nine failures are all there were',
        series: traffic(
          [[10, minutes]],
          [
            [0, 20],
            [9, 1],
            [0, minutes - 21],
          ],
        ),
        at: 24,
      },
      {
        when: 'when only wrong requests are turned away',
        series: { ...answered(200, [[100, minutes]]), ...answered(404, [[100, minutes]]) },
        at: minutes - 5,
      },
      {
        when: 'when clients leave before their answer',
        series: {
          ...answered(200, [[100, minutes]]),
          ...answered(499, [[50, minutes]]),
          ...unreached([[50, minutes]]),
        },
        at: minutes - 5,
      },
      ...others,
    ],
    resolves: {
      series: failing(limit * 1.1, quietAfter + 30),
      at: minutes - 1,
      with: ONE,
      quietAt: minutes + quietAfter,
    },
  };
}

const budget = (alert: string, perTenThousand: number, under: number): RuleTest => ({
  alert,
  pace: 'slo',
  fires: { series: traffic([[10_000, 60]], [[perTenThousand, 60]]), at: 45, with: ONE },
  below: [
    {
      when: 'a little before',
      series: traffic([[10_000, 60]], [[under, 60]]),
      at: 55,
    },
    {
      when: 'when nineteen failures are all there were',
      series: traffic(
        [[10, 60]],
        [
          [0, 10],
          [19, 1],
          [0, 49],
        ],
      ),
      at: 40,
    },
  ],
  resolves: {
    // Three times the requests without a failure, after which the share is a quarter.
    series: traffic(
      [[10_000, 400]],
      [
        [perTenThousand, 60],
        [0, 340],
      ],
    ),
    at: 55,
    with: ONE,
    quietAt: 395,
  },
});

export const SLO_TESTS: readonly RuleTest[] = [
  burn('Fast', 14.4, 75, 12, [afterOutage(75)]),
  burn('High', 6, 75, 40, [afterOutage(120)]),
  burn('Elevated', 3, 150, 130),
  burn('Slow', 1, 150, 380),
  budget('ErrorBudgetHalfSpent', 3, 2.4),
  budget('ErrorBudgetSpent', 6, 4.8),
];
