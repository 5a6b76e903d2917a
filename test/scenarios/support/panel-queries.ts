import { metricsOfQuery } from '../../../monitoring/checks/queries.ts';
import { MARKS_OF_CHANGES } from '../../../monitoring/dashboards/annotations.ts';
import { DASHBOARDS } from '../../../monitoring/dashboards/index.ts';
import { panelsOf, type DashboardFile } from '../../../monitoring/dashboards/shape.ts';
import { substituted } from '../../../monitoring/dashboards/substitute.ts';
import { METRICS } from '../../../monitoring/metrics/index.ts';

/** How far back a range is asked for, and how fine: what a dashboard just opened would show. */
const RANGE_SECONDS = 600;
const STEP_SECONDS = 15;
/** For annotations: a platform that has run for some hours was deployed all the same. */
const ANNOTATION_SECONDS = 6 * 3600;

/** Panels that say nothing on a platform that is well; a reason each. */
export const MAY_BE_EMPTY: readonly {
  readonly dashboard: string;
  readonly panel: string;
  readonly reason: string;
}[] = [
  {
    dashboard: 'factsway-overview',
    panel: 'Alerts firing now',
    reason: 'a table of alerts has no rows while none fires; zero rows is the message',
  },
  {
    dashboard: 'factsway-overview',
    panel: 'Alerts by time firing',
    reason: 'the same over time: no alert fired yet',
  },
  ...[
    'Last upgrade and rollback',
    'Downtime',
    'Failed requests meanwhile',
    'Duration',
    'Time since',
    'Last of each kind',
  ].map((panel) => ({
    dashboard: 'factsway-updates',
    panel,
    reason: 'the installer has upgraded, changed and rotated nothing yet',
  })),
];

/**
 * What only the containers `backup` and `updates` expose, and what comes with a later release: the
 * platform of the scenarios has none of them.
 */
const OF_OTHERS = METRICS.filter(
  ({ name, source }) => source === 'backup' || source === 'updates' || isOfAudit(name),
);

/** Of the audit log, which the release after the first brings. */
export function isOfAudit(metric: string): boolean {
  return metric.startsWith('factsway_audit_');
}

export type PanelQuery = {
  readonly dashboard: string;
  /** Title; of an annotation its name. */
  readonly panel: string;
  /** The one that was chosen, where one is. */
  readonly service?: string;
  readonly expr: string;
  readonly seconds: number;
  readonly step: number;
};

type Result = { readonly value?: [number, string]; readonly values?: readonly [number, string][] };

async function get<T>(prometheus: string, path: string): Promise<T> {
  const response = await fetch(`${prometheus}/api/v1${path}`);
  const body = (await response.json()) as { status: string; error?: string; data: T };
  if (body.status !== 'success') throw new Error(`${path}: ${body.error ?? response.statusText}`);
  return body.data;
}

/** Every query of every dashboard, once for each value of its variable, as Grafana would ask for them. */
export async function panelQueries(prometheus: string): Promise<PanelQuery[]> {
  const services = await get<string[]>(
    prometheus,
    '/label/service/values?match[]=factsway_build_info',
  );
  return Object.values(DASHBOARDS).flatMap((dashboard) => {
    const chosen = (dashboard.templating.list ?? []).some(({ name }) => name === 'service');
    const choices = chosen ? services.map((service) => ({ service })) : [{}];
    return choices.flatMap((variables) => queriesOf(dashboard, variables));
  });
}

function queriesOf(
  dashboard: DashboardFile,
  variables: Readonly<{ service?: string }>,
): PanelQuery[] {
  const query = (panel: string, expr: string, seconds: number, step: number): PanelQuery => ({
    dashboard: dashboard.uid ?? '',
    panel,
    ...variables,
    expr: substituted(expr, variables),
    seconds,
    step,
  });
  return [
    ...panelsOf(dashboard).flatMap(({ title = '', targets = [] }) =>
      targets.map(({ expr = '', instant }) =>
        query(title, expr, instant === true ? 0 : RANGE_SECONDS, STEP_SECONDS),
      ),
    ),
    ...(dashboard.annotations.list ?? []).flatMap(({ name, expr }) =>
      expr === undefined ? [] : [query(name, expr, ANNOTATION_SECONDS, 60)],
    ),
  ];
}

/** Those of the queries that gave no number at all. Throws where Prometheus refuses one. */
export async function emptyOf(
  prometheus: string,
  queries: readonly PanelQuery[],
): Promise<PanelQuery[]> {
  const empty: PanelQuery[] = [];
  for (const query of queries) if (!(await givesData(prometheus, query))) empty.push(query);
  return empty;
}

async function givesData(
  prometheus: string,
  { expr, seconds, step }: PanelQuery,
): Promise<boolean> {
  const now = Math.floor(Date.now() / 1000);
  const asked = new URLSearchParams(
    seconds === 0
      ? { query: expr, time: String(now) }
      : { query: expr, start: String(now - seconds), end: String(now), step: String(step) },
  );
  const path = seconds === 0 ? 'query' : 'query_range';
  const { result } = await get<{ result: readonly Result[] }>(
    prometheus,
    `/${path}?${asked.toString()}`,
  );
  return result.some(({ value, values }) =>
    [...(value ? [value] : []), ...(values ?? [])].some(([, number]) => number !== 'NaN'),
  );
}

/** Queries of panels about the audit log. */
export const aboutAudit = ({ expr }: PanelQuery): boolean =>
  metricsOfQuery(expr, OF_OTHERS).some(isOfAudit);

export const mayBeEmpty = ({ dashboard, panel, expr }: PanelQuery): boolean =>
  MARKS_OF_CHANGES.includes(panel) ||
  metricsOfQuery(expr, OF_OTHERS).length > 0 ||
  MAY_BE_EMPTY.some((one) => one.dashboard === dashboard && one.panel === panel);
