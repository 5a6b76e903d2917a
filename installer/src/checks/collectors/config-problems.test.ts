import { expect, it } from 'vitest';
import { catalogWith } from '../../../../test/fakes/builders.ts';
import { configProblems } from './config-problems.ts';

const PROMETHEUS = catalogWith().workloads.find(({ id }) => id === 'prometheus')!;
const refusal = {
  exitCode: 1,
  stdout: 'Checking /etc/prometheus/prometheus.yml\n SUCCESS: 2 rule files found\n',
  stderr:
    '  FAILED:\n/etc/prometheus/rules/alerts.yml: yaml: line 3: mapping values are not allowed\n',
};

it('what a program has against its files is told by their names in the instance directory', () => {
  expect(configProblems(PROMETHEUS, refusal)).toEqual([
    'config/prometheus/rules/alerts.yml: yaml: line 3: mapping values are not allowed',
  ]);
});

it('a refusal without words is one all the same', () => {
  expect(configProblems(PROMETHEUS, { exitCode: 2, stdout: '', stderr: '' })).toEqual([
    'promtool ended with 2 and said nothing',
  ]);
});

it('nothing is told where it would take them up', () => {
  expect(configProblems(PROMETHEUS, { ...refusal, exitCode: 0 })).toEqual([]);
});
