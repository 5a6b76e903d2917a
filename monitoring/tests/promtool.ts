import { stringify } from 'yaml';
import { QUIET_SUNDAY } from './quiet-sunday.ts';
import {
  PACES,
  type Firing,
  type Pace,
  type Quiet,
  type RuleTest,
  type Series,
} from './rule-test.ts';

type Sample = { readonly labels: string; readonly value: number };
type Question = {
  readonly expr: string;
  readonly eval_time: string;
  readonly exp_samples: readonly Sample[];
};
type Group = {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test: readonly Question[];
};
/** A rule group as it stands in a rendered file. */
export type WrittenGroup = {
  readonly name: string;
  readonly rules: readonly { readonly alert?: string }[];
};

/** What is recorded for the alerts of a group; evaluating what nobody asks for would take minutes. */
const RECORDED_FOR: Readonly<Record<string, readonly string[]>> = {
  availability: ['presence', 'services'],
  errors: ['presence', 'services'],
  latency: ['presence', 'services'],
  slo: ['presence', 'services', 'platform', 'slo-short', 'slo-long'],
};

/**
 * Files for `promtool test rules` and the rules each loads, by path: one for each group of alerts and each pace. The groups are those that were rendered, evaluated in their order, so that an
 * alert sees what was recorded a moment before.
 */
export function promtoolTests(
  tests: readonly RuleTest[],
  groups: readonly WrittenGroup[],
): Record<string, string> {
  const paceOf = ({ pace = 'scrape' }: RuleTest): Pace => pace;
  const files = groups.flatMap((group) => {
    const own = tests.filter(({ alert }) => group.rules.some((rule) => rule.alert === alert));
    const needed = [...(RECORDED_FOR[group.name] ?? []), group.name];
    return [...new Set(own.map(paceOf))].map((pace) =>
      testFile(
        `${group.name}-${pace}`,
        pace,
        groups.filter(({ name }) => needed.includes(name)),
        own.filter((test) => paceOf(test) === pace).flatMap((test) => cases(test, pace)),
      ),
    );
  });
  return Object.assign({}, ...files) as Record<string, string>;
}

/** The same for nights and Sundays on which nothing may fire, with all groups at once. */
export const quietSundayTest = (groups: readonly WrittenGroup[]): Record<string, string> =>
  testFile('quiet-sunday', 'slo', groups, QUIET_SUNDAY.map(quietSunday));

function testFile(
  name: string,
  pace: Pace,
  groups: readonly WrittenGroup[],
  tests: readonly Group[],
): Record<string, string> {
  return {
    [`rules/of-${name}.yml`]: stringify({ groups }),
    [`${name}.yml`]: stringify({
      rule_files: [`rules/of-${name}.yml`],
      evaluation_interval: `${PACES[pace].evaluate}s`,
      group_eval_order: groups.map((group) => group.name),
      tests,
    }),
  };
}

function cases({ alert, fires, below, resolves }: RuleTest, pace: Pace): Group[] {
  const group = (name: string, series: Series, questions: readonly Question[]): Group => ({
    name: `${alert} ${name}`,
    interval: `${PACES[pace].sample}s`,
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    promql_expr_test: questions,
  });
  return [
    group('fires', fires.series, [firing(alert, fires)]),
    ...below.map(({ when, series, at }) =>
      group(`holds still ${when}`, series, [neverFired(alert, at)]),
    ),
    group('resolves', resolves.series, [firing(alert, resolves), silent(alert, resolves.quietAt)]),
  ];
}

const time = (minutes: number): string => `${Math.round(minutes * 60)}s`;

function firing(alert: string, { at, with: labels }: Pick<Firing, 'at' | 'with'>): Question {
  const names = ['alertname', ...Object.keys(labels[0] ?? {})];
  return {
    expr: `count by (${names.join(', ')}) (ALERTS{alertname="${alert}",alertstate="firing"})`,
    eval_time: time(at),
    exp_samples: labels.map((one) => ({
      labels: `{${Object.entries({ alertname: alert, ...one })
        .map(([name, value]) => `${name}="${value}"`)
        .join(', ')}}`,
      value: 1,
    })),
  };
}

/** At no moment so far. */
const neverFired = (alert: string, at: number): Question => ({
  expr: `count_over_time(ALERTS{alertname="${alert}",alertstate="firing"}[${time(at)}])`,
  eval_time: time(at),
  exp_samples: [],
});

const silent = (alert: string, at: number): Question => ({
  expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
  eval_time: time(at),
  exp_samples: [],
});

/** All that a quiet platform has to say, at any moment: that alerting works. */
function quietSunday({ when, series, at }: Quiet): Group {
  return {
    name: `a quiet Sunday ${when}`,
    interval: `${PACES.slo.sample}s`,
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    promql_expr_test: [
      {
        expr: `count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[${time(at)}]))`,
        eval_time: time(at),
        exp_samples: [{ labels: '{alertname="Watchdog"}', value: 1 }],
      },
    ],
  };
}
