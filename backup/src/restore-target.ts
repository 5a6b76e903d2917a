import type { Backup } from './info.ts';
import { Problem } from './problem.ts';
import { liesOn, timelineAt, type Timeline } from './timelines.ts';

export type Target =
  | { readonly kind: 'latest' }
  | { readonly kind: 'time'; readonly at: Date }
  | { readonly kind: 'label'; readonly label: string };

const LABEL = /^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/;
const MOMENT = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;
/** Clocks of two machines differ a little; a moment this near is "now". */
const CLOCK_SKEW_MS = 5_000;

/** @throws Problem FW-RESTORE-TARGET */
export function parseTarget(text: string): Target {
  if (text === 'latest') return { kind: 'latest' };
  if (LABEL.test(text)) return { kind: 'label', label: text };
  const at = new Date(text.replace(' ', 'T'));
  // Without a zone a moment means two things; JavaScript also turns the 31st of February into March.
  const day = Number(MOMENT.exec(text)?.[3] ?? 0);
  if (day === 0 || Number.isNaN(at.getTime()) || !dayExists(text)) {
    throw new Problem(
      'FW-RESTORE-TARGET',
      `"${text}" is neither latest, nor a moment with its zone such as 2026-11-20T10:00:00Z, nor the label of a backup`,
    );
  }
  return { kind: 'time', at };
}

function dayExists(text: string): boolean {
  const [, year = '', month = '', day = ''] = MOMENT.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1;
}

export interface ChosenRestore {
  readonly backup: Backup;
  readonly timeline: Timeline;
  /** Arguments of `pgbackrest restore` that say where recovery ends. */
  readonly args: readonly string[];
}

/**
 * Which backup leads to the target, along which timeline.
 *
 * @param backups those of the place, oldest first
 * @throws Problem FW-RESTORE-NO-BACKUP, FW-RESTORE-TARGET
 */
export function chooseRestore(
  target: Target,
  backups: readonly Backup[],
  timelines: readonly Timeline[],
  now: Date,
): ChosenRestore {
  const oldest = backups[0];
  if (oldest === undefined) throw new Problem('FW-RESTORE-NO-BACKUP', 'the place holds no backup');
  if (target.kind === 'label') return chooseLabel(target.label, backups, timelines);
  const at = target.kind === 'time' ? target.at : null;
  if (at !== null && at.getTime() > now.getTime() + CLOCK_SKEW_MS) {
    throw new Problem('FW-RESTORE-TARGET', `${at.toISOString()} lies in the future`);
  }
  if (at !== null && at < oldest.stoppedAt) {
    throw new Problem(
      'FW-RESTORE-TARGET',
      `${at.toISOString()} lies before the end of the oldest backup, ${oldest.stoppedAt.toISOString()}`,
    );
  }
  const timeline = timelineAt(timelines, at);
  const backup = backups.findLast(
    (candidate) => (at === null || candidate.stoppedAt <= at) && liesOn(candidate, timeline),
  );
  if (backup === undefined) {
    throw new Problem(
      'FW-RESTORE-NO-BACKUP',
      `no backup leads to ${at?.toISOString() ?? 'the newest state'} on timeline ${timeline.id}`,
    );
  }
  const along = `--target-timeline=${timeline.id}`;
  const args =
    at === null
      ? ['--type=default', along]
      : ['--type=time', `--target=${sqlTime(at)}`, '--target-action=promote', along];
  return { backup, timeline, args };
}

function chooseLabel(
  label: string,
  backups: readonly Backup[],
  timelines: readonly Timeline[],
): ChosenRestore {
  const backup = backups.find((candidate) => candidate.label === label);
  if (backup === undefined) {
    throw new Problem('FW-RESTORE-NO-BACKUP', `there is no backup ${label} in this place`);
  }
  const timeline =
    timelines.find((candidate) => liesOn(backup, candidate)) ?? timelineAt(timelines, null);
  // The backup alone: recovery ends as soon as it is consistent. It may lie on a branch that was left,
  // so it must not look for the newest timeline; pgBackRest's own option for that is refused here.
  const args = [
    '--type=immediate',
    '--target-action=promote',
    '--recovery-option=recovery_target_timeline=current',
  ];
  return { backup, timeline, args };
}

/** A moment as PostgreSQL reads it, to the millisecond, in UTC. */
export function sqlTime(at: Date): string {
  return at.toISOString().replace('T', ' ').replace('Z', '+00');
}
