import type { Client } from 'pg';
import { backupProblemCode } from './classify.ts';
import { isNoSuchDatabase, refuseEmptyDatabase, whatItHolds } from './emptiness.ts';
import { forgetBackups, updateHistory, updatePlace, type DatabaseRecord } from './history.ts';
import type { Backup, BackupType, PlaceInfo } from './info.ts';
import { connectLive, withClient } from './live.ts';
import type { Tell } from './ndjson.ts';
import { openPlace, tail, type OpenPlace } from './place.ts';
import { Problem, toProblem } from './problem.ts';
import { takeRecord } from './record.ts';
import { runBackup } from './run-backup.ts';
import { fullIsDue } from './schedule.ts';
import { placeNamed, type Settings } from './settings.ts';

export interface CreateOptions {
  readonly type: BackupType | 'auto';
  readonly reason: string;
  /** This place only; all of them when null. */
  readonly place: string | null;
}

/** Longer is not worth it for a figure that goes with every backup; a drill takes its time. */
const RECORD_SECONDS = 20;
const RECORDS_KEPT = 60;
/** What a list of arguments takes without trouble; a database of a thousand tables says less. */
const LONGEST_RECORD = 32_000;

/** Makes a backup in every place. @throws Problem when none succeeded: of what all of them say, else FW-BACKUP-FAILED */
export async function create(
  settings: Settings,
  options: CreateOptions,
  tell: Tell,
): Promise<object> {
  const names = options.place === null ? settings.places : [placeNamed(settings, options.place)];
  const backups: object[] = [];
  const failures: { place: string; code: string; message: string }[] = [];
  const problems: Problem[] = [];
  const details: string[] = [];
  for (const place of names) {
    const begun = new Date();
    try {
      backups.push(await createIn(openPlace(settings, place), settings, options, begun, tell));
    } catch (error) {
      const problem = toProblem(error, 'FW-BACKUP-FAILED');
      failures.push({ place: place.name, code: problem.code, message: problem.message });
      problems.push(problem);
      details.push(`${place.name}: ${problem.code}: ${problem.message}`, ...problem.details);
      updatePlace(place.name, (history) => {
        history.lastAttemptAt = begun.toISOString();
        history.failedInARow++;
        history.failures++;
      });
    }
  }
  if (backups.length > 0) return { backups, failures };
  throw inAll(problems, details);
}

function inAll(problems: readonly Problem[], details: readonly string[]): Problem {
  const [first] = problems;
  const isOne = first !== undefined && problems.every(({ code }) => code === first.code);
  return new Problem(
    isOne ? first.code : 'FW-BACKUP-FAILED',
    isOne ? first.message : 'no place has a new backup',
    details,
  );
}

async function createIn(
  place: OpenPlace,
  settings: Settings,
  options: CreateOptions,
  begun: Date,
  tell: Tell,
): Promise<object> {
  // Beside the questions to the place; what is wrong with the place is said first.
  const looking = lookAt(settings);
  looking.catch(() => undefined);
  const before = (await prepare(place)).backups;
  const known = await looking;
  refuseEmptyDatabase(known.holds, before, place.name);
  const type = options.type === 'auto' ? autoType(before, settings, begun) : options.type;
  tell(`making a backup (${type}) in ${place.name}`);
  let recording: Promise<DatabaseRecord | null> = Promise.resolve(null);
  const label = await runBackup(place, type, { reason: options.reason, ...known }, tell, () => {
    recording = recordOf(settings, tell);
  });
  const [{ backups }] = await Promise.all([
    place.info(),
    recording.then((record) => annotate(place, label, record)),
  ]);
  const made = backups.find((backup) => backup.label === label);
  if (made === undefined)
    throw new Problem('FW-BACKUP-FAILED', `backup ${label} is not in ${place.name}`);
  const seconds = Math.round((Date.now() - begun.getTime()) / 1000);
  updatePlace(place.name, (history) => {
    history.lastAttemptAt = begun.toISOString();
    history.failedInARow = 0;
    history.successes[made.type] = { at: made.stoppedAt.toISOString(), seconds };
    history.databaseBytes = made.databaseBytes;
    history.storedBytes = made.storedBytes;
  });
  return { place: place.name, ...describeBackup(made), seconds };
}

export function describeBackup(backup: Backup): object {
  const { label, type, startedAt, stoppedAt, databaseBytes, storedBytes, walStart, walStop } =
    backup;
  return {
    label,
    type,
    startedAt: startedAt.toISOString(),
    stoppedAt: stoppedAt.toISOString(),
    databaseBytes,
    storedBytes,
    walStart,
    walStop,
  };
}

function autoType(backups: readonly Backup[], settings: Settings, now: Date): BackupType {
  const newestFull = backups.findLast(({ type }) => type === 'full')?.stoppedAt ?? null;
  return fullIsDue(settings, newestFull, now) ? 'full' : 'diff';
}

/**
 * Refuses a foreign key or database, makes the repository where there is none yet, and says what is in it.
 *
 * @throws Problem FW-BACKUP-…
 */
export async function prepare(place: OpenPlace): Promise<PlaceInfo> {
  // What shows backups needs no further question. Not of S3: one that takes connections and says nothing would hold us up.
  const early = place.place.type === 'posix' ? await place.info().catch(() => null) : null;
  if (early !== null && early.status === 0 && early.backups.length > 0) return early;
  const state = await place.probe();
  if (state === 'unreachable') {
    throw new Problem('FW-BACKUP-UNREACHABLE', `place ${place.name} does not answer`);
  }
  if (state === 'wrong key') {
    throw new Problem('FW-BACKUP-KEY', `the key does not open the backups in ${place.name}`);
  }
  if (state === 'ready') return place.info();
  const ran = await place.run('stanza-create');
  if (ran.code === 0) {
    // Another disk of the same name: what was made on the one before is not here, and the next backup is due at once.
    updatePlace(place.name, forgetBackups);
    return place.info();
  }
  throw new Problem(
    backupProblemCode(ran.code),
    `the repository in ${place.name} cannot be made`,
    tail(ran),
  );
}

type Known = {
  readonly release: string;
  readonly head: string;
  readonly holds: 'rows' | 'nothing';
};

/** A database that is gone from a server which answers is as empty as can be. */
async function lookAt(settings: Settings): Promise<Known> {
  try {
    return await withClient(connectLive(settings.database), async (client) => ({
      ...(await ledger(client)),
      holds: await whatItHolds(client),
    }));
  } catch (error) {
    if (!(error instanceof Problem) || !isNoSuchDatabase(error.cause)) throw error;
    return { release: '', head: '', holds: 'nothing' };
  }
}

async function ledger(client: Client): Promise<{ release: string; head: string }> {
  const { rowCount } = await client.query(
    `SELECT 1 WHERE to_regclass('factsway_migrations.ledger') IS NOT NULL`,
  );
  if (rowCount === 0) return { release: '', head: '' };
  const { rows } = await client.query<{ release: string; head: string }>(
    'SELECT release, name AS head FROM factsway_migrations.ledger ORDER BY name COLLATE "C" DESC LIMIT 1',
  );
  return rows[0] ?? { release: '', head: '' };
}

/** Taken behind the backup, so that a drill of it can stop there; a backup without one is a backup still. */
async function recordOf(settings: Settings, tell: Tell): Promise<DatabaseRecord | null> {
  try {
    const record = await takeRecord(() => connectLive(settings.database), RECORD_SECONDS);
    updateHistory((history) => {
      history.records = [...history.records, record].slice(-RECORDS_KEPT);
    });
    return record;
  } catch (error) {
    tell(`the backup has no record of the database: ${String(error)}`);
    return null;
  }
}

async function annotate(
  place: OpenPlace,
  label: string,
  record: DatabaseRecord | null,
): Promise<void> {
  if (record === null) return;
  const text = JSON.stringify(record);
  if (text.length > LONGEST_RECORD) return;
  await place.run('annotate', [`--set=${label}`, `--annotation=record=${text}`]);
}
