import { PassThrough } from 'node:stream';
import { amcheck } from './amcheck.ts';
import { backupProblemCode } from './classify.ts';
import { damagedCopies } from './instance-copies.ts';
import { damagedLabels, differingIndexes } from './index-copies.ts';
import { updateHistory, updatePlace } from './history.ts';
import type { Tell } from './ndjson.ts';
import { SOCKET } from './paths.ts';
import { openPlace, tail, type OpenPlace } from './place.ts';
import { toProblem, type ProblemCode } from './problem.ts';
import { missingSegments } from './restore-plan.ts';
import { run } from './run.ts';
import type { Place, Settings } from './settings.ts';
import { refuseUnusable, surveyAll, type Survey } from './survey.ts';
import { liesOn, timelineAt } from './timelines.ts';
import { parseVerify } from './verify-output.ts';
import { missingForRestore, missingOfBackup } from './wal-chain.ts';
import { corruptFiles } from './basebackup-output.ts';

interface Finding {
  readonly code: ProblemCode;
  readonly path?: string;
  readonly message: string;
}

/** Reads everything: each place to its last file, and every block of the live database. */
export async function check(settings: Settings, tell: Tell): Promise<object> {
  const places = [];
  for (const place of settings.places) places.push(await checkPlace(settings, place, tell));
  const database = await checkDatabase(tell);
  return { places, database };
}

async function checkPlace(settings: Settings, place: Place, tell: Tell): Promise<object> {
  const begun = Date.now();
  let problems: Finding[] = [];
  let damaged: readonly string[] = [];
  let files = 0;
  let bytes = 0;
  let looked = true;
  try {
    const open = openPlace(settings, place);
    tell(`checking the way to ${place.name}`);
    await refuseUnusable(open);
    problems = await checkWay(open);
    tell(`reading everything in ${place.name}`);
    const read = await readAll(open, settings);
    ({ damaged, files, bytes } = read);
    problems.push(...read.problems);
  } catch (error) {
    looked = false;
    problems.push(asFinding(error));
  }
  // A place that is away is not damaged; other alerts tell of it, and the last word on damage stands.
  const isDamage = problems.some(({ code }) => DAMAGE.has(code));
  updatePlace(place.name, (history) => {
    if (!looked && !isDamage) return;
    history.checkedAt = new Date().toISOString();
    history.damage = isDamage;
    history.damagedBackups = [...damaged];
  });
  const seconds = Math.round((Date.now() - begun) / 1000);
  return { name: place.name, ok: problems.length === 0, problems, files, bytes, seconds };
}

const DAMAGE = new Set<ProblemCode>([
  'FW-BACKUP-DAMAGED',
  'FW-BACKUP-WAL-MISSING',
  'FW-BACKUP-KEY',
]);

function asFinding(error: unknown): Finding {
  const { code, message } = toProblem(error, 'FW-BACKUP-FAILED');
  if (code === 'FW-RESTORE-KEY') return { code: 'FW-BACKUP-KEY', message };
  return { code, message };
}

/** pgBackRest's own check: a segment goes all the way from the server to the place. */
async function checkWay(place: OpenPlace): Promise<Finding[]> {
  const ran = await place.run('check');
  if (ran.code === 0) return [];
  const message = tail(ran, 1)[0] ?? 'the log does not reach the place';
  return [{ code: backupProblemCode(ran.code), message }];
}

async function readAll(
  place: OpenPlace,
  settings: Settings,
): Promise<{ problems: Finding[]; damaged: readonly string[]; files: number; bytes: number }> {
  const ran = await place.run('verify', [
    '--output=text',
    '--verbose',
    '--log-level-stderr=detail',
  ]);
  const verified = parseVerify(ran.stdout, ran.stderr);
  const problems: Finding[] = [
    ...verified.files.map((file) => ({ code: 'FW-BACKUP-DAMAGED' as const, ...file })),
    ...verified.messages.map((message) => ({ code: 'FW-BACKUP-DAMAGED' as const, message })),
  ];
  const gaps = await findGaps(place, settings);
  for (const path of gaps.histories)
    problems.push({ code: 'FW-BACKUP-DAMAGED', path, message: 'no history of a timeline' });
  for (const path of await differingIndexes(place))
    problems.push({ code: 'FW-BACKUP-DAMAGED', path, message: 'differs from its copy' });
  for (const path of await damagedLabels(place))
    problems.push({ code: 'FW-BACKUP-DAMAGED', path, message: 'no label of a backup' });
  for (const path of await damagedCopies(place))
    problems.push({ code: 'FW-BACKUP-DAMAGED', path, message: 'does not open, or is another' });
  const damaged = [...new Set([...verified.damaged, ...gaps.damaged])];
  const bytes = (await place.files('')).reduce((sum, { size }) => sum + size, 0);
  return {
    problems: [...problems, ...gaps.problems],
    damaged,
    files: verified.checkedFiles,
    bytes,
  };
}

interface Gaps {
  readonly missing: readonly string[];
  readonly damaged: readonly string[];
}

/** verify knows nothing of segments that are not there; between those that are, none may be missing. */
async function findGaps(
  place: OpenPlace,
  settings: Settings,
): Promise<{ problems: Finding[]; damaged: string[]; histories: readonly string[] }> {
  const all = await surveyAll(place, settings);
  const gaps = all.map((found, at) => gapsOf(place, found, at === all.length - 1));
  const problems = gaps
    .flatMap(({ missing }) => missing)
    .map((name) => ({
      code: 'FW-BACKUP-WAL-MISSING' as const,
      path: name,
      message: `segment ${name} of the log is missing`,
    }));
  return {
    problems,
    damaged: gaps.flatMap(({ damaged }) => damaged),
    histories: all.flatMap(({ damaged }) => damaged),
  };
}

/** Of a cluster of before nobody knows how far its log went: what lies behind the last segment is not missed. */
function gapsOf(place: OpenPlace, found: Survey, isToday: boolean): Gaps {
  const timeline = timelineAt(found.timelines, null);
  const missing = new Set<string>();
  const damaged: string[] = [];
  for (const backup of found.backups) {
    const own = missingOfBackup(backup, found.archive);
    for (const name of own) missing.add(name);
    if (own.length > 0) damaged.push(backup.label);
  }
  const oldest = found.backups.find((backup) => liesOn(backup, timeline));
  if (oldest !== undefined) {
    const chosen = { backup: oldest, timeline, args: [] };
    const behind = isToday
      ? missingSegments(place, found, chosen, null)
      : missingForRestore(oldest, timeline, found.archive, null, null);
    for (const name of behind) missing.add(name);
  }
  return { missing: [...missing].sort(), damaged };
}

/** pg_basebackup reads every block and its checksum; pg_amcheck what no checksum tells. */
async function checkDatabase(tell: Tell): Promise<object> {
  const problems: Finding[] = [];
  let looked = false;
  try {
    tell('reading every block of the database');
    // To nowhere: it refuses /dev/null as a directory, and its tar on stdout is all there is to read.
    const nowhere = new PassThrough();
    nowhere.resume();
    const ran = await run(
      'pg_basebackup',
      [
        ...[
          '--pgdata=-',
          '--format=tar',
          '--wal-method=none',
          '--checkpoint=fast',
          '--no-password',
        ],
        ...[`--host=${SOCKET}`, '--username=postgres'],
      ],
      { stdout: nowhere },
    );
    const corrupt = corruptFiles(ran.stderr);
    looked = ran.code === 0 || corrupt.length > 0;
    problems.push(...corrupt.map((file) => ({ code: 'FW-DATABASE-DAMAGED' as const, ...file })));
    if (!looked) {
      const message = tail(ran, 1)[0] ?? 'the database cannot be read';
      problems.push({ code: 'FW-BACKUP-DATABASE', message });
    }
    tell('checking tables and indexes');
    const checked = await amcheck(SOCKET, false);
    problems.push(
      ...checked.problems.map((message) => ({ code: 'FW-DATABASE-DAMAGED' as const, message })),
    );
  } catch (error) {
    const { message } = toProblem(error, 'FW-BACKUP-DATABASE');
    problems.push({ code: 'FW-BACKUP-DATABASE', message });
  }
  const damage = problems.some(({ code }) => code === 'FW-DATABASE-DAMAGED');
  updateHistory((history) => {
    if (looked || damage) history.database = { checkedAt: new Date().toISOString(), damage };
  });
  return { ok: problems.length === 0, problems };
}
