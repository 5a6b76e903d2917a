import { createHash } from 'node:crypto';
import { Cron } from 'croner';
import { WEEKDAYS, type Settings } from './settings.ts';

interface Times {
  readonly schedule: Pick<Settings['schedule'], 'time' | 'fullOn' | 'drillOn'>;
  readonly timeZone: string;
}

const JITTER_SECONDS = 15 * 60;
const RETRY_AFTER_MINUTES = [15, 30, 60];
const DAY_MS = 86_400_000;

/** Last time a pattern was due, up to `now`; croner looks ahead, so it is started early enough. */
function lastDue(pattern: string, timeZone: string, now: Date, lookBackDays: number): Date {
  const cron = new Cron(pattern, { timezone: timeZone, paused: true });
  let found = new Date(0);
  let next = cron.nextRun(new Date(now.getTime() - lookBackDays * DAY_MS));
  while (next !== null && next <= now) {
    found = next;
    next = cron.nextRun(next);
  }
  return found;
}

function clock(times: Times): string {
  const [hour = '0', minute = '0'] = times.schedule.time.split(':');
  return `${Number(minute)} ${Number(hour)}`;
}

/** The same all day long for one installation, another for the next: up to 15 minutes. */
export function jitterMs(instance: string, due: Date): number {
  const digest = createHash('sha256').update(`${instance} ${due.toISOString()}`).digest();
  return (digest.readUInt32BE(0) % JITTER_SECONDS) * 1000;
}

export interface Attempts {
  /** End of the newest successful backup of the place. */
  readonly lastSuccessAt: Date | null;
  readonly lastAttemptAt: Date | null;
  readonly failedInARow: number;
}

/** `waits`: it failed and is tried again in a while. `given up`: until the next daily one. */
export type BackupState = 'made' | 'due' | 'waits' | 'given up';

/**
 * How it stands with the daily backup of a place that was due last, `spreadMs` after its time. One that
 * failed is due again 15, 30 and 60 minutes later; the first of all at once.
 */
export function backupState(
  times: Times,
  spreadMs: (due: Date) => number,
  attempts: Attempts,
  now: Date,
): BackupState {
  let due = lastDue(`${clock(times)} * * *`, times.timeZone, now, 3);
  if (due.getTime() + spreadMs(due) > now.getTime()) {
    due = lastDue(`${clock(times)} * * *`, times.timeZone, new Date(due.getTime() - 1000), 3);
  }
  const { lastSuccessAt, lastAttemptAt, failedInARow } = attempts;
  if (lastSuccessAt !== null && lastSuccessAt >= due) return 'made';
  const tried = lastAttemptAt !== null && failedInARow > 0 && lastAttemptAt >= due;
  if (!tried) return 'due';
  const wait = RETRY_AFTER_MINUTES[failedInARow - 1];
  if (wait === undefined) return 'given up';
  return now.getTime() - lastAttemptAt.getTime() >= wait * 60_000 ? 'due' : 'waits';
}

/**
 * Is a backup due in a place? The daily one; one that was missed while we were down; one that failed,
 * 15, 30 and 60 minutes later and then with the next daily one; and the first of all, at once.
 */
export function backupIsDue(
  times: Times,
  instance: string,
  attempts: Attempts,
  now: Date,
): boolean {
  return backupState(times, (due) => jitterMs(instance, due), attempts, now) === 'due';
}

/** Is the next backup a full one: none yet, or none since the last day of full backups began? */
export function fullIsDue(times: Times, newestFull: Date | null, now: Date): boolean {
  if (newestFull === null) return true;
  const day = WEEKDAYS.indexOf(times.schedule.fullOn);
  return newestFull < lastDue(`${clock(times)} * * ${day}`, times.timeZone, now, 8);
}

/** The day on which everything is read: half a week after the full backup, so that the nights share the work. */
const CHECKED_DAYS_AFTER_FULL = 3;

/** Is the weekly reading of everything due? Not for a week before this installation began; missed ones are made up for. */
export function checkIsDue(
  times: Times,
  startedAt: Date,
  lastAttemptAt: Date | null,
  now: Date,
): boolean {
  const day = (WEEKDAYS.indexOf(times.schedule.fullOn) + CHECKED_DAYS_AFTER_FULL) % WEEKDAYS.length;
  const due = lastDue(`${clock(times)} * * ${day}`, times.timeZone, now, 8);
  return due > startedAt && (lastAttemptAt === null || lastAttemptAt < due);
}

/** Is the monthly drill due? Not for a day before this installation began. */
export function drillIsDue(
  times: Times,
  startedAt: Date,
  lastAttemptAt: Date | null,
  now: Date,
): boolean {
  const due = lastDue(`${clock(times)} ${times.schedule.drillOn} * *`, times.timeZone, now, 32);
  return due > startedAt && (lastAttemptAt === null || lastAttemptAt < due);
}
