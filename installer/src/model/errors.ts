import { ALERT_ERRORS } from './alert-errors.ts';
import { AUDIT_ERRORS } from './audit-errors.ts';
import { BACKUP_ERRORS } from './backup-errors.ts';
import { DATABASE_ERRORS } from './database-errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { EXPORT_ERRORS } from './export-errors.ts';
import { IMAGE_LOCK_ERRORS } from './image-errors.ts';
import { MIRROR_ERRORS } from './mirror-errors.ts';
import { POSTGRES_ERRORS } from './postgres-errors.ts';
import { PREFLIGHT_ERRORS } from './preflight-errors.ts';
import { RELEASE_ERRORS } from './release-errors.ts';
import { RESTORE_POINT_ERRORS } from './restore-point-errors.ts';
import { SECRET_ERRORS } from './secret-errors.ts';
import { UPDATE_ERRORS } from './update-errors.ts';

type ErrorEntry = { readonly exit: ExitCode; readonly summary: string };

/**
 * Every error a person can cause or meet: stable code → exit code and what it stands for.
 * `docs/reference/errors.md` is generated from this table.
 */
export const ERROR_CATALOG = {
  'FW-USAGE': {
    exit: EXIT.usage,
    summary: 'The command line has an unknown command, flag or value.',
  },
  'FW-CONFIG-SYNTAX': { exit: EXIT.usage, summary: 'A configuration file is not valid YAML.' },
  'FW-CONFIG-ENCODING': { exit: EXIT.usage, summary: 'A configuration file is not in UTF-8.' },
  'FW-CONFIG-UNKNOWN-KEY': {
    exit: EXIT.usage,
    summary: 'A configuration file holds a key the schema does not know.',
  },
  'FW-CONFIG-INVALID': {
    exit: EXIT.usage,
    summary: 'A configuration value is missing, of the wrong type or out of range.',
  },
  'FW-CONFIG-NOT-EDITABLE': {
    exit: EXIT.usage,
    summary: 'A key cannot be set in factsway.yaml without changing something else in it.',
  },
  'FW-CONFIG-NEWER': {
    exit: EXIT.usage,
    summary: 'A configuration file is of a form that only a later installer knows.',
  },
  'FW-CONFIG-NOT-FOUND': {
    exit: EXIT.usage,
    summary: 'A file named on the command line does not exist or cannot be read.',
  },
  'FW-SIZING-TOO-SMALL': {
    exit: EXIT.usage,
    summary: 'The memory given is below what the platform needs.',
  },
  'FW-NO-INSTANCE': { exit: EXIT.usage, summary: 'The instance directory holds no factsway.yaml.' },
  'FW-CONFIG-MISSING': {
    exit: EXIT.usage,
    summary: 'The factsway.yaml that a platform was made from is gone.',
  },
  'FW-NOT-CONFIRMED': {
    exit: EXIT.usage,
    summary: 'The command changes something and nobody confirmed it.',
  },
  'FW-DIR-NOT-WRITABLE': { exit: EXIT.check, summary: 'The instance directory cannot be written.' },
  'FW-DISK-FULL': {
    exit: EXIT.check,
    summary: 'The disk of the instance directory, or the quota of the user, is used up.',
  },
  'FW-FILE-UNREADABLE': {
    exit: EXIT.usage,
    summary: 'A file of the instance or of the command line may not be read.',
  },
  'FW-DIR-FOREIGN': {
    exit: EXIT.check,
    summary: 'The instance directory already holds files of something else.',
  },
  'FW-DRIFT': {
    exit: EXIT.check,
    summary: 'A rendered file was edited by hand and would be overwritten.',
  },
  'FW-DIFFERENT': {
    exit: EXIT.check,
    summary: 'Something is not as factsway.yaml says; diff shows what.',
  },
  'FW-IN-USE': {
    exit: EXIT.check,
    summary: 'A container of somebody else uses what is to be removed.',
  },
  'FW-PROJECT-UNKNOWN': {
    exit: EXIT.usage,
    summary: 'Nothing tells which Compose project belongs to the instance directory.',
  },
  'FW-LOCKED': {
    exit: EXIT.check,
    summary:
      'Another run holds the lock of this instance, or what a killed one has started is at work.',
  },
  'FW-SECRET-INVALID': { exit: EXIT.check, summary: 'A secret file is empty or cannot be read.' },
  'FW-SECRET-LOST': {
    exit: EXIT.check,
    summary: 'A secret is missing although the data it unlocks still exists.',
  },
  'FW-DOCKER-UNREACHABLE': { exit: EXIT.check, summary: 'No Docker Engine answers.' },
  'FW-DOCKER-TOO-OLD': {
    exit: EXIT.check,
    summary: 'Docker Engine or Compose is older than the platform needs.',
  },
  'FW-COMPOSE-MISSING': {
    exit: EXIT.check,
    summary: 'The docker command or its compose plugin is not installed.',
  },
  'FW-COMPOSE-REFUSED': {
    exit: EXIT.check,
    summary: 'Docker Compose does not accept the Compose files.',
  },
  'FW-NETWORK-CREATE': {
    exit: EXIT.restored,
    summary: 'Docker could not make a network of the platform, often for want of address ranges.',
  },
  'FW-PROJECT-FOREIGN': {
    exit: EXIT.check,
    summary: 'Another directory already runs a Compose project of this name.',
  },
  'FW-ADDRESS-ABSENT': {
    exit: EXIT.check,
    summary: 'The platform is to listen on an address that this server has not got.',
  },
  'FW-PROJECT-CHANGED': {
    exit: EXIT.check,
    summary: 'The instance directory belongs to a Compose project of another name.',
  },
  'FW-PORT-IN-USE': { exit: EXIT.check, summary: 'A host port the platform publishes is taken.' },
  'FW-IMAGE-MISSING': {
    exit: EXIT.check,
    summary: 'An image is not on this host and cannot be had.',
  },
  'FW-IMAGE-PULL': { exit: EXIT.restored, summary: 'An image could not be pulled.' },
  'FW-IMAGE-VERSION': {
    exit: EXIT.check,
    summary: 'A service image is of another version than the release.',
  },
  'FW-MIGRATION-FAILED': {
    exit: EXIT.restored,
    summary: 'A database migration failed; the database is as it was before.',
  },
  'FW-MIGRATION-STUCK': {
    exit: EXIT.operator,
    summary: 'A database migration failed and could not be taken back.',
  },
  'FW-MIGRATION-LOCKED': {
    exit: EXIT.restored,
    summary: 'Migrations of another run are under way and did not end.',
  },
  'FW-MIGRATION-REFUSED': {
    exit: EXIT.restored,
    summary: 'The migrations were refused before any ran, e.g. because one was edited.',
  },
  'FW-SLOT-NOT-READY': {
    exit: EXIT.restored,
    summary: 'Services of the new slot run, and the proxy does not reach them.',
  },
  'FW-SWITCH-UNSEEN': {
    exit: EXIT.restored,
    summary: 'The proxy did not send requests to the other slot.',
  },
  'FW-NOT-HEALTHY': { exit: EXIT.restored, summary: 'A container did not become healthy in time.' },
  'FW-CONTAINER-EXITED': {
    exit: EXIT.restored,
    summary: 'A container stopped while it was being started.',
  },
  'FW-RELOAD-FAILED': {
    exit: EXIT.restored,
    summary: 'A component refused its new configuration and keeps the old one.',
  },
  'FW-COMPONENT-FILES': {
    exit: EXIT.check,
    summary: 'A component would refuse its configuration files as they are on disk, or did.',
  },
  'FW-DOCKER-COMMAND': { exit: EXIT.restored, summary: 'Docker refused an operation.' },
  'FW-UNDO-FAILED': {
    exit: EXIT.operator,
    summary: 'An operation failed and putting things back failed too.',
  },
  'FW-SERVICE-UNKNOWN': {
    exit: EXIT.usage,
    summary: 'No component of that name belongs to this instance.',
  },
  'FW-NOT-RUNNING': {
    exit: EXIT.check,
    summary:
      'At least one component is missing, stopped or not healthy, or the maintenance page is shown.',
  },
  'FW-VERIFY-FAILED': { exit: EXIT.check, summary: 'At least one gate of verify failed.' },
  'FW-STATE-CHANGED': {
    exit: EXIT.check,
    summary: 'The instance changed between the plan and its confirmation.',
  },
  ...PREFLIGHT_ERRORS,
  ...DATABASE_ERRORS,
  ...IMAGE_LOCK_ERRORS,
  ...EXPORT_ERRORS,
  ...ALERT_ERRORS,
  ...MIRROR_ERRORS,
  ...RELEASE_ERRORS,
  ...RESTORE_POINT_ERRORS,
  ...SECRET_ERRORS,
  ...BACKUP_ERRORS,
  ...AUDIT_ERRORS,
  ...POSTGRES_ERRORS,
  ...UPDATE_ERRORS,
  'FW-CANCELLED': { exit: EXIT.cancelled, summary: 'The run was interrupted.' },
  'FW-BUG': { exit: EXIT.bug, summary: 'An error nobody declared: a bug in the installer.' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERROR_CATALOG;

/** What a thrown error looks like in `--json` output. */
export type ErrorReport = { code: string; message: string; hint: string; details?: string[] };

/**
 * An error a person can act on. `message` says what happened, `hint` names the next command to type,
 * `details` are further lines (places in a file, a container's last log lines).
 */
export class FactswayError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: readonly string[];
  /** The catalogue's, unless the error happened half way and everything was put back. */
  readonly exitCode: ExitCode;

  constructor(
    code: ErrorCode,
    message: string,
    hint: string,
    details: readonly string[] = [],
    exitCode?: ExitCode,
  ) {
    super(message);
    this.name = 'FactswayError';
    this.code = code;
    this.hint = hint;
    this.details = details;
    this.exitCode = exitCode ?? ERROR_CATALOG[code].exit;
  }

  /** Every error there is to tell, this one first. */
  get all(): readonly FactswayError[] {
    return [this];
  }

  report(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.details.length > 0 ? { details: [...this.details] } : {}),
    };
  }
}

/** Several errors of the same kind of thing, told together; the first is the one that counts. */
class FactswayErrors extends FactswayError {
  readonly #all: readonly FactswayError[];

  constructor(first: FactswayError, others: readonly FactswayError[]) {
    super(first.code, first.message, first.hint, first.details, first.exitCode);
    this.#all = [first, ...others].flatMap(({ all }) => all);
  }

  override get all(): readonly FactswayError[] {
    return this.#all;
  }
}

/** Errors found side by side as one that can be thrown. */
export function together(first: FactswayError, others: readonly FactswayError[]): FactswayError {
  return others.length === 0 ? first : new FactswayErrors(first, others);
}

/** As Promise.all, but with the errors of all that failed, together. */
export async function allOrErrors<T extends readonly Promise<unknown>[] | []>(
  works: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled<unknown>(works);
  const reasons = results.flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  );
  const [first, ...others] = reasons.filter((reason) => reason instanceof FactswayError);
  // A bug goes before whatever a person could mend.
  if (first && others.length + 1 === reasons.length) throw together(first, others);
  return Promise.all(works);
}

/** Any thrown value as a FactswayError: what nobody declared becomes FW-BUG with its stack in the details. */
export function toFactswayError(thrown: unknown): FactswayError {
  if (thrown instanceof FactswayError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return new FactswayError(
    'FW-BUG',
    `Unexpected error: ${error.message}`,
    'Run the command again with --verbose and send us the output.',
    (error.stack ?? '').split('\n').slice(1, 12),
  );
}
