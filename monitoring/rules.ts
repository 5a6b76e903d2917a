import { ALERTS, EVALUATION } from './alerts/index.ts';
import type { Alert, AlertArea, MonitoringContext, RuleGroup } from './model.ts';

/** An alert as Prometheus takes it: every expression, label and address filled in. */
export type AlertRule = {
  readonly name: string;
  readonly expr: string;
  readonly for?: string;
  readonly keepFiringFor?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

/** The groups of alerts that make sense for one platform, in the order of the catalogue. */
export function alertGroups(
  context: MonitoringContext,
  alerts: readonly Alert[] = ALERTS,
): RuleGroup<AlertRule>[] {
  const chosen = alerts.filter(({ appliesTo }) => appliesTo?.(context) ?? true);
  const areas = [...new Set(chosen.map(({ area }) => area))];
  return areas.map((area: AlertArea) => ({
    name: area,
    interval: EVALUATION[area],
    rules: chosen.filter((alert) => alert.area === area).map((alert) => alertRule(alert, context)),
  }));
}

/** The runbook of an alert on this platform. */
export const runbookUrl = (alert: string, { publicUrl }: MonitoringContext): string =>
  `${publicUrl}/runbooks/${alert}.html`;

/** The dashboard of an alert, that of one service with the service it is about. */
function dashboardUrl({ dashboard }: Alert, { publicUrl }: MonitoringContext): string {
  const which = dashboard === 'factsway-service' ? '?var-service={{ $labels.service }}' : '';
  return `${publicUrl}/grafana/d/${dashboard}${which}`;
}

function alertRule(alert: Alert, context: MonitoringContext): AlertRule {
  const { name, expr, severity, area, symptom, needs = [], keepFiringFor } = alert;
  const cause = causeLabel(alert);
  return {
    name,
    expr: inShadow(typeof expr === 'string' ? expr : expr(context), alert),
    ...(alert.for === undefined ? {} : { for: alert.for }),
    ...(keepFiringFor === undefined ? {} : { keepFiringFor }),
    labels: {
      severity,
      area,
      ...(symptom === undefined ? {} : { symptom }),
      ...(cause === undefined ? {} : { cause }),
      ...Object.fromEntries(needs.map((one) => [`needs_${one}`, 'true'])),
    },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: runbookUrl(name, context),
      // Where there is no Grafana a link would lead nowhere.
      ...(context.grafana ? { dashboard_url: dashboardUrl(alert, context) } : {}),
    },
  };
}

/** The value of the label `cause`; Prometheus drops a label whose template comes out empty. */
function causeLabel({ cause, causeWhere }: Alert): string | undefined {
  if (cause === undefined || causeWhere === undefined) return cause;
  const { label, matches } = causeWhere;
  return `{{ if match "^(?:${matches})$" $labels.${label} }}${cause}{{ end }}`;
}

/** The expression, silent while what it needs is away and as long after as its window remembers. */
function inShadow(expr: string, { shadow, needs = [], area }: Alert): string {
  if (shadow === undefined) return expr;
  // An objective is of the whole platform: any service that is down explains failures.
  const service =
    area === 'slo'
      ? ` unless on () min(service:answered:min${shadow}) == 0`
      : ` unless on (service) service:answered:min${shadow} == 0`;
  return [
    `(${expr})`,
    needs.includes('database') ? ` unless on () database:answered:min${shadow} == 0` : '',
    needs.includes('service') ? service : '',
  ].join('');
}
