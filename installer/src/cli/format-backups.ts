import type { BackupList, CheckedBackups, DrillReport } from '../model/backup.ts';
import type { FactswayError } from '../model/errors.ts';
import { dataVolume } from '../catalog/data-volume.ts';
import type { NewestBackup } from '../flows/backups/create-backup.ts';
import type { DataVolumeRecord } from '../flows/data-volume.ts';
import { count, formatSeconds, formatSize } from '../model/units.ts';
import { formatAge, formatTable } from './format.ts';

const TYPES: Readonly<Record<string, string>> = {
  full: 'full',
  diff: 'changes since full',
  incr: 'changes since last',
};
const moment = (time: string): string => time.slice(0, 19).replace('T', ' ');
const size = (bytes: number): string => formatSize(roughBytes(bytes));
/** Of a size nobody reads to the byte. */
const roughBytes = (bytes: number): number => {
  const unit = bytes < 2 ** 20 ? 2 ** 10 : 2 ** 20;
  return Math.max(1, Math.round(bytes / unit)) * unit;
};

/** By place: a line for each backup, latest first, and what is on its way. */
export function formatBackups({ places, lastDrill }: BackupList, now: Date): string {
  const parts = places.map((place) => {
    if (!place.reachable)
      return `${place.name}: cannot be reached${place.problem ? `: ${place.problem.message} (${place.problem.code})` : ''}.`;
    const rows = place.backups
      .toSorted((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))
      .map((one) => [
        one.label,
        moment(one.stoppedAt),
        formatAge(one.stoppedAt, now),
        TYPES[one.type] ?? one.type,
        size(one.databaseBytes),
        size(one.storedBytes),
        one.damaged
          ? 'DAMAGED'
          : one.proven
            ? `proven ${moment(one.proven.at).slice(0, 10)}`
            : 'not tried out yet',
        one.reason ?? '',
      ]);
    const head = ['BACKUP', 'MADE (UTC)', 'AGE', 'HOLDS', 'DATABASE', 'STORED', 'PROVEN', ''];
    const table =
      rows.length === 0
        ? 'No backup yet; the first one is made by itself within minutes, or now: factsway-install backup create'
        : formatTable([head, ...rows]);
    return [`${place.name}:`, table, describeLog(place, now)].join('\n');
  });
  const drill =
    lastDrill === null
      ? 'No backup was ever tried out. Prove the newest one: factsway-install backup drill'
      : lastDrill.ok
        ? `Last drill: ${moment(lastDrill.at)} UTC, proven.`
        : `Last drill: ${moment(lastDrill.at)} UTC, FAILED. Look for damage: factsway-install backup check`;
  return [...parts, drill].join('\n\n');
}

function describeLog(
  {
    waitingSegments,
    oldestWaitingSeconds,
    walNewestAt,
    instanceCopies,
  }: BackupList['places'][number],
  now: Date,
): string {
  const log =
    waitingSegments > 0
      ? `${count(waitingSegments, 'piece', 'pieces')} of the log on the way, the oldest for ${formatSeconds(oldestWaitingSeconds)}`
      : walNewestAt === null
        ? 'no log yet'
        : `log up to ${formatAge(walNewestAt, now)} ago`;
  return `${log}; ${count(instanceCopies.length, 'copy', 'copies')} of the instance directory`;
}

export function formatMade(made: readonly NewestBackup[]): string {
  return made
    .map(
      ({ place, label, databaseBytes, storedBytes, type }) =>
        `${place}: backup ${label} (${TYPES[type] ?? type}) is made: ${size(databaseBytes)} of database in ${size(storedBytes)}.`,
    )
    .join('\n');
}

export function formatChecked(
  { places, database }: CheckedBackups,
  error: FactswayError | undefined,
): string {
  const line = (
    name: string,
    ok: boolean,
    problems: readonly { message: string; path?: string | undefined }[],
  ): string =>
    [
      `${ok ? 'sound  ' : 'DAMAGED'}  ${name}`,
      ...problems.map(
        ({ path, message }) => `         ${path === undefined ? '' : `${path}: `}${message}`,
      ),
    ].join('\n');
  return [
    ...places.map(({ name, ok, problems }) => line(`backups in ${name}`, ok, problems)),
    line('the database that serves', database.ok, database.problems),
    ...(error ? [`→ ${error.hint}`] : []),
  ].join('\n');
}

export function formatDrill(report: DrillReport, error: FactswayError | undefined): string {
  const { place, label, rpoSeconds, rtoSeconds, tables, rows, databaseBytes, reportFile } = report;
  const counted =
    tables === null || rows === null
      ? ''
      : `${count(tables, 'table', 'tables')} with ${count(rows, 'row', 'rows')} counted`;
  const lines = error
    ? [
        `FAILED: backup ${label ?? ''} in ${place} could not be proven.`,
        ...error.details.map((one) => `  ${one}`),
        `→ ${error.hint}`,
      ]
    : [
        `PROVEN: backup ${label ?? ''} in ${place} was restored${databaseBytes === null ? '' : ` (${size(databaseBytes)})`}, ${counted}, every index looked through.`,
      ];
  return [
    ...lines,
    ...(rpoSeconds === null
      ? []
      : [`A disaster now would have cost ${formatSeconds(rpoSeconds)} of work (RPO).`]),
    ...(rtoSeconds === null ? [] : [`The way back took ${formatSeconds(rtoSeconds)} (RTO).`]),
    ...(report.keyShown ? [`Your copy of the key opens the backups in ${place}.`] : []),
    `Report, of backups made with key ${report.keyFingerprint}: ${reportFile}`,
  ].join('\n');
}

export function formatRestored({
  generation,
  left = generation - 1,
  recoveredTo = null,
  target = '',
}: DataVolumeRecord): string {
  const former = dataVolume(left);
  return [
    `The database is restored (${target})${recoveredTo === null ? '' : `: its last change is of ${moment(recoveredTo)} UTC`}.`,
    `The database of before is untouched in volume ${former}; remove it when nobody needs it any more.`,
    'Make a new full backup now: factsway-install backup create --type full',
  ].join('\n');
}
