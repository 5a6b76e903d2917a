/** Everything that can go wrong and that the installer tells apart. docs/reference lists them for people. */
export type ProblemCode =
  | 'FW-BACKUP-BUSY'
  | 'FW-BACKUP-CONFIG'
  | 'FW-BACKUP-DAMAGED'
  | 'FW-BACKUP-DATABASE'
  | 'FW-BACKUP-FAILED'
  | 'FW-BACKUP-FLUSH'
  | 'FW-BACKUP-FOREIGN'
  | 'FW-BACKUP-KEY'
  | 'FW-BACKUP-SPACE'
  | 'FW-BACKUP-UNREACHABLE'
  | 'FW-BACKUP-USAGE'
  | 'FW-BACKUP-WAL-MISSING'
  | 'FW-DATABASE-DAMAGED'
  | 'FW-RESTORE-DAMAGED'
  | 'FW-RESTORE-FAILED'
  | 'FW-RESTORE-KEY'
  | 'FW-RESTORE-NO-BACKUP'
  | 'FW-RESTORE-SPACE'
  | 'FW-RESTORE-TARGET'
  | 'FW-RESTORE-WAL-MISSING';

const HINTS: Record<ProblemCode, string> = {
  'FW-BACKUP-BUSY': 'Try again when it has ended, or leave --no-wait away.',
  'FW-BACKUP-CONFIG': 'factsway-install apply writes the configuration of the backups again.',
  'FW-BACKUP-DAMAGED':
    'factsway-install backup check names what is damaged; factsway-install backup create --type full makes a sound one.',
  'FW-BACKUP-DATABASE': 'factsway-install status shows whether the database runs.',
  'FW-BACKUP-FAILED':
    'Look at the details, then run factsway-install backup create again; factsway-install doctor checks the places.',
  'FW-BACKUP-FLUSH': 'factsway-install backup list shows what waits and which place is away.',
  'FW-BACKUP-FOREIGN':
    'The place holds the backups of another database. Give this installation a place of its own, then run factsway-install apply.',
  'FW-BACKUP-KEY':
    'The place was encrypted with another key. Put that key back and run factsway-install apply, or use an empty place.',
  'FW-BACKUP-SPACE': 'Free some space, then run factsway-install backup create again.',
  'FW-BACKUP-UNREACHABLE': 'factsway-install doctor checks the way to the place.',
  'FW-BACKUP-USAGE': 'factsway-install backup --help lists the commands.',
  'FW-BACKUP-WAL-MISSING':
    'factsway-install backup create --type full closes the gap from now on; moments within it cannot be restored.',
  'FW-DATABASE-DAMAGED':
    'factsway-install restore --to latest restores a sound copy into a new volume; look at the disk first.',
  'FW-RESTORE-DAMAGED':
    'factsway-install backup list shows other backups and places; factsway-install restore --to LABEL takes one of them.',
  'FW-RESTORE-FAILED':
    'Nothing was switched. Look at the details, then run factsway-install restore again.',
  'FW-RESTORE-KEY':
    'Give the key that was shown when the backups were set up: factsway-install restore asks for it.',
  'FW-RESTORE-NO-BACKUP': 'factsway-install backup list shows what there is.',
  'FW-RESTORE-SPACE': 'Free some space on this server, then run factsway-install restore again.',
  'FW-RESTORE-TARGET': 'factsway-install backup list shows which moments can be restored.',
  'FW-RESTORE-WAL-MISSING':
    'factsway-install restore --to TIME with a moment before the gap, or --place with another place.',
};

export interface Report {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
  readonly details?: readonly string[];
}

/** A failure with a stable code, a message that says what happened and the next command to type. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: readonly string[];

  constructor(code: ProblemCode, message: string, details: readonly string[] = []) {
    super(message);
    this.name = 'Problem';
    this.code = code;
    this.details = details;
  }

  report(): Report {
    const report = { code: this.code, message: this.message, hint: HINTS[this.code] };
    return this.details.length === 0 ? report : { ...report, details: this.details };
  }
}

/** What was thrown, as a problem; something unforeseen becomes `otherwise`. */
export function toProblem(error: unknown, otherwise: ProblemCode): Problem {
  if (error instanceof Problem) return error;
  return new Problem(otherwise, error instanceof Error ? error.message : String(error));
}
