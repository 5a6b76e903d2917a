import { describe, expect, it } from 'vitest';
import { DATASOURCE_UID } from '../../../installer/src/model/monitoring.ts';
import type { Metric } from '../../model.ts';
import type { DashboardFile, GridPosition, Panel, Variable } from '../shape.ts';
import { houseRules } from './house-rules.ts';
import { LINTER_RULES } from './linter-rules.ts';
import { lint, type Rule } from './rule.ts';

/** A dashboard that keeps every rule, those of the linter that ours are excluded from too. */
const DATASOURCE = { type: 'prometheus', uid: '$datasource' };
const variable = (name: string, label: string): Variable => ({
  name,
  label,
  type: 'query',
  query: `label_values(up, ${name})`,
  datasource: DATASOURCE,
  refresh: 2,
  multi: true,
  allValue: '.+',
});
const PANEL: Panel = {
  id: 1,
  type: 'timeseries',
  title: 'Requests',
  description: 'Requests per second that were answered.',
  gridPos: { x: 0, y: 0, w: 24, h: 8 },
  datasource: DATASOURCE,
  fieldConfig: { defaults: { unit: 'reqps' } },
  targets: [
    {
      refId: 'A',
      datasource: DATASOURCE,
      legendFormat: '{{job}}',
      expr: 'rate(a_total{job=~"$job", instance=~"$instance"}[$__rate_interval])',
    },
  ],
};
const GOOD: DashboardFile = {
  uid: 'factsway-overview',
  title: 'Good',
  description: 'Keeps every rule.',
  tags: ['factsway'],
  editable: false,
  schemaVersion: 42,
  refresh: '30s',
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      variable('job', 'Job'),
      variable('instance', 'Instance'),
    ],
  },
  annotations: { list: [] },
  links: [{ title: 'x', type: 'dashboards', tags: ['factsway'] }],
  panels: [PANEL],
};

const withPanel = (change: Partial<Panel>): DashboardFile => ({
  ...GOOD,
  panels: [{ ...PANEL, ...change }],
});
const withQuery = (expr: string, type = 'prometheus'): DashboardFile =>
  withPanel({
    targets: [{ refId: 'A', legendFormat: 'x', datasource: { type, uid: '$datasource' }, expr }],
  });
const withVariables = (change: (variable: Variable) => Variable | undefined): DashboardFile => ({
  ...GOOD,
  templating: {
    list: (GOOD.templating.list ?? []).flatMap((one) => {
      const changed = change(one);
      return changed ? [changed] : [];
    }),
  },
});
const query = (text: string): DashboardFile =>
  withVariables((one) => (one.name === 'job' ? { ...one, query: text } : one));
const selected = 'job=~"$job", instance=~"$instance"';

const broken = (rules: readonly Rule[], dashboard: DashboardFile): string[] => [
  ...new Set(lint([dashboard], rules, []).breaches.map(({ rule }) => rule)),
];

describe('each rule of the linter catches its breach', () => {
  it('and a dashboard that keeps them all breaks none', () => {
    expect(broken(LINTER_RULES, GOOD)).toEqual([]);
  });

  const CASES: readonly [string, string, DashboardFile][] = [
    [
      'template-datasource-rule',
      'is absent',
      withVariables((one) => (one.type === 'datasource' ? undefined : one)),
    ],
    [
      'template-datasource-rule',
      'has another name',
      withVariables((one) => (one.type === 'datasource' ? { ...one, name: 'source' } : one)),
    ],
    [
      'template-job-rule',
      'is absent',
      withVariables((one) => (one.name === 'job' ? undefined : one)),
    ],
    [
      'template-job-rule',
      'has one value only',
      withVariables((one) => (one.name === 'job' ? { ...one, multi: false } : one)),
    ],
    [
      'template-instance-rule',
      'is absent',
      withVariables((one) => (one.name === 'instance' ? undefined : one)),
    ],
    ['template-label-promql-rule', 'is another function', query('values(up, job)')],
    ['template-label-promql-rule', 'asks no PromQL', query('label_values(up{, job)')],
    [
      'template-on-time-change-reload-rule',
      'is read once',
      withVariables((one) => (one.name === 'job' ? { ...one, refresh: 1 } : one)),
    ],
    [
      'panel-datasource-rule',
      'is fixed',
      withPanel({ datasource: { type: 'prometheus', uid: 'abc' } }),
    ],
    ['panel-title-description-rule', 'has no title', withPanel({ title: '' })],
    ['panel-title-description-rule', 'has no description', withPanel({ description: '' })],
    ['panel-units-rule', 'is absent', withPanel({ fieldConfig: { defaults: {} } })],
    [
      'panel-units-rule',
      'is unknown',
      withPanel({ fieldConfig: { defaults: { unit: 'reqs/s' } } }),
    ],
    ['panel-no-targets-rule', 'asks nothing', withPanel({ targets: [] })],
    ['target-logql-rule', 'asks Loki', withQuery('rate({job="a"} |= "x" [$__auto])', 'loki')],
    [
      'target-promql-rule',
      'is no PromQL',
      withQuery(`rate(a_total{${selected}}[$__rate_interval]`),
    ],
    [
      'target-promql-rule',
      'has a variable that is not there',
      withQuery(`rate(a_total{${selected}, x="$y"}[$__rate_interval])`),
    ],
    ['target-rate-interval-rule', 'has its own range', withQuery(`rate(a_total{${selected}}[5m])`)],
    [
      'target-job-rule',
      'selects no job',
      withQuery('rate(a_total{instance=~"$instance"}[$__rate_interval])'),
    ],
    [
      'target-instance-rule',
      'selects no instance',
      withQuery('rate(a_total{job=~"$job"}[$__rate_interval])'),
    ],
    ['target-counter-agg-rule', 'shows a counter', withQuery(`sum(a_total{${selected}})`)],
    [
      'target-counter-agg-rule',
      'smooths a counter',
      withQuery(`avg_over_time(a_total{${selected}}[5m])`),
    ],
    ['uneditable-dashboard', 'can be edited', { ...GOOD, editable: true }],
  ];

  it.each(CASES)('%s: %s', (rule, _, dashboard) => {
    expect(broken(LINTER_RULES, dashboard)).toEqual([rule]);
  });

  it('target-logql-auto-rule: has its own range', () => {
    const dashboard = withQuery('rate({job="a"} |= "x" [5m])', 'loki');
    expect(broken(LINTER_RULES, dashboard)).toEqual([
      'target-logql-rule',
      'target-logql-auto-rule',
    ]);
  });

  it('none is left out', () => {
    const caught = new Set([...CASES.map(([rule]) => rule), 'target-logql-auto-rule']);
    expect(LINTER_RULES.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([]);
  });
});

describe('each rule of ours catches its breach', () => {
  const FIXED = { type: 'prometheus', uid: DATASOURCE_UID };
  const metric = (name: string, type: Metric['type']): Metric => ({
    name,
    type,
    source: 'services',
    labels: [],
    help: 'x',
  });
  const RULES = houseRules([
    metric('a_total', 'counter'),
    metric('b', 'gauge'),
    metric('c_count', 'counter'),
  ]);
  const panel = (change: Partial<Panel> = {}, expr = 'rate(a_total[$__rate_interval])'): Panel => ({
    ...PANEL,
    datasource: FIXED,
    targets: [{ refId: 'A', legendFormat: 'x', datasource: FIXED, expr }],
    ...change,
  });
  const KEPT: DashboardFile = { ...GOOD, templating: { list: [] }, panels: [panel()] };
  const having = (...panels: Panel[]): DashboardFile => ({ ...KEPT, panels });
  const chosen = (expr: string): DashboardFile => ({
    ...having(panel({}, expr)),
    templating: { list: [{ ...variable('service', 'Service'), datasource: FIXED }] },
  });
  const grid = (x: number, y: number, w: number, h = 8): GridPosition => ({ x, y, w, h });

  it('and a dashboard that keeps them all breaks none', () => {
    expect(broken(RULES, KEPT)).toEqual([]);
    expect(broken(RULES, chosen('b{job="$service"} + b{service="$service"}'))).toEqual([]);
    const two = having(
      panel({ gridPos: grid(0, 0, 12) }),
      panel({ id: 2, title: 'Two', gridPos: grid(12, 0, 12) }),
    );
    expect(broken(RULES, two)).toEqual([]);
  });

  const CASES: readonly [string, string, DashboardFile][] = [
    ['fixed-data-source', 'of a panel', having(panel({ datasource: { uid: 'x' } }))],
    [
      'fixed-data-source',
      'of a query',
      having(panel({ targets: [{ refId: 'A', legendFormat: 'x', expr: 'b' }] })),
    ],
    [
      'fixed-data-source',
      'of an annotation',
      { ...KEPT, annotations: { list: [{ name: 'x', expr: 'b' }] } },
    ],
    ['known-dashboard', 'uid', { ...KEPT, uid: 'other' }],
    ['known-dashboard', 'schema', { ...KEPT, schemaVersion: 2 }],
    ['known-dashboard', 'links', { ...KEPT, links: [] }],
    ['ids-set', 'no id', having(panel({ id: 0 }))],
    [
      'ids-set',
      'one id for two',
      having(panel({ gridPos: grid(0, 0, 12) }), panel({ title: 'Two', gridPos: grid(12, 0, 12) })),
    ],
    [
      'ids-set',
      'no refId',
      having(panel({ targets: [{ legendFormat: 'x', datasource: FIXED, expr: 'b' }] })),
    ],
    [
      'no-overlap',
      'one on the other',
      having(panel(), panel({ id: 2, title: 'Two', gridPos: grid(0, 7, 24) })),
    ],
    ['no-overlap', 'outside', having(panel({ gridPos: grid(12, 0, 24) }))],
    ['no-overlap', 'a line that is not full', having(panel({ gridPos: grid(0, 0, 20) }))],
    ['legend', 'none', having(panel({ targets: [{ refId: 'A', datasource: FIXED, expr: 'b' }] }))],
    [
      'titles-once',
      'two',
      having(panel({ gridPos: grid(0, 0, 12) }), panel({ id: 2, gridPos: grid(12, 0, 12) })),
    ],
    ['known-series', 'an unknown metric', having(panel({}, 'nothing'))],
    ['known-series', 'an unknown label', having(panel({}, 'b{x="1"}'))],
    [
      'known-series',
      'in an annotation',
      { ...KEPT, annotations: { list: [{ name: 'x', datasource: FIXED, expr: 'nothing' }] } },
    ],
    ['counters-rated', 'a counter by the catalogue', having(panel({}, 'sum(c_count)'))],
    ['chosen-service', 'about all of them', chosen('b{job="$service"} + b')],
    ['chosen-service', 'about others', chosen('b{job!="$service"}')],
    ['readable-description', 'a word', having(panel({ description: 'Requests' }))],
  ];

  it.each(CASES)('%s: %s', (rule, _, dashboard) => {
    expect(broken(RULES, dashboard)).toEqual([rule]);
  });

  it('none is left out', () => {
    const caught = new Set(CASES.map(([rule]) => rule));
    expect(RULES.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([]);
  });
});

describe('an exclusion', () => {
  const dashboard = withPanel({ title: '' });
  const rules = LINTER_RULES;

  it('takes out what it names, and is idle where there is nothing', () => {
    const reason = 'x';
    const rule = 'panel-title-description-rule';
    expect(lint([dashboard], rules, [{ rule, reason }])).toEqual({ breaches: [], idle: [] });
    const elsewhere = { rule, dashboard: 'factsway-service', reason };
    expect(lint([dashboard], rules, [elsewhere])).toMatchObject({
      breaches: [{ rule, dashboard: 'factsway-overview' }],
      idle: [elsewhere],
    });
    const other = { rule, panel: 'Another', reason };
    expect(lint([dashboard], rules, [other]).idle).toEqual([other]);
  });
});
