/** What a command did, printed as the last line of stdout. Source: docs/platform-contract.md. */
export interface MigrateResult {
  readonly event: 'migrate.result';
  readonly command: string;
  readonly ok: boolean;
  /** The release this image belongs to. */
  readonly version: string;
  /** Head of the ledger before and after: the last migration applied, or null for none. */
  readonly before: string | null;
  readonly after: string | null;
  /** Migrations this run applied and that are still applied. */
  readonly applied: readonly string[];
  /** Migrations this run took back, latest first: asked for by `down`, or after a failure. */
  readonly reverted: readonly string[];
  /** Migrations of this release that are not applied. */
  readonly pending: readonly string[];
  /** Migrations in the ledger that belong to a later release than this image. */
  readonly newer: readonly string[];
  readonly failed: Failure | null;
  /** After a failure: is the database as it was before this run? null when nothing failed. */
  readonly restored: boolean | null;
  readonly code: FailureCode | null;
  readonly message: string | null;
  /** What to do next, for the person who reads it. */
  readonly hint: string | null;
}

export interface Failure {
  readonly migration: string | null;
  readonly reason: string;
  readonly sqlState: string | null;
  readonly detail: string | null;
}

export type FailureCode =
  | 'FW-MIGRATION-USAGE'
  | 'FW-MIGRATION-CONFIG'
  | 'FW-MIGRATION-PENDING'
  | 'FW-MIGRATION-FAILED'
  | 'FW-MIGRATION-NOT-RESTORED'
  | 'FW-MIGRATION-INVALID'
  | 'FW-MIGRATION-EDITED'
  | 'FW-MIGRATION-MISSING'
  | 'FW-MIGRATION-OUT-OF-ORDER'
  | 'FW-MIGRATION-CONTRACT'
  | 'FW-MIGRATION-SCHEMA-NEWER'
  | 'FW-MIGRATION-LOCKED'
  | 'FW-MIGRATION-INTERRUPTED'
  | 'FW-DB-UNREACHABLE'
  | 'FW-DB-REFUSED';

/** Codes that have an exit code of their own; every other failure is 5, or 6 if not put back. */
const EXIT_CODES: Readonly<Partial<Record<FailureCode, number>>> = {
  'FW-MIGRATION-USAGE': 2,
  'FW-MIGRATION-CONFIG': 2,
  'FW-MIGRATION-PENDING': 3,
  'FW-MIGRATION-NOT-RESTORED': 6,
};

/** Exit codes shared with the installer: 2 usage, 3 a check failed, 5 put back, 6 needs a person. */
export function exitCodeOf(result: MigrateResult): number {
  if (result.ok) return 0;
  const own = result.code === null ? undefined : EXIT_CODES[result.code];
  return own ?? (result.restored === false ? 6 : 5);
}

/** A failure that is known by its code before or while migrations run. */
export class MigrateError extends Error {
  readonly code: FailureCode;
  readonly hint: string | null;
  readonly failed: Failure | null;

  constructor(code: FailureCode, message: string, hint: string | null, failed?: Failure) {
    super(message);
    this.name = 'MigrateError';
    this.code = code;
    this.hint = hint;
    this.failed = failed ?? null;
  }
}

/** The facts of a run from which its result line is made. */
export type RunFacts = Pick<MigrateResult, 'command' | 'version'> &
  Partial<Pick<MigrateResult, 'before' | 'after' | 'applied' | 'reverted' | 'pending' | 'newer'>>;

/** A result line; without `error` the command succeeded. */
export function resultOf(
  facts: RunFacts,
  error?: MigrateError,
  restored: boolean | null = null,
): MigrateResult {
  return {
    event: 'migrate.result',
    command: facts.command,
    ok: error === undefined,
    version: facts.version,
    before: facts.before ?? null,
    after: facts.after ?? null,
    applied: facts.applied ?? [],
    reverted: facts.reverted ?? [],
    pending: facts.pending ?? [],
    newer: facts.newer ?? [],
    failed: error?.failed ?? null,
    restored,
    code: error?.code ?? null,
    message: error?.message ?? null,
    hint: error?.hint ?? null,
  };
}
