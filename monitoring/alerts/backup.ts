import type { Alert, MonitoringContext } from '../model.ts';

const HOUR = 3600;
const backups = (context: MonitoringContext): boolean => context.backups;
const LAST_BACKUP = 'factsway_backup_last_success_timestamp_seconds';
const LAST_DRILL = 'factsway_restore_drill_last_success_timestamp_seconds';

export const BACKUP: readonly Alert[] = [
  {
    name: 'BackupMissing',
    area: 'backup',
    severity: 'critical',
    // A daily backup, and two hours for it to run.
    expr: `time() - max(${LAST_BACKUP}) > ${26 * HOUR} or absent(${LAST_BACKUP})`,
    for: '15m',
    summary: 'There is no fresh backup',
    description:
      'The last backup that succeeded is more than 26 hours old, or there has never been one.',
    dashboard: 'factsway-backup',
    symptom: 'backup',
    appliesTo: backups,
  },
  {
    name: 'RestoreDrillMissing',
    area: 'backup',
    severity: 'warning',
    // Drilled every month, and a few days for one that failed.
    expr: `time() - max(${LAST_DRILL}) > ${35 * 24 * HOUR} or absent(${LAST_DRILL})`,
    for: '1h',
    summary: 'No backup has been proven for more than a month',
    description:
      'A backup counts as proven only after a drill has restored it. The last drill that succeeded is more than 35 days old, or there has never been one.',
    dashboard: 'factsway-backup',
    symptom: 'backup',
    appliesTo: backups,
  },
];
