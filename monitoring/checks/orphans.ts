import type { Alert } from '../model.ts';
import type { RuleTest } from '../tests/rule-test.ts';

/** Fires whatever the series are: there is nothing below it and nothing that ends it. */
export const ALWAYS_FIRES = 'Watchdog';

/**
 * What has lost its counterpart, a sentence each; empty when every alert has its test and its runbook and the other way
 * round. `runbooks` are names of alerts, as the files in docs/runbooks/ are named.
 */
export function orphans(
  alerts: readonly Pick<Alert, 'name'>[],
  tests: readonly RuleTest[],
  runbooks: readonly string[],
): string[] {
  const names = alerts.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const tested = tests.map(({ alert }) => alert);
  return [
    ...twice.map((name) => `The alert ${name} is in the catalogue twice.`),
    ...names
      .filter((name) => name !== ALWAYS_FIRES && !tested.includes(name))
      .map(
        (name) =>
          `The alert ${name} has no test: monitoring/tests has to show that it fires, holds still just below, and resolves.`,
      ),
    ...tested
      .filter((name, index) => tested.indexOf(name) !== index)
      .map((name) => `The alert ${name} has two tests.`),
    ...tested
      .filter((name) => !names.includes(name))
      .map((name) => `There is a test for ${name}, and no such alert.`),
    ...names
      .filter((name) => !runbooks.includes(name))
      .map((name) => `The alert ${name} has no runbook: write docs/runbooks/${name}.md.`),
    ...runbooks
      .filter((name) => !names.includes(name))
      .map((name) => `docs/runbooks/${name}.md is the runbook of no alert.`),
  ];
}

/** Tests that prove nothing: without a case below the limit, or one that ends before it began. */
export function hollowTests(tests: readonly RuleTest[]): string[] {
  return tests.flatMap(({ alert, below, fires, resolves }) => [
    ...(below.length > 0 ? [] : [`The test of ${alert} shows no case in which it holds still.`]),
    ...(fires.with.length > 0 && resolves.with.length > 0
      ? []
      : [`The test of ${alert} names nothing that fires.`]),
    ...(resolves.quietAt > resolves.at
      ? []
      : [`The test of ${alert} looks for its end before it fires.`]),
  ]);
}
