import { stringify } from 'yaml';
import type { AlertRule } from '../rules.ts';
import type { Recording, RuleGroup } from '../model.ts';
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
type Groups = readonly RuleGroup<Recording | AlertRule>[];

/**
 * Files for `promtool test rules`, one for each pace, by name. `ruleFiles` are named as promtool finds them; the groups
 * are evaluated in the order given, so that an alert sees what was recorded a moment before.
 */
export function promtoolTests(
  tests: readonly RuleTest[],
  ruleFiles: readonly string[],
  groups: Groups,
): Record<string, string> {
  const file = (pace: Pace, cases: readonly Group[]): string =>
    stringify({
      rule_files: ruleFiles,
      evaluation_interval: `${PACES[pace].evaluate}s`,
      group_eval_order: groups.map(({ name }) => name),
      tests: cases,
    });
  const paces = [...new Set(tests.map(({ pace = 'scrape' }) => pace))];
  return Object.fromEntries([
    ...paces.map((pace) => [
      `${pace}.yml`,
      file(
        pace,
        tests
          .filter((test) => (test.pace ?? 'scrape') === pace)
          .flatMap((test) => cases(test, pace)),
      ),
    ]),
    ['quiet-sunday.yml', file('slo', QUIET_SUNDAY.map(quietSunday))],
  ]) as Record<string, string>;
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
      group(`holds still ${when}`, series, [silent(alert, at)]),
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

const silent = (alert: string, at: number): Question => ({
  expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
  eval_time: time(at),
  exp_samples: [],
});

/** What a quiet platform has to say: that alerting works, and that what is not part of the case is missing. */
function quietSunday({ when, series, at }: Quiet): Group {
  return {
    name: `a quiet Sunday ${when}`,
    interval: `${PACES.slo.sample}s`,
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    promql_expr_test: [
      {
        // The case holds only the series it is about: that others are missing is no finding.
        expr: 'count by (alertname) (ALERTS{alertstate="firing",alertname!~"ServiceTargetMissing|MetricSeriesMissing|BackupMissing|RestoreDrillMissing"})',
        eval_time: time(at),
        exp_samples: [{ labels: '{alertname="Watchdog"}', value: 1 }],
      },
    ],
  };
}
