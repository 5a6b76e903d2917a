import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { decrypt } from './cipher.ts';
import { prepare } from './create.ts';
import { ofPlace, updatePlace, type History } from './history.ts';
import type { Tell } from './ndjson.ts';
import { backupKey, openPlace, tail, type OpenPlace } from './place.ts';
import { Problem, toProblem } from './problem.ts';
import { sha256 } from './reports.ts';
import type { Settings } from './settings.ts';
import { refuseUnusable } from './survey.ts';

/** Newest copies of the instance directory that a place keeps. */
const KEPT = 30;
const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-([0-9a-f]{64})\.json$/;

export interface InstanceCopy {
  readonly name: string;
  readonly at: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** `20261122T174129Z-<sha256>.json`: the digest of the content is in the name, so a list tells it. */
export function copyName(at: Date, digest: string): string {
  return `${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${digest}.json`;
}

export function parseCopyName(name: string): { at: string; sha256: string } | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, digest] = match;
  return {
    at: `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`,
    sha256: digest ?? '',
  };
}

/** Oldest first. `bytes` are those that are stored, encrypted: a little more than those of the copy. */
export async function listCopies(place: OpenPlace): Promise<InstanceCopy[]> {
  const copies: InstanceCopy[] = [];
  for (const { path, size } of await place.files('instance')) {
    const parsed = parseCopyName(path);
    if (parsed !== null) copies.push({ name: path, bytes: size, ...parsed });
  }
  return copies.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Stores the document in every place, encrypted by pgBackRest with the key of the repository. */
export async function putInstance(settings: Settings, copy: Buffer, tell: Tell): Promise<object> {
  if (!isCopy(copy))
    throw new Problem('FW-BACKUP-USAGE', 'the input is no copy of an instance directory');
  const digest = sha256(copy);
  const now = new Date();
  const name = copyName(now, digest);
  const copies: object[] = [];
  const failures: { place: string; code: string; message: string }[] = [];
  for (const candidate of settings.places) {
    try {
      tell(`storing the instance directory in ${candidate.name}`);
      await storeIn(openPlace(settings, candidate), name, copy);
      copies.push({ place: candidate.name, name, bytes: copy.length, sha256: digest });
      updatePlace(candidate.name, (history) => {
        history.instanceCopyAt = now.toISOString();
      });
    } catch (error) {
      const problem = toProblem(error, 'FW-BACKUP-FAILED');
      failures.push({ place: candidate.name, code: problem.code, message: problem.message });
    }
  }
  if (copies.length > 0) return { copies, failures };
  throw new Problem(
    'FW-BACKUP-FAILED',
    'the instance directory was stored nowhere',
    failures.map(({ place, code, message }) => `${place}: ${code}: ${message}`),
  );
}

/** @throws Problem FW-BACKUP-… */
async function storeIn(place: OpenPlace, name: string, copy: Buffer): Promise<void> {
  await prepare(place);
  const ran = await place.run('repo-put', [`instance/${name}`], { stdin: copy });
  if (ran.code !== 0)
    throw new Problem('FW-BACKUP-FAILED', `the copy was not stored in ${place.name}`, tail(ran));
  for (const old of (await listCopies(place)).slice(0, -KEPT))
    await place.run('repo-rm', [`instance/${old.name}`]);
}

/** Whether a place has not got the newest copy, as far as the history knows. */
export function copyIsBehind(history: History, names: readonly string[]): boolean {
  const at = names.map((name) => ofPlace(history, name).instanceCopyAt ?? '');
  return at.some((one) => one !== at[0]);
}

/**
 * Brings the newest copy from the place that has it to those that were away when it was made; nobody runs a command of
 * the installer for that.
 *
 * @throws Problem where one of them is away still
 */
export async function evenCopies(settings: Settings, tell: Tell): Promise<object> {
  const places = settings.places.map((place) => openPlace(settings, place));
  // One that takes connections and says nothing would hold the lock for minutes.
  for (const place of places)
    if ((await place.probe()) === 'unreachable')
      throw new Problem('FW-BACKUP-UNREACHABLE', `place ${place.name} does not answer`);
  const lists = await Promise.all(
    places.map(async (place) => ({ place, copies: await listCopies(place) })),
  );
  const newest = lists.toSorted((a, b) => nameOf(b).localeCompare(nameOf(a)))[0];
  const name = newest?.copies.at(-1)?.name;
  if (newest === undefined || name === undefined) return { brought: [] };
  const lacking = lists.filter(({ copies }) => copies.every((copy) => copy.name !== name));
  const copy = lacking.length === 0 ? null : await buffer(await getInstance(newest.place, name));
  for (const { place } of lacking) {
    tell(`storing the instance directory in ${place.name}`);
    if (copy !== null) await storeIn(place, name, copy);
  }
  const at = parseCopyName(name)?.at ?? null;
  // Also where nothing was lacking: then the history of a place was wrong.
  for (const { place } of lists)
    updatePlace(place.name, (history) => {
      history.instanceCopyAt = at;
    });
  return { brought: lacking.map(({ place }) => place.name) };
}

const nameOf = ({ copies }: { readonly copies: readonly InstanceCopy[] }): string =>
  copies.at(-1)?.name ?? '';

/** Paths of copies that are not what was stored: their digest is in the name. */
export async function damagedCopies(place: OpenPlace): Promise<string[]> {
  const key = backupKey();
  const damaged: string[] = [];
  for (const { name, sha256: wanted } of await listCopies(place)) {
    const stored = await place.raw(`instance/${name}`);
    const copy = stored === null ? null : decrypt(stored, key);
    if (copy === null || sha256(copy) !== wanted) damaged.push(`instance/${name}`);
  }
  return damaged;
}

/** @throws Problem FW-RESTORE-KEY, FW-RESTORE-NO-BACKUP, FW-RESTORE-DAMAGED */
export async function getInstance(place: OpenPlace, name: string): Promise<Readable> {
  const key = backupKey();
  // A place with nothing but copies has no index to try the key on; the copy itself tells then.
  if ((await place.probe()) !== 'empty') await refuseUnusable(place);
  const copies = await listCopies(place);
  const wanted = name === 'latest' ? copies.at(-1) : copies.find((one) => one.name === name);
  if (wanted === undefined) {
    throw new Problem('FW-RESTORE-NO-BACKUP', `there is no copy "${name}" in ${place.name}`);
  }
  const stored = await place.raw(`instance/${wanted.name}`);
  const copy = stored === null ? null : decrypt(stored, key);
  if (copy === null || sha256(copy) !== wanted.sha256) {
    throw new Problem(
      'FW-RESTORE-DAMAGED',
      `the copy ${wanted.name} in ${place.name} is damaged, or was made with another key`,
    );
  }
  return Readable.from([copy]);
}

/** As the installer writes it (installer/src/model/instance-copy.ts): what is stored must be of use to it. */
function isCopy(content: Buffer): boolean {
  try {
    const { version, files } = JSON.parse(content.toString('utf8')) as Record<string, unknown>;
    return version === 1 && Array.isArray(files);
  } catch {
    return false;
  }
}
