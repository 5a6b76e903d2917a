import * as units from '@grafana/grafana-foundation-sdk/units';
import { PromqlError } from '../../promql.ts';
import type { DashboardFile, Variable } from '../shape.ts';
import { isLoki, parsed, perPanel, perQuery, perTarget, RATE_INTERVAL, type Rule } from './rule.ts';

/**
 * The rules of grafana/dashboard-linter (its docs/index.md lists these seventeen), written anew: the linter is a Go
 * program that needs a templated data source to judge the rest, and ours has a fixed uid.
 */
export const LINTER_RULES: readonly Rule[] = [
  {
    name: 'template-datasource-rule',
    asks: 'the data source is a variable',
    check: templateDatasource,
  },
  {
    name: 'template-job-rule',
    asks: 'there is a variable for the job',
    check: (dashboard) => templateOf('job', dashboard),
  },
  {
    name: 'template-instance-rule',
    asks: 'there is a variable for the instance',
    check: (dashboard) => templateOf('instance', dashboard),
  },
  {
    name: 'template-label-promql-rule',
    asks: 'variables ask Prometheus for something it understands',
    check: (dashboard) => perVariable(dashboard, templateLabelPromql),
  },
  {
    name: 'template-on-time-change-reload-rule',
    asks: 'variables are read anew when the time range changes',
    check: (dashboard) =>
      perVariable(dashboard, ({ name, refresh }) =>
        refresh === 2 ? undefined : `variable ${name} is not read anew with the time range`,
      ),
  },
  {
    name: 'panel-datasource-rule',
    asks: 'each panel asks the data source of the variable',
    check: perPanel(({ datasource }) =>
      /^\$\{?(prometheus_)?datasource\}?$/.test(datasource?.uid ?? '')
        ? undefined
        : `asks the data source ${datasource?.uid ?? 'by default'}, not that of a variable`,
    ),
  },
  {
    name: 'panel-title-description-rule',
    asks: 'each panel has a title and a description',
    check: perPanel(({ title = '', description = '' }) =>
      title === '' || description === '' ? 'has no title or no description' : undefined,
    ),
  },
  {
    name: 'panel-units-rule',
    asks: 'each panel has a unit that Grafana knows',
    check: perPanel(({ fieldConfig }) => {
      const unit = fieldConfig?.defaults.unit;
      if (unit === undefined) return 'has no unit';
      return UNITS.has(unit) ? undefined : `has the unit ${unit}, which Grafana does not know`;
    }),
  },
  {
    name: 'panel-no-targets-rule',
    asks: 'each panel asks something',
    check: perPanel(({ targets = [] }) => (targets.length === 0 ? 'asks nothing' : undefined)),
  },
  {
    name: 'target-logql-rule',
    asks: 'each query of Loki is LogQL',
    // No Loki is among the data sources, so nothing here reads its language: any such query is a breach.
    check: perTarget((target) => (isLoki(target) ? ['asks Loki, which is not there'] : [])),
  },
  {
    name: 'target-logql-auto-rule',
    asks: 'each query of Loki ranges over $__auto',
    check: perTarget((target) =>
      isLoki(target) && /\[(?!\$__auto\])/.test(target.expr ?? '')
        ? ['has a fixed range where $__auto belongs']
        : [],
    ),
  },
  {
    name: 'target-promql-rule',
    asks: 'each query is PromQL',
    check: perTarget((target) => (isLoki(target) ? [] : problemsOfPromql(target.expr ?? ''))),
  },
  {
    name: 'target-rate-interval-rule',
    asks: 'rates range over $__rate_interval',
    check: perQuery(({ selectors }, expression) =>
      selectors
        .filter(({ range, within }) => isRate(within[0]) && range !== RATE_INTERVAL)
        .map(() => `has a rate over something else than $__rate_interval: ${expression}`),
    ),
  },
  {
    name: 'target-job-rule',
    asks: 'each query selects by the variable of the job',
    check: selectsBy('job'),
  },
  {
    name: 'target-instance-rule',
    asks: 'each query selects by the variable of the instance',
    check: selectsBy('instance'),
  },
  {
    name: 'target-counter-agg-rule',
    asks: 'each counter (_total) is in rate, irate or increase',
    check: perQuery(({ selectors }) =>
      selectors.flatMap(({ metric = '', within }) =>
        metric.endsWith('_total') && !/^(rate|irate|increase)$/.test(within[0] ?? '')
          ? [`${metric} is a counter outside of rate, irate and increase`]
          : [],
      ),
    ),
  },
  {
    name: 'uneditable-dashboard',
    asks: 'the dashboard cannot be edited in Grafana',
    check: ({ editable }) => (editable === false ? [] : [{ problem: 'can be edited' }]),
  },
];

const UNITS: ReadonlySet<string> = new Set(Object.values(units));
const ALL_VALUES = '.+';

function templateDatasource({ templating }: DashboardFile): { problem: string }[] {
  const found = (templating.list ?? []).filter(({ type }) => type === 'datasource');
  if (found.length === 0) return [{ problem: 'has no variable for the data source' }];
  return found
    .filter(
      ({ name, label }) =>
        !/^(prometheus_)?datasource$/.test(name) ||
        !/^(Prometheus data|Data) source$/.test(label ?? ''),
    )
    .map(({ name }) => ({
      problem: `calls its data source ${name}, not datasource (Data source)`,
    }));
}

function templateOf(name: string, { templating }: DashboardFile): { problem: string }[] {
  const found = (templating.list ?? []).find((variable) => variable.name === name);
  if (!found) return [{ problem: `has no variable ${name}` }];
  const good = found.type === 'query' && found.multi === true && found.allValue === ALL_VALUES;
  return good
    ? []
    : [{ problem: `variable ${name} is not a query of several values or ${ALL_VALUES}` }];
}

function perVariable(
  { templating }: DashboardFile,
  find: (variable: Variable) => string | undefined,
): { problem: string }[] {
  return (templating.list ?? [])
    .filter(({ type }) => type === 'query')
    .flatMap((variable) => {
      const problem = find(variable);
      return problem === undefined ? [] : [{ problem }];
    });
}

/** label_values(metric, label), label_values(label), label_names(), metrics(pattern), query_result(expression). */
function templateLabelPromql({ name, query }: Variable): string | undefined {
  const text = typeof query === 'string' ? query : '';
  const [, called = '', argument = ''] = /^([a-z_]+)\((.*)\)$/.exec(text) ?? [];
  if (!['label_names', 'label_values', 'metrics', 'query_result'].includes(called))
    return `variable ${name} asks ${JSON.stringify(query)}`;
  const series = called === 'label_values' ? argument.split(/,\s*\w+$/)[0] : argument;
  const problems = /label_values|query_result/.test(called) ? problemsOfPromql(series ?? '') : [];
  return problems.length === 0 ? undefined : `variable ${name} ${problems.join(', ')}`;
}

function problemsOfPromql(expression: string): string[] {
  try {
    parsed(expression);
    return [];
  } catch (error) {
    if (error instanceof PromqlError) return [error.message];
    throw error;
  }
}

const isRate = (name: string | undefined): boolean => name === 'rate' || name === 'irate';

/** `{job=~"$job"}` in every selector. */
function selectsBy(label: string): Rule['check'] {
  return perTarget((target) => {
    if (isLoki(target)) return [];
    return new RegExp(`${label}=~"\\$\\{?${label}\\}?"`).test(target.expr ?? '')
      ? []
      : [`does not select ${label}=~"$${label}"`];
  });
}
