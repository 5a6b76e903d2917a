import { rmSync } from 'node:fs';
import { amcheck, type Amchecked } from './amcheck.ts';
import { readCarried } from './carried.ts';
import { keyFingerprint } from './cipher.ts';
import { compareWithRecord } from './compare.ts';
import { chooseRecord, drillArgs, pickPlace } from './drill-choice.ts';
import { flush } from './flush.ts';
import { readHistory, updateHistory, updatePlace, type DatabaseRecord } from './history.ts';
import { connect, connectLive, newestLiveCommit, withClient } from './live.ts';
import type { Tell } from './ndjson.ts';
import { DRILL } from './paths.ts';
import { backupKey, openPlace, type OpenPlace } from './place.ts';
import { Problem, toProblem } from './problem.ts';
import { readFacts, rowsOf, takeRecord } from './record.ts';
import { copyBackup } from './recover.ts';
import { refuseTooShort, replayedTo } from './replay-end.ts';
import { writeReport } from './reports.ts';
import { planRestore, refuseTooLarge } from './restore-plan.ts';
import { ScratchFailed, startScratch } from './scratch-server.ts';
import { placeNamed, type Settings } from './settings.ts';
import { refuseUnusable } from './survey.ts';

interface Found {
  label: string | null;
  rpoSeconds: number | null;
  rtoSeconds: number | null;
  databaseBytes: number;
  tables: number;
  rows: number;
  head: string | null;
  /** Were the figures counted at the very position where the restore stopped? */
  exact: boolean;
  amcheck: Amchecked | null;
  problems: { code: string; message: string }[];
}

const RECORD_SECONDS = 120;

/**
 * Restores the newest backup and the log behind it next to the live database, and compares. What goes
 * wrong is what a drill is for: it is in the report, and no error of the command.
 *
 * @param shown a copy of the key that somebody keeps elsewhere; null where none was shown
 * @throws Problem FW-BACKUP-CUSTODY when that copy opens nothing, before anything is restored
 */
export async function drill(
  settings: Settings,
  placeName: string | null,
  shown: string | null,
  tell: Tell,
): Promise<object> {
  const at = new Date();
  const place = placeName ?? pickPlace(settings, readHistory());
  if (shown !== null) await refuseOtherKey(openPlace(settings, placeNamed(settings, place)), shown);
  const found: Found = {
    label: null,
    rpoSeconds: null,
    rtoSeconds: null,
    databaseBytes: 0,
    tables: 0,
    rows: 0,
    head: null,
    exact: false,
    amcheck: null,
    problems: [],
  };
  try {
    await rehearse(settings, place, found, tell);
  } catch (error) {
    const { code, message, details } = toProblem(error, 'FW-RESTORE-FAILED');
    found.problems.push({ code, message: [message, ...details].join('\n') });
  } finally {
    rmSync(DRILL, { recursive: true, force: true });
  }
  return report(at, place, found, shown !== null);
}

/** Whether the backups can be opened from elsewhere is known only once somebody has opened one with what lies there. */
async function refuseOtherKey(place: OpenPlace, key: string): Promise<void> {
  if ((await place.probe(key)) !== 'wrong key') return;
  throw new Problem(
    'FW-BACKUP-CUSTODY',
    `the key that was shown does not open the backups in ${place.name}: ${keyFingerprint(key)}, and the one in use is ${keyFingerprint(backupKey())}`,
  );
}

async function rehearse(
  settings: Settings,
  place: string,
  found: Found,
  tell: Tell,
): Promise<void> {
  // Before the log is waited for: it would not arrive where nothing can be restored from.
  await refuseUnusable(openPlace(settings, placeNamed(settings, place)));
  tell('counting the live database');
  const live = await recordOfLive(settings);
  found.rpoSeconds = await measureRpo(place);
  if (live !== null) await flush(settings, tell, 120, { place });
  const plan = await planRestore(settings, { kind: 'latest' }, place);
  const { backup } = plan.chosen;
  found.label = backup.label;
  found.databaseBytes = backup.databaseBytes;
  refuseTooLarge(plan);
  const newest = plan.survey.archive.segments.at(-1)?.name ?? '';
  const record = live ?? chooseRecord(readHistory()?.records ?? [], backup, newest);
  const directory = `${DRILL}/pgdata`;
  const begun = Date.now();
  await copyBackup(plan, directory, drillArgs(plan.chosen, record), tell);
  tell('replaying the log');
  const server = await startScratch({ data: directory }).catch((error: unknown) => {
    if (!(error instanceof ScratchFailed)) throw error;
    throw new Problem('FW-RESTORE-FAILED', error.message, error.lines.slice(-6));
  });
  try {
    // With an exact record PostgreSQL itself fails where it does not get there.
    if (record?.exact !== true)
      refuseTooShort(plan, await withClient(connect('postgres', server.socket), replayedTo));
    await inspect(settings, server.socket, record, found, tell);
    // Until somebody may rely on it: a restore looks through what it restored as well.
    found.rtoSeconds = Math.round((Date.now() - begun) / 100) / 10;
  } finally {
    await server.stop();
  }
}

async function inspect(
  settings: Settings,
  socket: string,
  record: DatabaseRecord | null,
  found: Found,
  tell: Tell,
): Promise<void> {
  tell('comparing with what is known of the live database');
  const facts = await withClient(connect(settings.database, socket), readFacts);
  found.head = facts.head;
  found.tables = Object.keys(facts.tables).length;
  found.rows = rowsOf(facts);
  found.exact = record?.exact ?? false;
  if (record !== null) {
    for (const message of compareWithRecord(record, facts)) {
      found.problems.push({ code: 'FW-RESTORE-DAMAGED', message });
    }
  }
  tell('checking tables and indexes');
  found.amcheck = await amcheck(socket, true);
  for (const message of found.amcheck.problems) {
    found.problems.push({ code: 'FW-RESTORE-DAMAGED', message });
  }
}

/** null when the server does not answer: then the drill goes by what was known last. */
async function recordOfLive(settings: Settings): Promise<DatabaseRecord | null> {
  try {
    return await takeRecord(() => connectLive(settings.database), RECORD_SECONDS);
  } catch {
    return null;
  }
}

/** What would be lost if this server vanished now; asked before anything is flushed. */
async function measureRpo(place: string): Promise<number | null> {
  const carried = readCarried(place);
  if (carried === null) return null;
  const unsaved = await newestLiveCommit(carried.name);
  if (unsaved === null) return 0;
  return Math.max(0, Math.round((Date.now() - Date.parse(carried.closedAt)) / 1000));
}

function report(at: Date, place: string, found: Found, keyShown: boolean): object {
  const ok = found.problems.length === 0;
  const id = `drill-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  const content = {
    id,
    at: at.toISOString(),
    place,
    ok,
    ...found,
    keyFingerprint: keyFingerprint(backupKey()),
    keyShown,
  };
  const signed = { ...content, ...writeReport(id, content) };
  const { label, rpoSeconds, rtoSeconds } = found;
  updateHistory((history) => {
    history.drill = {
      lastAttemptAt: at.toISOString(),
      lastSuccessAt: ok ? at.toISOString() : (history.drill?.lastSuccessAt ?? null),
      ok,
      rpoSeconds,
      rtoSeconds,
      report: signed,
    };
  });
  // What could be compared with nothing is restored, and not proven.
  if (ok && found.exact && label !== null && rtoSeconds !== null) {
    updatePlace(place, (history) => {
      history.proven[label] = { at: at.toISOString(), rtoSeconds, rpoSeconds: rpoSeconds ?? 0 };
    });
  }
  return signed;
}
