import { couldNotRead } from './classify.ts';
import type { Place } from './settings.ts';

interface FoundFile {
  readonly path: string;
  readonly message: string;
}

/** What `pgbackrest verify` found in one place. */
export interface Verified {
  readonly ok: boolean;
  /** Labels of backups that cannot be trusted. */
  readonly damaged: readonly string[];
  /** Files below the place's repository, with what is wrong with each. */
  readonly files: readonly FoundFile[];
  /** Files that nobody could read: how they are is not known. */
  readonly unread: readonly FoundFile[];
  /** Findings that name no file. */
  readonly messages: readonly string[];
  /** Those among the messages of which verify does not tell whether it could read what it judges. */
  readonly unproven: readonly string[];
  readonly checkedFiles: number;
}

const ARCHIVE = /^archiveId: (\S+), total WAL checked: (\d+), total valid WAL: (\d+)$/;
const BACKUP =
  /^backup: (\S+), status: ([a-z -]+), total files checked: (\d+), total valid files: (\d+)$/;
const INVALID_FILE =
  /^(?:P\d+\s+)?(?:INFO|WARN|ERROR): (?:\[\d+\]: )?([a-z ]+) '?([^\s':]+\/[^\s':]+)'?(?:: \[(\d+)\])?/;
/** What a path of a file of a backup begins with. */
const LABEL = /^\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?(?=\/)/;
/** What the log calls a file that failed; other lines with a path in them are no findings. */
const REASONS = new Set(['invalid checksum', 'invalid size', 'file missing', 'invalid result']);

/**
 * Reads `pgbackrest verify --output=text --verbose` (stdout) and its log at level detail (stderr).
 * It exits 0 whatever it finds, and calls a backup without manifest "ok": only what it says of each
 * backup and archive counts, and silence is no good news. It tells what it could not read from what is damaged by a
 * number in the log alone; where that happened, the files of the log are all there is to believe.
 */
export function parseVerify(stdout: string, log: string, type: Place['type']): Verified {
  const files: FoundFile[] = [];
  const unread: FoundFile[] = [];
  for (const line of log.split('\n')) {
    const found = invalidFile(line);
    if (found === null) continue;
    (found.exit !== null && couldNotRead(found.exit, type) ? unread : files).push(found.file);
  }
  const verdicts = parseVerdicts(stdout);
  if (unread.length === 0) return { ...verdicts, files, unread };
  const damaged = files.map(({ path }) => LABEL.exec(path)?.[0]).filter((one) => one !== undefined);
  return {
    ...verdicts,
    ok: false,
    damaged: [...new Set(damaged)],
    files,
    unread,
    messages: [],
    unproven: [],
  };
}

/** Whether a line of the log says that a file could not be read, and so would most of those behind it. */
export function tellsOfUnread(line: string, type: Place['type']): boolean {
  const exit = invalidFile(line)?.exit ?? null;
  return exit !== null && couldNotRead(exit, type);
}

function parseVerdicts(stdout: string): Omit<Verified, 'files' | 'unread'> {
  const damaged: string[] = [];
  const messages: string[] = [];
  const unproven: string[] = [];
  let checkedFiles = 0;
  let recognised = 0;
  let claimsOk = false;
  for (const raw of stdout.split('\n')) {
    const line = raw.trim();
    const archive = ARCHIVE.exec(line);
    const backup = BACKUP.exec(line);
    if (line === 'status: ok') claimsOk = true;
    if (archive !== null) {
      recognised++;
      checkedFiles += Number(archive[2]);
      const bad = Number(archive[2]) - Number(archive[3]);
      if (bad > 0) messages.push(`archive ${archive[1] ?? ''}: ${bad} WAL segments are damaged`);
    } else if (backup !== null) {
      recognised++;
      const [, label = '', status = '', checked, valid] = backup;
      checkedFiles += Number(checked);
      const bad = Number(checked) - Number(valid);
      // A backup that is being made is neither good nor bad yet.
      if (status === 'in-progress') continue;
      if (status === 'valid' && bad === 0) continue;
      damaged.push(label);
      const message = `backup ${label}: ${status}${bad > 0 ? `, ${bad} files` : ''}`;
      messages.push(message);
      // It judges by its manifest, damaged or out of reach.
      if (status === 'invalid' && Number(checked) === 0) unproven.push(message);
    } else if (line.startsWith('No usable')) {
      messages.push(line);
      unproven.push(line);
    }
  }
  if (recognised === 0 && messages.length === 0) messages.push('nothing was verified');
  if (!claimsOk && messages.length === 0) messages.push('pgBackRest reports an error');
  return { ok: messages.length === 0, damaged, messages, unproven, checkedFiles };
}

function invalidFile(line: string): { file: FoundFile; exit: number | null } | null {
  const [, reason, path, exit] = INVALID_FILE.exec(line.trim()) ?? [];
  if (reason === undefined || path === undefined || !REASONS.has(reason)) return null;
  return { file: { path, message: reason }, exit: exit === undefined ? null : Number(exit) };
}
