/** What `pgbackrest verify` found in one place. */
export interface Verified {
  readonly ok: boolean;
  /** Labels of backups that cannot be trusted. */
  readonly damaged: readonly string[];
  /** Files below the place's repository, with what is wrong with each. */
  readonly files: readonly { path: string; message: string }[];
  /** Findings that name no file. */
  readonly messages: readonly string[];
  readonly checkedFiles: number;
}

const ARCHIVE = /^archiveId: (\S+), total WAL checked: (\d+), total valid WAL: (\d+)$/;
const BACKUP =
  /^backup: (\S+), status: ([a-z -]+), total files checked: (\d+), total valid files: (\d+)$/;
const INVALID_FILE =
  /^(?:P\d+\s+)?(?:INFO|WARN|ERROR): (?:\[\d+\]: )?([a-z ]+) '?([^\s':]+\/[^\s':]+)'?/;
/** What the log calls a file that failed; other lines with a path in them are no findings. */
const REASONS = new Set(['invalid checksum', 'invalid size', 'file missing', 'invalid result']);

/**
 * Reads `pgbackrest verify --output=text --verbose` (stdout) and its log at level detail (stderr).
 * It exits 0 whatever it finds, and calls a backup without manifest "ok": only what it says of each
 * backup and archive counts, and silence is no good news.
 */
export function parseVerify(stdout: string, log: string): Verified {
  const damaged: string[] = [];
  const messages: string[] = [];
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
      messages.push(`backup ${label}: ${status}${bad > 0 ? `, ${bad} files` : ''}`);
    } else if (line.startsWith('No usable')) {
      messages.push(line);
    }
  }
  if (recognised === 0 && messages.length === 0) messages.push('nothing was verified');
  if (!claimsOk && messages.length === 0) messages.push('pgBackRest reports an error');
  return { ok: messages.length === 0, damaged, files: invalidFiles(log), messages, checkedFiles };
}

function invalidFiles(log: string): { path: string; message: string }[] {
  const found: { path: string; message: string }[] = [];
  for (const line of log.split('\n')) {
    const match = INVALID_FILE.exec(line.trim());
    const reason = match?.[1];
    if (reason === undefined || match?.[2] === undefined) continue;
    if (REASONS.has(reason)) found.push({ path: match[2], message: reason });
  }
  return found;
}
