import { readCarried } from './carried.ts';
import { describeBackup } from './create.ts';
import { ofPlace, readHistory, type History } from './history.ts';
import type { Backup } from './info.ts';
import { listCopies } from './instance-copies.ts';
import { openPlace, type OpenPlace } from './place.ts';
import { toProblem } from './problem.ts';
import type { Place, Settings } from './settings.ts';
import { waitingFor } from './spool.ts';

/** What there is, of every place; one that is away is listed as such. */
export async function list(settings: Settings): Promise<object> {
  const history = readHistory();
  const places = await Promise.all(
    settings.places.map((place) => listPlace(settings, place, history)),
  );
  return { places, lastDrill: history?.drill?.report ?? null };
}

async function listPlace(
  settings: Settings,
  place: Place,
  history: History | null,
): Promise<object> {
  const waiting = waitingFor(place.name, new Date());
  const common = {
    walNewestAt: readCarried(place.name)?.closedAt ?? null,
    waitingSegments: waiting.segments,
    waitingBytes: waiting.bytes,
    oldestWaitingSeconds: waiting.oldestSeconds,
  };
  const away = (code: string, message: string): object => ({
    name: place.name,
    reachable: false,
    problem: { code, message },
    backups: [],
    instanceCopies: [],
    ...common,
  });
  try {
    const open = openPlace(settings, place);
    const state = await open.probe();
    if (state === 'unreachable') return away('FW-BACKUP-UNREACHABLE', 'the place does not answer');
    if (state === 'wrong key') return away('FW-BACKUP-KEY', 'the key does not open the backups');
    return { name: place.name, reachable: true, ...(await contents(open, history)), ...common };
  } catch (error) {
    const { code, message } = toProblem(error, 'FW-BACKUP-FAILED').report();
    return away(code, message);
  }
}

async function contents(place: OpenPlace, history: History | null): Promise<object> {
  const { backups } = await place.info();
  const known = ofPlace(history, place.name);
  const damaged = new Set(known.damagedBackups);
  return {
    backups: backups.map((backup) => ({
      ...describeBackup(backup),
      reason: backup.annotation['reason'] ?? null,
      release: backup.annotation['release'] ?? null,
      head: backup.annotation['head'] ?? null,
      proven: known.proven[backup.label] ?? null,
      damaged: isDamaged(backup, damaged),
    })),
    instanceCopies: await listCopies(place),
  };
}

/** A differential backup is only as good as the full one it builds on. */
export function isDamaged(backup: Backup, damaged: ReadonlySet<string>): boolean {
  return backup.pageErrors || [backup.label, ...backup.needs].some((label) => damaged.has(label));
}
