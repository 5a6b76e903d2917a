import { ofPlace, type History } from './history.ts';
import {
  backupState,
  checkIsDue,
  drillIsDue,
  jitterMs,
  type Attempts,
  type BackupState,
} from './schedule.ts';
import type { Settings } from './settings.ts';

const date = (text: string | null | undefined): Date | null =>
  text === null || text === undefined ? null : new Date(text);

function attemptsOf(history: History, place: string): Attempts {
  const { successes, lastAttemptAt, failedInARow } = ofPlace(history, place);
  const newest = Object.values(successes)
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return { lastSuccessAt: date(newest), lastAttemptAt: date(lastAttemptAt), failedInARow };
}

/**
 * How it stands with the daily backup of each place. Whoever is asked to begin has no other installations
 * to keep apart from: it is due to the minute.
 */
export function backupStates(
  settings: Settings,
  history: History,
  now: Date,
): readonly { place: string; state: BackupState; first: boolean }[] {
  const spread = (due: Date): number =>
    settings.schedule.by === 'request' ? 0 : jitterMs(history.instance, due);
  return settings.places.map(({ name }) => {
    const attempts = attemptsOf(history, name);
    return {
      place: name,
      state: backupState(settings, spread, attempts, now),
      first: attempts.lastSuccessAt === null,
    };
  });
}

/**
 * Places in which the keeper begins a backup by itself. Where others are the clock that is the first one
 * alone: without it the log that is carried leads nowhere, and the first night may be a day away.
 */
export function begunByKeeper(settings: Settings, history: History, now: Date): string[] {
  return backupStates(settings, history, now)
    .filter(({ state, first }) => state === 'due' && (settings.schedule.by === 'keeper' || first))
    .map(({ place }) => place);
}

/** Is the monthly drill due? It takes the newest backup, so there has to be one. */
export function drillDue(settings: Settings, history: History, now: Date): boolean {
  const any = Object.values(history.places).some(
    ({ successes }) => Object.keys(successes).length > 0,
  );
  const last = date(history.drill?.lastAttemptAt);
  return any && drillIsDue(settings, new Date(history.startedAt), last, now);
}

/** What others store is read over the network, which they charge for: once in four weeks is enough. */
const OUTSIDE_EVERY_MS = 27 * 86_400_000;

/** What of everything is to be read now: nothing, what is on this server, or the places outside of it as well. */
export function checkDue(
  settings: Settings,
  history: History,
  now: Date,
): 'nothing' | 'near' | 'all' {
  const last = date(history.check?.lastAttemptAt);
  if (!checkIsDue(settings, new Date(history.startedAt), last, now)) return 'nothing';
  const outside = date(history.check?.outsideAt);
  return outside === null || now.getTime() - outside.getTime() > OUTSIDE_EVERY_MS ? 'all' : 'near';
}
