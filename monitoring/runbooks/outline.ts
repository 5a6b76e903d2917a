import type { AlertOutline } from './html.ts';

type Row = readonly [name: string, severity: AlertOutline['severity']];
const area = (name: string, rows: readonly Row[]): AlertOutline[] =>
  rows.map(([alert, severity]) => ({ name: alert, severity, area: name }));

/** Every alert by area, the one that is looked up most first: the order of the index. */
export const OUTLINES: readonly AlertOutline[] = [
  ...area('availability', [
    ['ServiceDown', 'critical'],
    ['ServiceUnhealthy', 'critical'],
    ['ServiceTargetMissing', 'critical'],
    ['EdgeDown', 'critical'],
    ['PostgresDown', 'critical'],
    ['VersionMismatch', 'critical'],
    ['MetricsEndpointMissing', 'warning'],
    ['MetricSeriesMissing', 'warning'],
    ['ServiceRestarting', 'warning'],
  ]),
  ...area('errors', [
    ['HighErrorRate', 'critical'],
    ['ElevatedErrorRate', 'warning'],
    ['DatabaseConnectionErrors', 'critical'],
  ]),
  ...area('latency', [
    ['VerySlowResponseTime', 'critical'],
    ['SlowResponseTime', 'warning'],
    ['DatabasePoolExhausted', 'warning'],
    ['ExportQueueGrowing', 'warning'],
  ]),
  ...area('database', [
    ['PostgresArchiveStale', 'critical'],
    ['PostgresConnectionsNearLimit', 'warning'],
    ['PostgresLongTransaction', 'warning'],
    ['PostgresDeadlocks', 'warning'],
    ['PostgresWalGrowth', 'warning'],
  ]),
  ...area('certificates', [
    ['CertificateNotRenewed', 'critical'],
    ['CertificateExpiresIn3Days', 'critical'],
    ['CertificateExpiresIn14Days', 'warning'],
    ['CertificateExpiresIn30Days', 'info'],
  ]),
  ...area('host', [
    ['DiskFull', 'critical'],
    ['DiskSpaceLow', 'warning'],
    ['DiskWillFill', 'warning'],
    ['InodesLow', 'warning'],
    ['HostMemoryLow', 'warning'],
    ['OutOfMemoryKill', 'warning'],
    ['ClockSkew', 'warning'],
    ['ClockNotSynchronised', 'info'],
  ]),
  ...area('monitoring', [
    ['AlertmanagerNotificationsFailing', 'critical'],
    ['PrometheusAlertmanagerMissing', 'critical'],
    ['MonitoringTargetDown', 'warning'],
    ['AlertmanagerConfigReloadFailed', 'warning'],
    ['PrometheusConfigReloadFailed', 'warning'],
    ['PrometheusRuleFailures', 'warning'],
    ['Watchdog', 'none'],
  ]),
  ...area('slo', [
    ['SLOBurnRateFast', 'critical'],
    ['SLOBurnRateHigh', 'critical'],
    ['SLOBurnRateElevated', 'warning'],
    ['SLOBurnRateSlow', 'warning'],
    ['ErrorBudgetHalfSpent', 'warning'],
    ['ErrorBudgetSpent', 'warning'],
  ]),
  ...area('backup', [
    ['BackupMissing', 'critical'],
    ['RestoreDrillMissing', 'warning'],
  ]),
];
