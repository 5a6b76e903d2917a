import { DATASOURCE_UID } from '../../../installer/src/model/monitoring.ts';
import { problemsOfQuery } from '../../checks/queries.ts';
import { DASHBOARD_UIDS, type Metric } from '../../model.ts';
import { PromqlError } from '../../promql.ts';
import { panelsOf, type DashboardFile, type GridPosition, type Panel } from '../shape.ts';
import { substituted } from '../substitute.ts';
import { perPanel, perQuery, perTarget, type Finding, type Rule } from './rule.ts';

/** Newer files are written another way, which Grafana 13 refuses from a directory. */
const CLASSIC_SCHEMA = 42;
const COLUMNS = 24;

/** What the linter does not ask, and somebody at night needs. */
export function houseRules(metrics: readonly Metric[]): readonly Rule[] {
  const counters = new Set(
    metrics.filter(({ type }) => type === 'counter').map(({ name }) => name),
  );
  return [
    {
      name: 'fixed-data-source',
      asks: 'panels, queries, variables and annotations name the one data source',
      check: fixedDataSource,
    },
    {
      name: 'known-dashboard',
      asks: 'uid, title, description, tag, refresh and a classic schema',
      check: knownDashboard,
    },
    {
      name: 'ids-set',
      asks: 'ids of panels and rows and refIds of queries are there, each once',
      check: idsSet,
    },
    {
      name: 'no-overlap',
      asks: 'panels lie inside the 24 columns, on no other, and each line is full',
      check: noOverlap,
    },
    {
      name: 'legend',
      asks: 'each query says how its series are called',
      check: perTarget(({ legendFormat = '' }) => (legendFormat === '' ? ['has no legend'] : [])),
    },
    {
      name: 'titles-once',
      asks: 'no two panels of a dashboard have one title',
      check: (dashboard) =>
        twice(panelsOf(dashboard).map(({ title = '' }) => title)).map((panel) => ({
          panel,
          problem: 'is there twice',
        })),
    },
    {
      name: 'known-series',
      asks: 'queries and annotations name metrics and labels of the catalogue',
      check: (dashboard) => knownSeries(dashboard, metrics),
    },
    {
      name: 'counters-rated',
      asks: 'what the catalogue calls a counter is never shown as it is',
      check: perQuery(({ selectors }) =>
        selectors.flatMap(({ metric = '', range }) =>
          counters.has(metric) && range === undefined ? [`${metric} is shown as it is`] : [],
        ),
      ),
    },
    {
      name: 'chosen-service',
      asks: 'where a service is chosen, each query is about that one',
      check: chosenService,
    },
    {
      name: 'readable-description',
      asks: 'a description is a sentence',
      check: perPanel(({ description = '' }) =>
        /^[A-Z“0-9].{20,}[.]$/su.test(description) ? undefined : 'has no sentence as description',
      ),
    },
  ];
}

function fixedDataSource(dashboard: DashboardFile): Finding[] {
  const is = ({ datasource }: { readonly datasource?: { readonly uid?: string } }): boolean =>
    datasource?.uid === DATASOURCE_UID;
  const panels = panelsOf(dashboard)
    .filter((panel) => !is(panel) || !(panel.targets ?? []).every(is))
    .map(({ title = '' }) => ({ panel: title, problem: 'names another data source' }));
  const others = [...(dashboard.templating.list ?? []), ...(dashboard.annotations.list ?? [])]
    .filter((one) => !is(one))
    .map(({ name }) => ({ problem: `${name} names another data source` }));
  return [...panels, ...others];
}

function knownDashboard(dashboard: DashboardFile): Finding[] {
  const { uid = '', title = '', description = '', tags = [], refresh = '' } = dashboard;
  const wrong: [boolean, string][] = [
    [!DASHBOARD_UIDS.some((known) => known === uid), `the uid ${uid} is not in DASHBOARD_UIDS`],
    [title === '' || description === '', 'title or description is missing'],
    [!tags.includes('factsway'), 'the tag by which dashboards link to each other is missing'],
    [refresh === '', 'it does not refresh'],
    [
      dashboard.schemaVersion !== CLASSIC_SCHEMA,
      `schema ${dashboard.schemaVersion} is not classic`,
    ],
    [(dashboard.links ?? []).length === 0, 'it leads to no other dashboard'],
  ];
  return wrong.filter(([is]) => is).map(([, problem]) => ({ problem }));
}

function idsSet(dashboard: DashboardFile): Finding[] {
  const ids = (dashboard.panels ?? []).flatMap((panel) => [panel, ...(panel.panels ?? [])]);
  const unset = ids.filter(({ id = 0 }) => id < 1).map(() => ({ problem: 'a panel has no id' }));
  const doubled = twice(ids.map(({ id }) => String(id))).map((id) => ({
    problem: `the id ${id} is there twice`,
  }));
  const refs = panelsOf(dashboard).flatMap(({ title = '', targets = [] }) => {
    const names = targets.map(({ refId = '' }) => refId);
    return names.includes('') || twice(names).length > 0
      ? [{ panel: title, problem: 'has queries without a refId of their own' }]
      : [];
  });
  return [...unset, ...doubled, ...refs];
}

function noOverlap({ panels = [] }: DashboardFile): Finding[] {
  const cells = new Map<string, string>();
  const widths = new Map<number, number>();
  const findings: Finding[] = [];
  for (const panel of panels) {
    const at = panel.gridPos;
    const title = panel.title ?? '';
    if (!at || at.x < 0 || at.x + at.w > COLUMNS) {
      findings.push({ panel: title, problem: `lies outside the ${COLUMNS} columns` });
      continue;
    }
    const other = cellsOf(at).find((cell) => cells.has(cell));
    if (other !== undefined)
      findings.push({ panel: title, problem: `lies on ${cells.get(other) ?? ''}` });
    for (const cell of cellsOf(at)) cells.set(cell, title);
    widths.set(at.y, (widths.get(at.y) ?? 0) + at.w);
  }
  for (const [y, width] of widths)
    if (width < COLUMNS) findings.push({ problem: `the line at ${y} is ${width} columns wide` });
  return findings;
}

function cellsOf({ x, y, w, h }: GridPosition): string[] {
  return Array.from(
    { length: w * h },
    (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`,
  );
}

function knownSeries(dashboard: DashboardFile, metrics: readonly Metric[]): Finding[] {
  const problems = (expression: string): string[] => {
    try {
      return problemsOfQuery(substituted(expression, { service: 'a-service' }), metrics);
    } catch (error) {
      if (error instanceof PromqlError) return [error.message];
      throw error;
    }
  };
  const inPanels = panelsOf(dashboard).flatMap(({ title = '', targets = [] }: Panel) =>
    targets.flatMap(({ expr = '' }) =>
      problems(expr).map((problem) => ({ panel: title, problem })),
    ),
  );
  const elsewhere = (dashboard.annotations.list ?? []).flatMap(({ expr }) =>
    expr === undefined ? [] : problems(expr).map((problem) => ({ problem })),
  );
  return [...inPanels, ...elsewhere];
}

function chosenService(dashboard: DashboardFile): readonly Finding[] {
  if (!(dashboard.templating.list ?? []).some(({ name }) => name === 'service')) return [];
  return perQuery(({ selectors }) =>
    selectors
      .filter(
        ({ matchers }) =>
          !matchers.some(
            ({ label, operator, value }) =>
              /^(job|service)$/.test(label) && operator === '=' && value === 'a-service',
          ),
      )
      .map(({ metric = '' }) => `${metric} is not that of the chosen service`),
  )(dashboard);
}

const twice = (values: readonly string[]): string[] =>
  values.filter((value, index) => values.indexOf(value) < index);
