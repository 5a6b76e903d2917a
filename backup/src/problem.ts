/** Everything that can go wrong and that the installer tells apart. docs/reference lists them for people. */
export type ProblemCode =
  | 'FW-BACKUP-BUSY'
  | 'FW-BACKUP-CONFIG'
  | 'FW-BACKUP-DAMAGED'
  | 'FW-BACKUP-DATABASE'
  | 'FW-BACKUP-EMPTY'
  | 'FW-BACKUP-FAILED'
  | 'FW-BACKUP-FLUSH'
  | 'FW-BACKUP-FOREIGN'
  | 'FW-BACKUP-KEEPER'
  | 'FW-BACKUP-CUSTODY'
  | 'FW-BACKUP-KEY'
  | 'FW-BACKUP-SPACE'
  | 'FW-BACKUP-UNREACHABLE'
  | 'FW-BACKUP-USAGE'
  | 'FW-BACKUP-WAL-MISSING'
  | 'FW-DATABASE-DAMAGED'
  | 'FW-POSTGRES-COPY'
  | 'FW-POSTGRES-DIFFERENT'
  | 'FW-RESTORE-DAMAGED'
  | 'FW-RESTORE-DROPPED'
  | 'FW-RESTORE-EMPTY'
  | 'FW-RESTORE-FAILED'
  | 'FW-RESTORE-KEY'
  | 'FW-RESTORE-NO-BACKUP'
  | 'FW-RESTORE-SPACE'
  | 'FW-RESTORE-TARGET'
  | 'FW-RESTORE-WAL-MISSING';

const HINTS: Record<ProblemCode, string> = {
  'FW-BACKUP-BUSY': 'Try again when it has ended, or leave --no-wait away.',
  'FW-BACKUP-CONFIG': 'factsway-install up writes the configuration of the backups again.',
  'FW-BACKUP-DAMAGED':
    'factsway-install backup check names what is damaged; factsway-install backup create --type full makes a sound one.',
  'FW-BACKUP-DATABASE': 'factsway-install status shows whether the database runs.',
  'FW-BACKUP-EMPTY':
    'Bring back what was in it: factsway-install restore --to TIME with a moment at which it was there (factsway-install backup list). Is it empty because it is to begin anew? Then give its backups a place of their own, for example --set backup.s3.prefix=/NEW with factsway-install up; the old ones stay.',
  'FW-BACKUP-FAILED':
    'Look at the details, then run it again: factsway-install backup create   What is wrong with a place also stands in: factsway-install backup list',
  'FW-BACKUP-FLUSH': 'factsway-install backup list shows what waits and which place is away.',
  'FW-BACKUP-FOREIGN':
    'Two installations must not share a place. Give this one its own, for example --set backup.s3.prefix=/NEW with factsway-install up. To have that other database back, build it on a server of its own: factsway-install recover',
  'FW-BACKUP-CUSTODY':
    'If it is the right file, copy secrets/backup-key there again, today; then factsway-install backup drill --key FILE   The backups themselves are not touched by this.',
  'FW-BACKUP-KEEPER':
    'kubectl logs postgres-0 --container backup shows what it says; the next run asks again.',
  'FW-BACKUP-KEY':
    'The place was encrypted with another key. Put that key back into secrets/backup-key and run factsway-install up, or use an empty place.',
  'FW-BACKUP-SPACE': 'Free some space, then run factsway-install backup create again.',
  'FW-BACKUP-UNREACHABLE':
    'factsway-install backup list says which place is away; look at the line, the login and the name of the bucket.',
  'FW-BACKUP-USAGE': 'factsway-install backup --help lists the commands.',
  'FW-BACKUP-WAL-MISSING':
    'factsway-install backup create --type full closes the gap from now on; moments within it cannot be restored.',
  'FW-DATABASE-DAMAGED':
    'factsway-install restore --to latest restores a sound copy into a new volume; look at the disk first.',
  'FW-POSTGRES-COPY':
    'Nothing was switched. Look at the details, mend the cause, then run factsway-install upgrade --postgres again.',
  'FW-POSTGRES-DIFFERENT':
    'Nothing was switched. Make sure that nobody writes past the services, then run factsway-install upgrade --postgres again.',
  'FW-RESTORE-DAMAGED':
    'factsway-install backup list shows other backups and places; factsway-install restore --to LABEL takes one of them.',
  'FW-RESTORE-DROPPED':
    'Nothing was switched. Choose a moment before the last change that was saved, some seconds earlier: factsway-install restore --to TIME',
  'FW-RESTORE-EMPTY':
    'Nothing was switched. Choose a moment at which the data was there: factsway-install restore --to TIME; factsway-install backup list shows from when on.',
  'FW-RESTORE-FAILED':
    'Nothing was switched. Look at the details, then run factsway-install restore again.',
  'FW-RESTORE-KEY':
    'Put the key that the backups were made with into secrets/backup-key and run factsway-install up, then try again.',
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

  /** @param cause what was thrown by somebody else, for whoever has to look closer */
  constructor(
    code: ProblemCode,
    message: string,
    details: readonly string[] = [],
    cause?: unknown,
  ) {
    super(message, { cause });
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
