import { statfsSync } from 'node:fs';
import { backupProblemCode } from './classify.ts';
import type { BackupType } from './info.ts';
import type { Tell } from './ndjson.ts';
import { tail, type OpenPlace } from './place.ts';
import { Problem } from './problem.ts';

/** To ask pgBackRest costs the copy itself a little. */
const LOOK_MS = 5000;
/** The copy is whole; what is left is the segment that ends it, the index and old backups. */
const STOPPED = /\bbackup stop archive = /;
const LABEL = /\bnew backup label = (\S+)/;

/**
 * Has pgBackRest make a backup.
 *
 * @param annotations empty values are left out
 * @param onStopped called once, when PostgreSQL has left backup mode: what happens in it now lies behind the backup
 * @returns the label of the backup
 * @throws Problem FW-BACKUP-…
 */
export async function runBackup(
  place: OpenPlace,
  type: BackupType,
  annotations: Readonly<Record<string, string>>,
  tell: Tell,
  onStopped: () => void,
): Promise<string> {
  const notes = Object.entries(annotations)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `--annotation=${name}=${value}`);
  let label = '';
  const timer = setInterval(() => void tellProgress(place, tell), LOOK_MS);
  const ran = await place.run('backup', [`--type=${type}`, '--log-level-console=info', ...notes], {
    onOutputLine: (line) => {
      if (STOPPED.test(line)) onStopped();
      label = LABEL.exec(line)?.[1] ?? label;
    },
  });
  clearInterval(timer);
  if (ran.code !== 0) {
    const code = backupProblemCode(ran.code, isFull(place));
    throw new Problem(
      code,
      code === 'FW-BACKUP-SPACE'
        ? `the disk of ${place.name} has no room for the backup`
        : `the backup in ${place.name} failed`,
      tail(ran),
    );
  }
  if (label === '') throw new Problem('FW-BACKUP-FAILED', `no new backup is in ${place.name}`);
  return label;
}

async function tellProgress(place: OpenPlace, tell: Tell): Promise<void> {
  try {
    const { running } = await place.info();
    if (running !== null)
      tell(`copying the database to ${place.name}`, running.done, running.total);
  } catch {
    // The backup itself says what is wrong with the place.
  }
}

function isFull(place: OpenPlace): boolean {
  if (place.place.type !== 'posix') return false;
  const { bavail, bsize } = statfsSync(place.place.path);
  return bavail * bsize < 32 * 1024 ** 2;
}
