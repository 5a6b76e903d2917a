import { backupProblemCode, couldNotRead } from './classify.ts';
import { findGaps } from './find-gaps.ts';
import { updatePlace } from './history.ts';
import { damagedLabels, differingIndexes } from './index-copies.ts';
import { damagedCopies } from './instance-copies.ts';
import type { Tell } from './ndjson.ts';
import { openPlace, tail, type OpenPlace } from './place.ts';
import { Problem, toProblem, type ProblemCode } from './problem.ts';
import type { Place, Settings } from './settings.ts';
import { refuseUnusable } from './survey.ts';
import { parseVerify, tellsOfUnread, type Verified } from './verify-output.ts';

export interface Finding {
  readonly code: ProblemCode;
  readonly path?: string;
  readonly message: string;
}

/** Grows while one reads: what was found stays found when the place goes away in the middle. */
interface Found {
  readonly problems: Finding[];
  /** Labels of backups. */
  readonly damaged: Set<string>;
  files: number;
  bytes: number;
}

const DAMAGE = new Set<ProblemCode>([
  'FW-BACKUP-DAMAGED',
  'FW-BACKUP-WAL-MISSING',
  'FW-BACKUP-KEY',
]);

/** A place that goes away is noticed in a minute instead of six: pgBackRest tries six times, for so many seconds each. */
const IMPATIENT = ['--io-timeout=10'];

/** Reads one place to its last file; what is wrong with it is in the answer, and no error. */
export async function checkPlace(settings: Settings, place: Place, tell: Tell): Promise<object> {
  const begun = Date.now();
  const found: Found = { problems: [], damaged: new Set(), files: 0, bytes: 0 };
  let whole = true;
  try {
    const open = openPlace(settings, place, IMPATIENT);
    tell(`checking the way to ${place.name}`);
    await refuseUnusable(open);
    found.problems.push(...(await checkWay(open)));
    tell(`reading everything in ${place.name}`);
    await readAll(open, settings, found);
  } catch (error) {
    whole = false;
    found.problems.push(asFinding(error));
  }
  const { problems, damaged, files, bytes } = found;
  // A place that is away is not damaged; other alerts tell of it, and the last word on damage stands.
  const isDamage = problems.some(({ code }) => DAMAGE.has(code));
  updatePlace(place.name, (history) => {
    if (!whole && !isDamage) return;
    history.checkedAt = new Date().toISOString();
    history.damage = isDamage;
    const before = whole ? [] : history.damagedBackups;
    history.damagedBackups = [...new Set([...before, ...damaged])];
  });
  const seconds = Math.round((Date.now() - begun) / 1000);
  return { name: place.name, ok: problems.length === 0, problems, files, bytes, seconds };
}

function asFinding(error: unknown): Finding {
  const { code, message } = toProblem(error, 'FW-BACKUP-FAILED');
  if (code === 'FW-RESTORE-KEY') return { code: 'FW-BACKUP-KEY', message };
  return { code, message };
}

/**
 * pgBackRest's own check: a segment goes all the way from the server to the place.
 *
 * @throws Problem FW-BACKUP-UNREACHABLE when the place is away by now
 */
async function checkWay(place: OpenPlace): Promise<Finding[]> {
  const ran = await place.run('check');
  if (ran.code === 0) return [];
  if (couldNotRead(ran.code, place.place.type)) throw away(place);
  const message = tail(ran, 1)[0] ?? 'the log does not reach the place';
  const code = backupProblemCode(ran.code);
  // Not in time is not lost: what is missing in the place is looked for below.
  return [{ code: code === 'FW-BACKUP-WAL-MISSING' ? 'FW-BACKUP-FLUSH' : code, message }];
}

const away = (place: OpenPlace, where = ''): Problem =>
  new Problem('FW-BACKUP-UNREACHABLE', `place ${place.name} went away while it was read${where}`);

async function readAll(place: OpenPlace, settings: Settings, found: Found): Promise<void> {
  const damage = (path: string | undefined, message: string): void => {
    found.problems.push({ code: 'FW-BACKUP-DAMAGED', ...(path ? { path } : {}), message });
  };
  const verified = await readFiles(place);
  found.files = verified.checkedFiles;
  for (const { path, message } of verified.files) damage(path, message);
  for (const label of verified.damaged) found.damaged.add(label);
  for (const message of verified.messages)
    if (!verified.unproven.includes(message)) damage(undefined, message);
  const [unread] = verified.unread;
  if (unread !== undefined) throw away(place, `, at ${unread.path}`);

  const differing = await differingIndexes(place);
  for (const message of verified.unproven) damage(undefined, message);
  for (const path of differing) damage(path, 'differs from its copy');
  for (const path of await damagedLabels(place)) damage(path, 'no label of a backup');
  for (const path of await damagedCopies(place)) damage(path, 'does not open, or is another');
  const gaps = await findGaps(place, settings);
  for (const path of gaps.histories) damage(path, 'no history of a timeline');
  for (const label of gaps.damaged) found.damaged.add(label);
  for (const name of gaps.missing)
    found.problems.push({
      code: 'FW-BACKUP-WAL-MISSING',
      path: name,
      message: `segment ${name} of the log is missing`,
    });
  found.bytes = (await place.files('')).reduce((sum, { size }) => sum + size, 0);
}

/** What verify says; of an index or a manifest only what it says while the place can be read. */
async function readFiles(place: OpenPlace): Promise<Verified> {
  const first = await verify(place);
  if (first.unproven.length === 0 || first.unread.length > 0) return first;
  // Throws when the place is still away. Where the two copies differ or do not open, that is the reason.
  if ((await differingIndexes(place)).length > 0) return first;
  return verify(place);
}

/** Ends at the first file that cannot be read: each of those behind it would take as long to be given up. */
async function verify(place: OpenPlace): Promise<Verified> {
  const { type } = place.place;
  const gone = new AbortController();
  const ran = await place.run(
    'verify',
    ['--output=text', '--verbose', '--log-level-stderr=detail', '--job-retry=0'],
    {
      signal: gone.signal,
      onErrorLine: (line) => {
        if (tellsOfUnread(line, type)) gone.abort();
      },
    },
  );
  const verified = parseVerify(ran.stdout, ran.stderr, type);
  // It listed or opened nothing, and says of no file why.
  if (verified.unread.length === 0 && couldNotRead(ran.code, type)) throw away(place);
  return verified;
}
