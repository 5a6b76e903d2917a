import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { parseRepoList, type RepoFile } from './archive-list.ts';
import { BACKREST } from './backrest-codes.ts';
import { opensInfo } from './cipher.ts';
import { couldNotRead } from './classify.ts';
import { parseInfo, type PlaceInfo } from './info.ts';
import { DATA, SECRETS, SOCKET, TMP } from './paths.ts';
import { placeConfig, type PlaceSecrets } from './place-config.ts';
import { Problem } from './problem.ts';
import { run, type Ran, type RunOptions } from './run.ts';
import type { Place, Settings } from './settings.ts';

/** What a place says when it is asked for its index, with the key that we have. */
export type PlaceState = 'ready' | 'empty' | 'wrong key' | 'unreachable';

/** One repository with its configuration: everything that is done to it goes through here. */
export interface OpenPlace {
  readonly name: string;
  readonly place: Place;
  /** Runs pgBackRest on this place. */
  readonly run: (command: string, args?: readonly string[], options?: RunOptions) => Promise<Ran>;
  readonly info: () => Promise<PlaceInfo>;
  /** Those below a directory; of the whole place when it is ''. */
  readonly files: (directory: string) => Promise<RepoFile[]>;
  /** A file as it is stored (encrypted); null where there is none. @throws Problem as `text` does */
  readonly raw: (path: string, timeoutMs?: number) => Promise<Buffer | null>;
  /**
   * A file of the archive, decrypted; null where there is none.
   *
   * @throws Problem FW-BACKUP-UNREACHABLE where nobody could look, FW-BACKUP-DAMAGED where it does not open
   */
  readonly text: (path: string) => Promise<string | null>;
  /** @param key that of this installation unless said */
  readonly probe: (key?: string) => Promise<PlaceState>;
}

function secretLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new Problem('FW-BACKUP-CONFIG', `the secret ${file} cannot be read`);
  }
}

/** The passphrase of all repositories. */
export function backupKey(): string {
  return secretLine(SECRETS.key);
}

function secretsOf(place: Place): PlaceSecrets {
  const key = backupKey();
  if (place.type === 'posix') return { key };
  return { key, s3KeyId: secretLine(SECRETS.s3KeyId), s3Secret: secretLine(SECRETS.s3Secret) };
}

/** Renamed into place: another command may be reading the file at this moment. */
function writeConfig(settings: Settings, place: Place): string {
  const file = `${TMP}/pgbackrest-${place.name}.conf`;
  const unfinished = `${file}.${process.pid}`;
  const lockPath = `${TMP}/pgbackrest-${place.name}`;
  const text = placeConfig({
    place,
    secrets: secretsOf(place),
    stanza: settings.stanza,
    processes: settings.processes,
    data: DATA,
    socket: SOCKET,
    lockPath,
  });
  mkdirSync(lockPath, { recursive: true, mode: 0o700 });
  writeFileSync(unfinished, text, { mode: 0o600 });
  renameSync(unfinished, file);
  return file;
}

/** @param more options of pgBackRest, with every command */
export function openPlace(
  settings: Settings,
  place: Place,
  more: readonly string[] = [],
): OpenPlace {
  const config = writeConfig(settings, place);
  const base = [`--config=${config}`, `--stanza=${settings.stanza}`, ...more];
  const call: OpenPlace['run'] = (command, args = [], options = {}) =>
    run('pgbackrest', [...base, command, ...args], options);
  const must = (ran: Ran): Ran => {
    if (ran.code === 0) return ran;
    throw new Problem('FW-BACKUP-UNREACHABLE', `place ${place.name} does not answer`, tail(ran));
  };
  const opened = (ran: Ran, path: string): Ran => {
    if (ran.code === 0 || couldNotRead(ran.code, place.type)) return must(ran);
    throw new Problem('FW-BACKUP-DAMAGED', `${path} does not open`, tail(ran));
  };

  const raw: OpenPlace['raw'] = async (path, timeoutMs) => {
    const chunks: Buffer[] = [];
    const sink = new PassThrough().on('data', (chunk: Buffer) => chunks.push(chunk));
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const ran = await call('repo-get', ['--raw', path], { stdout: sink, ...limit });
    if (ran.code === BACKREST.fileMissing) return null;
    opened(ran, path);
    return Buffer.concat(chunks);
  };

  return {
    name: place.name,
    place,
    run: call,
    info: async () => parseInfo(must(await call('info', ['--output=json'])).stdout),
    files: async (directory) => {
      const ran = await call('repo-ls', [
        '--recurse',
        '--output=json',
        ...(directory === '' ? [] : [directory]),
      ]);
      return parseRepoList(must(ran).stdout);
    },
    raw,
    text: async (path) => {
      const ran = await call('repo-get', [path]);
      return ran.code === BACKREST.fileMissing ? null : opened(ran, path).stdout;
    },
    probe: (key = backupKey()) => probe(raw, settings.stanza, key),
  };
}

/** What a file says, and `otherwise` where it does not open. @throws Problem where nobody could look */
export async function textOr<T>(
  place: Pick<OpenPlace, 'text'>,
  path: string,
  otherwise: T,
): Promise<string | T | null> {
  try {
    return await place.text(path);
  } catch (error) {
    if (error instanceof Problem && error.code === 'FW-BACKUP-DAMAGED') return otherwise;
    throw error;
  }
}

/** pgBackRest itself tries for minutes when a place takes connections and says nothing. */
const PROBE_MS = 20_000;

/** Tells a wrong key from damage: of the four copies of the index a right key opens at least one. */
async function probe(raw: OpenPlace['raw'], stanza: string, key: string): Promise<PlaceState> {
  let found = false;
  for (const index of ['backup/S/backup.info', 'archive/S/archive.info']) {
    for (const copy of ['', '.copy']) {
      let file: Buffer | null;
      try {
        file = await raw(index.replace('S', stanza) + copy, PROBE_MS);
      } catch {
        return 'unreachable';
      }
      if (file === null) continue;
      found = true;
      if (opensInfo(file, key)) return 'ready';
    }
  }
  return found ? 'wrong key' : 'empty';
}

/** The last lines of a program's complaint; pgBackRest says what is wrong with arguments on stdout. */
export function tail(ran: Ran, lines = 6): string[] {
  return (ran.stderr.trim() === '' ? ran.stdout : ran.stderr)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-lines);
}
