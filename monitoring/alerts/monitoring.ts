import type { Alert } from '../model.ts';

export const MONITORING: readonly Alert[] = [
  {
    name: 'MonitoringTargetDown',
    area: 'monitoring',
    severity: 'warning',
    expr: 'up{job!~".+-service|probe"} == 0',
    for: '5m',
    summary: 'Monitoring has lost {{ $labels.service }}',
    description:
      'Prometheus has not reached {{ $labels.service }} ({{ $labels.instance }}) for five minutes: what it measures is not watched.',
    dashboard: 'factsway-infrastructure',
    needs: ['host'],
  },
  {
    name: 'ErrorReportsWaiting',
    area: 'monitoring',
    severity: 'info',
    expr: 'max by (service) (factsway_error_reports_waiting) > 0',
    // A release of the ingest, a line that is down over lunch: they wait on disk and lose nothing.
    for: '6h',
    summary: '{{ $labels.service }} cannot deliver its error reports',
    description:
      '{{ $value }} error reports of {{ $labels.service }} have waited for six hours: the address in monitoring.sentry.dsn does not take them. When there are too many, the oldest are forgotten.',
    dashboard: 'factsway-service',
    needs: ['service', 'host'],
  },
  {
    name: 'AlertmanagerNotificationsFailing',
    area: 'monitoring',
    severity: 'critical',
    // What is due is tried again every few minutes: a line that was gone for six minutes, or a test alert to a wrong address,
    // leaves one or two. The sign of life of the dead man's switch is as rare as the first window can see.
    expr: 'sum by (integration) (increase(alertmanager_notifications_failed_total[20m])) >= 3 and sum by (integration) (increase(alertmanager_notifications_failed_total[6m])) > 0',
    // Longer than the second window: what was given up once or in a row is over by then.
    for: '7m',
    keepFiringFor: '10m',
    summary: 'Messages through {{ $labels.integration }} do not arrive',
    description:
      'Alertmanager gave up on about {{ $value | humanize }} messages through {{ $labels.integration }} within 20 minutes, and goes on. Whoever relies on it is not told.',
    dashboard: 'factsway-overview',
  },
  {
    name: 'AlertmanagerConfigReloadFailed',
    area: 'monitoring',
    severity: 'warning',
    expr: 'alertmanager_config_last_reload_successful == 0',
    for: '5m',
    summary: 'Alertmanager refuses its configuration',
    description:
      'Alertmanager could not read its latest configuration and goes on with the one before: changed receivers are not in use.',
    dashboard: 'factsway-overview',
  },
  {
    name: 'PrometheusConfigReloadFailed',
    area: 'monitoring',
    severity: 'warning',
    expr: 'prometheus_config_last_reload_successful == 0',
    for: '5m',
    summary: 'Prometheus refuses its configuration',
    description:
      'Prometheus could not read its latest configuration and goes on with the one before: changed rules and targets are not in use.',
    dashboard: 'factsway-overview',
  },
  {
    name: 'PrometheusRuleFailures',
    area: 'monitoring',
    severity: 'warning',
    expr: 'sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[15m])) >= 3',
    keepFiringFor: '15m',
    summary: 'Alert rules cannot be evaluated',
    description:
      'About {{ $value | humanize }} evaluations of {{ $labels.rule_group }} failed within a quarter of an hour: alerts of this group may be missing.',
    dashboard: 'factsway-overview',
  },
  {
    name: 'PrometheusAlertmanagerMissing',
    area: 'monitoring',
    severity: 'critical',
    // Shown in Prometheus alone: with no Alertmanager nobody is told. The silence of Watchdog tells them.
    // A reload finds its Alertmanager again within seconds, and what is sent meanwhile is dropped and sent again: only who
    // goes on dropping has lost it. Watchdog is sent every minute.
    expr: 'prometheus_notifications_alertmanagers_discovered < 1 or increase(prometheus_notifications_dropped_total[3m]) > 0',
    for: '5m',
    summary: 'Prometheus cannot hand over its alerts',
    description:
      'For five minutes Prometheus has had no Alertmanager that takes its alerts: nobody is told of anything.',
    dashboard: 'factsway-overview',
  },
  {
    name: 'Watchdog',
    area: 'monitoring',
    severity: 'none',
    expr: 'vector(1)',
    summary: 'Alerting works',
    description:
      'A sign of life that always fires. Where it stops arriving, this server or its monitoring is down.',
    dashboard: 'factsway-overview',
  },
];
