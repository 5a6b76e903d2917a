import { parsePromql, PromqlError, type Query } from '../../promql.ts';
import { panelsOf, type DashboardFile, type Panel, type Target } from '../shape.ts';
import { substituted } from '../substitute.ts';

/** What a rule found; the panel is named by its title. */
export type Finding = { readonly panel?: string; readonly problem: string };

export type Rule = {
  readonly name: string;
  readonly asks: string;
  readonly check: (dashboard: DashboardFile) => readonly Finding[];
};

/** No duration anybody would write: what $__rate_interval stands for while a rule looks. */
export const RATE_INTERVAL = '4711s';

/** Values for the variables of dashboards, so that a query can be parsed. */
const PLACEHOLDERS = {
  __rate_interval: RATE_INTERVAL,
  service: 'a-service',
  job: 'a-job',
  instance: 'an-instance',
};

export function perPanel(find: (panel: Panel) => string | undefined): Rule['check'] {
  return (dashboard) =>
    panelsOf(dashboard).flatMap((panel) => {
      const problem = find(panel);
      return problem === undefined ? [] : [{ panel: panel.title ?? '', problem }];
    });
}

export function perTarget(find: (target: Target) => readonly string[]): Rule['check'] {
  return (dashboard) =>
    panelsOf(dashboard).flatMap(({ title = '', targets = [] }) =>
      targets.flatMap((target) => find(target).map((problem) => ({ panel: title, problem }))),
    );
}

export const isLoki = ({ datasource }: Target): boolean => datasource?.type === 'loki';

/** Like perTarget, for what asks Prometheus and parses; what does not is for target-promql-rule. */
export function perQuery(
  find: (query: Query, expression: string) => readonly string[],
): Rule['check'] {
  return perTarget((target) => {
    if (isLoki(target)) return [];
    const expression = target.expr ?? '';
    let query: Query;
    try {
      query = parsed(expression);
    } catch (error) {
      if (error instanceof PromqlError) return [];
      throw error;
    }
    return find(query, expression);
  });
}

/** Throws PromqlError. */
export const parsed = (expression: string): Query =>
  parsePromql(substituted(expression, PLACEHOLDERS));

export type Exclusion = {
  readonly rule: string;
  /** uid; every dashboard when absent. */
  readonly dashboard?: string;
  /** Title; every panel when absent. */
  readonly panel?: string;
  readonly reason: string;
};

export type Breach = Finding & { readonly rule: string; readonly dashboard: string };

/** What breaks a rule and is not excluded, and exclusions that exclude nothing any more. */
export function lint(
  dashboards: readonly DashboardFile[],
  rules: readonly Rule[],
  exclusions: readonly Exclusion[],
): { readonly breaches: readonly Breach[]; readonly idle: readonly Exclusion[] } {
  const all = dashboards.flatMap((dashboard) =>
    rules.flatMap(({ name, check }) =>
      check(dashboard).map((finding): Breach => ({
        ...finding,
        rule: name,
        dashboard: dashboard.uid ?? '',
      })),
    ),
  );
  const excludes = (exclusion: Exclusion, breach: Breach): boolean =>
    exclusion.rule === breach.rule &&
    [undefined, breach.dashboard].includes(exclusion.dashboard) &&
    [undefined, breach.panel].includes(exclusion.panel);
  return {
    breaches: all.filter((breach) => !exclusions.some((one) => excludes(one, breach))),
    idle: exclusions.filter((one) => !all.some((breach) => excludes(one, breach))),
  };
}
