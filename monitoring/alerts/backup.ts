import type { Alert, MonitoringContext } from '../model.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** What is promised (spec 05), in seconds. */
const RPO = 300;
const RTO = HOUR;
const backups = (context: MonitoringContext): boolean => context.backups;

const LAST_SUCCESS = 'factsway_backup_last_success_timestamp_seconds';
const SUCCESS = `max by (place) (${LAST_SUCCESS})`;
const ATTEMPT = 'max by (place) (factsway_backup_last_attempt_timestamp_seconds)';
const COPY = 'factsway_backup_instance_copy_timestamp_seconds';
const WAITING = 'max by (place) (factsway_backup_log_oldest_waiting_seconds)';
const STARTED = 'max(factsway_backup_started_timestamp_seconds)';
const PROVEN = 'max(factsway_backup_drill_last_success_timestamp_seconds)';

/** A place that was named only today has no backup yet, and is given as long as a new installation. */
const NEW_PLACE = `(${SUCCESS} == 0 unless on (place) max by (place) (max_over_time(${LAST_SUCCESS}[2h] offset 26h)))`;
/** The container does not answer, and was to be asked an hour ago already. Its value is of no use. */
const SILENT =
  'label_replace(max(max_over_time(up{job="backup"}[1h]) and up{job="backup"} offset 1h) == 0, "place", "all", "", "")';

const where = '{{ $labels.place }}';
const waited = '{{ $value | humanizeDuration }}';
/** Time since the epoch, less a few years, is no age of a backup. */
const never = (age: string, none: string): string =>
  `{{ if gt $value 1e9 }}${none}{{ else }}${age}{{ end }}`;
const inAll = (text: string, one: string): string =>
  `{{ if eq $labels.place "all" }}${text}{{ else }}${one}{{ end }}`;
const inDatabase = (text: string, one: string): string =>
  `{{ if eq $labels.place "database" }}${text}{{ else }}${one}{{ end }}`;

/** Alerts of one place have one symptom, so that the graver of the same place silences the milder and no other. */
export const BACKUP: readonly Alert[] = [
  {
    name: 'BackupMissing',
    area: 'backup',
    severity: 'critical',
    // A daily backup, and two hours for it to run.
    expr: `time() - ${SUCCESS} > ${26 * HOUR} unless on (place) ${NEW_PLACE} and on () time() - ${STARTED} > ${26 * HOUR}`,
    // What was missed while the server was off is made up for. A full backup takes longer than those before it, on a
    // Sunday that may have 25 hours.
    for: '1h',
    summary: `There is no fresh backup in ${where}`,
    description: `The last backup in ${where} ${never(`succeeded ${waited} ago`, 'never succeeded')}. One is made every day.`,
    dashboard: 'factsway-backup',
    symptom: `backup-${where}`,
    appliesTo: backups,
  },
  {
    name: 'BackupFailing',
    area: 'backup',
    severity: 'warning',
    // Until one succeeds: by the next morning somebody has to see it, and not only for an hour of the night.
    expr: `max by (place) (increase(factsway_backup_failures_total[26h])) > 0 and on (place) ${ATTEMPT} > ${SUCCESS}`,
    for: '5m',
    summary: `A backup into ${where} has failed`,
    description: `Backups into ${where} that failed within the last 26 hours: {{ $value | printf "%.0f" }}. None has succeeded since. Those before it are still there, and the log is carried on.`,
    dashboard: 'factsway-backup',
    symptom: `backup-${where}`,
    needs: ['host'],
    appliesTo: backups,
  },
  {
    name: 'BackupLogWaiting',
    area: 'backup',
    severity: 'warning',
    // An age by itself; the two minutes are for what was left over when the server was switched off.
    expr: `${WAITING} > 300`,
    for: '2m',
    summary: `The log waits to be carried to ${where}`,
    description: `For ${waited} part of the log of PostgreSQL has waited to be carried to ${where}. It is safe on this server; what was written since is missing in ${where}.`,
    dashboard: 'factsway-backup',
    symptom: `backup-log-${where}`,
    needs: ['host'],
    appliesTo: backups,
  },
  {
    name: 'BackupLogStuck',
    area: 'backup',
    severity: 'critical',
    expr: `${WAITING} > ${HOUR} or ${SILENT}`,
    for: '5m',
    summary: inAll(
      'Nothing carries the log away',
      `The log has not reached ${where} for ${waited}`,
    ),
    description: inAll(
      'The container backup has not answered for an hour: no backup is made, and no part of the log of PostgreSQL is carried anywhere.',
      `Part of the log of PostgreSQL has waited for ${waited} to be carried to ${where}. If this place were all that is left, the work since then would be lost; meanwhile the log fills the disk.`,
    ),
    dashboard: 'factsway-backup',
    symptom: `backup-log-${where}`,
    appliesTo: backups,
  },
  {
    name: 'BackupCopyBehind',
    area: 'backup',
    severity: 'warning',
    // Its age says nothing: a new one is made when something changes. Retried every five minutes.
    expr: `max by (place) (${COPY}) < on () group_left () max(${COPY})`,
    for: '1h',
    summary: `${where} has no fresh copy of the configuration and secrets`,
    description: `Configuration and secrets were changed, and for more than an hour ${where} has not got their copy. A new server built from ${where} alone would be set up with those of before.`,
    dashboard: 'factsway-backup',
    symptom: `backup-log-${where}`,
    needs: ['host'],
    appliesTo: backups,
  },
  {
    name: 'BackupDamaged',
    area: 'backup',
    severity: 'critical',
    expr: 'max by (place) (factsway_backup_damage) > 0',
    summary: inDatabase('The live database is damaged', `Backups in ${where} are damaged`),
    description: inDatabase(
      'The last check read blocks of the live database that are not what PostgreSQL wrote. Backups made since may hold the damage as well.',
      `The last check found files in ${where} that are not what was written there. A restore from there may fail or stop short.`,
    ),
    dashboard: 'factsway-backup',
    symptom: `backup-damage-${where}`,
    appliesTo: backups,
  },
  {
    name: 'RestoreDrillFailed',
    area: 'backup',
    severity: 'critical',
    expr: 'max(factsway_backup_drill_ok) == 0',
    summary: 'The last restore drill failed',
    description:
      'The last drill could not restore the newest backup, or what it restored was not what had been recorded. Until one succeeds, no backup of this installation is known to work.',
    dashboard: 'factsway-backup',
    symptom: 'restore-drill',
    appliesTo: backups,
  },
  {
    name: 'RestoreDrillMissing',
    area: 'backup',
    severity: 'warning',
    // Drilled every month, and some days for one that failed. Before the first, backups count from when they began.
    expr: `time() - (${PROVEN} > ${STARTED} or ${STARTED}) > ${40 * DAY}`,
    for: '1h',
    summary: 'No backup has been proven for more than a month',
    description: `A backup counts as proven only after a drill has restored it, and for ${waited} none has.`,
    dashboard: 'factsway-backup',
    symptom: 'restore-drill',
    appliesTo: backups,
  },
  {
    name: 'RecoveryPointMissed',
    area: 'backup',
    severity: 'warning',
    // NaN where no drill has measured it: greater than nothing. It stays until a drill measures less.
    expr: `max(factsway_backup_drill_rpo_seconds) > ${RPO}`,
    summary: 'More work would be lost than promised',
    description: `When the last drill began, the work of ${waited} was on this server only and in no backup it could restore. The aim is five minutes at most.`,
    dashboard: 'factsway-backup',
    symptom: 'restore-drill',
    appliesTo: backups,
  },
  {
    name: 'RecoveryTimeMissed',
    area: 'backup',
    severity: 'warning',
    expr: `max(factsway_backup_drill_rto_seconds) > ${RTO}`,
    summary: 'A restore takes longer than promised',
    description: `The last drill took ${waited} to restore the database and to look through it. The aim is an hour at most.`,
    dashboard: 'factsway-backup',
    symptom: 'restore-drill',
    appliesTo: backups,
  },
];
