import { statfsSync } from 'node:fs';
import type { Client } from 'pg';
import { backupProblemCode } from './classify.ts';
import { isNoSuchDatabase, refuseEmptyDatabase, whatItHolds } from './emptiness.ts';
import { forgetBackups, updateHistory, updatePlace, type DatabaseRecord } from './history.ts';
import type { Backup, BackupType } from './info.ts';
import { connectLive, withClient } from './live.ts';
import type { Tell } from './ndjson.ts';
import { openPlace, tail, type OpenPlace } from './place.ts';
import { Problem, toProblem } from './problem.ts';
import { takeRecord } from './record.ts';
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
  await prepare(place);
  const before = (await place.info()).backups;
  const type = options.type === 'auto' ? autoType(before, settings, begun) : options.type;
  const known = await lookAt(settings);
  refuseEmptyDatabase(known.holds, before, place.name);
  tell(`making a backup (${type}) in ${place.name}`);
  await runBackup(place, type, { reason: options.reason, ...known }, tell);
  const made = (await place.info()).backups.findLast(
    ({ label }) => !before.some((other) => other.label === label),
  );
  if (made === undefined)
    throw new Problem('FW-BACKUP-FAILED', `no new backup is in ${place.name}`);
  const seconds = Math.round((Date.now() - begun.getTime()) / 1000);
  await noteRecord(place, made, settings, tell);
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

/** Refuses a foreign key or database, and makes the repository where there is none yet. */
export async function prepare(place: OpenPlace): Promise<void> {
  const state = await place.probe();
  if (state === 'unreachable') {
    throw new Problem('FW-BACKUP-UNREACHABLE', `place ${place.name} does not answer`);
  }
  if (state === 'wrong key') {
    throw new Problem('FW-BACKUP-KEY', `the key does not open the backups in ${place.name}`);
  }
  if (state === 'ready') return;
  const ran = await place.run('stanza-create');
  if (ran.code === 0) {
    // Another disk of the same name: what was made on the one before is not here, and the next backup is due at once.
    updatePlace(place.name, forgetBackups);
    return;
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

async function runBackup(
  place: OpenPlace,
  type: BackupType,
  annotations: Readonly<Record<string, string>>,
  tell: Tell,
): Promise<void> {
  const args = Object.entries(annotations)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `--annotation=${name}=${value}`);
  const timer = setInterval(() => {
    place.info().then(
      ({ running }) => {
        if (running !== null)
          tell(`copying the database to ${place.name}`, running.done, running.total);
      },
      () => undefined,
    );
  }, 2000);
  const ran = await place.run('backup', [`--type=${type}`, ...args]);
  clearInterval(timer);
  if (ran.code === 0) return;
  throw new Problem(
    isFull(place) ? 'FW-BACKUP-SPACE' : backupProblemCode(ran.code),
    isFull(place)
      ? `the disk of ${place.name} has no room for the backup`
      : `the backup in ${place.name} failed`,
    tail(ran),
  );
}

function isFull(place: OpenPlace): boolean {
  if (place.place.type !== 'posix') return false;
  const { bavail, bsize } = statfsSync(place.place.path);
  return bavail * bsize < 32 * 1024 ** 2;
}

/** Afterwards, so that the position lies behind the backup and a drill of it can stop there. */
async function noteRecord(
  place: OpenPlace,
  made: Backup,
  settings: Settings,
  tell: Tell,
): Promise<void> {
  let record: DatabaseRecord;
  try {
    record = await withClient(connectLive(settings.database), (client) =>
      takeRecord(client, RECORD_SECONDS),
    );
  } catch (error) {
    tell(`the backup has no record of the database: ${String(error)}`);
    return;
  }
  updateHistory((history) => {
    history.records = [...history.records, record].slice(-RECORDS_KEPT);
  });
  const text = JSON.stringify(record);
  if (text.length > LONGEST_RECORD) return;
  await place.run('annotate', [`--set=${made.label}`, `--annotation=record=${text}`]);
}
