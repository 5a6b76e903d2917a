import type { Alert, MonitoringContext } from '../model.ts';

const QUARTER_HOUR = 900;
/** Rows changed by anybody lately; shorter than the age that counts, so that what is archived already is not in it. */
const CHANGED = ['inserted', 'updated', 'deleted']
  .map((how) => `increase(pg_stat_database_tup_${how}{datname!~"template.*|postgres|"}[14m])`)
  .join(' + ');

/** WAL and its archive are the business of whoever runs the server. */
const isOurs = ({ externalDatabase }: MonitoringContext): boolean => !externalDatabase;

export const DATABASE: readonly Alert[] = [
  {
    name: 'PostgresConnectionsNearLimit',
    area: 'database',
    severity: 'warning',
    expr: 'sum(pg_stat_activity_count) / max(pg_settings_max_connections) > 0.85',
    for: '5m',
    keepFiringFor: '5m',
    summary: 'PostgreSQL uses {{ $value | humanizePercentage }} of its connections',
    description:
      'For five minutes {{ $value | humanizePercentage }} of the connections PostgreSQL accepts have been in use. At 100 % services are turned away.',
    dashboard: 'factsway-database',
    needs: ['database', 'host'],
  },
  {
    name: 'PostgresLongTransaction',
    area: 'database',
    severity: 'warning',
    expr: `max by (datname, usename, state) (pg_stat_activity_max_tx_duration{backend_type="client backend",state!="idle"}) > ${QUARTER_HOUR}`,
    for: '1m',
    summary: 'A transaction has been open for {{ $value | humanizeDuration }}',
    description:
      'A transaction of {{ $labels.usename }} in {{ $labels.datname }} ({{ $labels.state }}) has been open for {{ $value | humanizeDuration }}. It keeps locks and stops PostgreSQL from clearing away old rows.',
    dashboard: 'factsway-database',
    needs: ['database', 'host'],
  },
  {
    name: 'PostgresDeadlocks',
    area: 'database',
    severity: 'warning',
    expr: 'sum by (datname) (increase(pg_stat_database_deadlocks{datname!~"template.*|"}[15m])) >= 3',
    keepFiringFor: '15m',
    summary: 'Deadlocks in {{ $labels.datname }}',
    description:
      'PostgreSQL has broken about {{ $value | humanize }} deadlocks in {{ $labels.datname }} within a quarter of an hour: requests fail and are tried again.',
    dashboard: 'factsway-database',
    needs: ['database', 'host'],
  },
  {
    name: 'PostgresWalGrowth',
    area: 'database',
    severity: 'warning',
    // PostgreSQL goes a little over max_wal_size by itself; twice as much means that something holds it back.
    expr: 'max(pg_wal_size_bytes) > 2 * max(pg_settings_max_wal_size_bytes)',
    for: '15m',
    summary: 'The WAL of PostgreSQL has grown to {{ $value | humanize1024 }}B',
    description:
      'pg_wal holds {{ $value | humanize1024 }}B, more than twice what PostgreSQL plans for. Segments are not archived or not released, and will fill the disk.',
    dashboard: 'factsway-backup',
    needs: ['database', 'host'],
    appliesTo: isOurs,
  },
  {
    name: 'PostgresArchiveStale',
    area: 'database',
    severity: 'critical',
    // An archiver that hangs counts no failure, so its last success is what counts. Without archiving the age is no number,
    // and while nobody changes anything there is nothing to archive.
    expr: `max(pg_stat_archiver_last_archive_age) > ${QUARTER_HOUR} and sum(${CHANGED}) > 0`,
    for: '5m',
    summary: 'No WAL has been archived for {{ $value | humanizeDuration }}',
    description:
      'The last WAL segment went to the backup {{ $value | humanizeDuration }} ago. If the database were lost now, everything since then would be lost with it.',
    dashboard: 'factsway-backup',
    needs: ['database'],
    appliesTo: isOurs,
  },
  {
    name: 'AuditChainBroken',
    area: 'database',
    severity: 'critical',
    expr: 'max(factsway_audit_chain_broken) > 0',
    summary: 'The audit log is not as it was written',
    description:
      'A row of the audit log was edited, removed, moved or put in, or its end is missing. The log of records-service names the row.',
    dashboard: 'factsway-database',
  },
  {
    name: 'AuditNotVerified',
    area: 'database',
    severity: 'warning',
    expr: `time() - max(factsway_audit_last_verified_timestamp_seconds) > ${2 * 86_400}`,
    // After a start it is 0 until the first pass is through, which takes two hours and a half where there are ten million rows.
    for: '3h',
    summary: 'The audit log has not been verified for two days',
    description:
      'records-service goes through the audit log every few hours, and has not reached its end for more than two days.',
    dashboard: 'factsway-database',
    needs: ['database', 'host'],
  },
];
