import type { Kind, MigrationFile } from './migration-file.ts';
import { compareReleases } from './release.ts';
import { MigrateError } from './result.ts';

/** One row of the ledger in the database. */
export interface LedgerRow {
  readonly name: string;
  readonly sha256: string;
  readonly release: string;
  readonly kind: Kind;
}

/** How the database stands to the files of this image. */
export interface Standing {
  /** Applied migrations that this image has, in order. */
  readonly applied: readonly MigrationFile[];
  readonly pending: readonly MigrationFile[];
  /** Rows of a later release than this image, which it has no file for. */
  readonly newer: readonly LedgerRow[];
}

/**
 * Compares ledger and files.
 *
 * @throws MigrateError when an applied migration was edited or is missing, or when one that is not
 *   applied precedes one that is
 */
export function compareWithLedger(
  ledger: readonly LedgerRow[],
  files: readonly MigrationFile[],
  version: string,
): Standing {
  const byName = new Map(files.map((file) => [file.name, file]));
  const applied: MigrationFile[] = [];
  const newer: LedgerRow[] = [];
  for (const row of ledger) {
    const file = byName.get(row.name);
    if (file === undefined) {
      if (compareReleases(row.release, version) <= 0) throw missing(row, version);
      newer.push(row);
    } else {
      if (file.sha256 !== row.sha256) throw edited(row, file);
      applied.push(file);
    }
  }
  const appliedNames = new Set(applied.map((file) => file.name));
  const pending = files.filter((file) => !appliedNames.has(file.name));
  const last = ledger.at(-1)?.name ?? '';
  const late = pending.find((file) => file.name < last);
  if (late !== undefined) throw outOfOrder(late, last);
  return { applied, pending, newer };
}

/**
 * What `up` will run.
 *
 * @throws MigrateError when a contract migration would be run without leave, or was run by a later
 *   release that this image cannot serve after
 */
export function planUp(standing: Standing, allowContract: boolean): readonly MigrationFile[] {
  const newerContract = standing.newer.find((row) => row.kind === 'contract');
  if (newerContract !== undefined) {
    throw new MigrateError(
      'FW-MIGRATION-SCHEMA-NEWER',
      `The database was changed by ${newerContract.name} of release ${newerContract.release}, which removes what this release needs.`,
      'Run the later release, or restore the backup taken before it was installed.',
      { migration: newerContract.name, reason: 'contract', sqlState: null, detail: null },
    );
  }
  // On an empty database there is no earlier release that could still be rolled back to.
  const fresh = standing.applied.length === 0 && standing.newer.length === 0;
  const contract = standing.pending.find((file) => file.kind === 'contract');
  if (contract !== undefined && !allowContract && !fresh) {
    throw new MigrateError(
      'FW-MIGRATION-CONTRACT',
      `${contract.name} is a contract migration: after it the previous release cannot serve, and no migration was run.`,
      'Once going back to the previous release is ruled out, run it with --allow-contract.',
      { migration: contract.name, reason: 'contract', sqlState: null, detail: null },
    );
  }
  return standing.pending;
}

/**
 * What `down` (target undefined: one step) or `down-to NAME` (NAME stays; "0": all) takes back,
 * latest first.
 *
 * @throws MigrateError when the target is unknown or a step cannot be undone by this image
 */
export function planDown(
  standing: Standing,
  target: string | undefined,
  allowContract: boolean,
): readonly MigrationFile[] {
  const newest = standing.newer.at(-1);
  if (newest !== undefined) {
    throw new MigrateError(
      'FW-MIGRATION-SCHEMA-NEWER',
      `${newest.name} of release ${newest.release} is applied, and this image does not have it.`,
      `Run the command with the migrations image of release ${newest.release}.`,
      { migration: newest.name, reason: 'not in this image', sqlState: null, detail: null },
    );
  }
  const steps = standing.applied.slice(keptCount(standing, target)).toReversed();
  const oneWay = steps.find((file) => file.down === undefined);
  if (oneWay !== undefined) {
    throw new MigrateError(
      'FW-MIGRATION-CONTRACT',
      `${oneWay.name} has no down part: it cannot be undone, and nothing was taken back.`,
      'Restore the backup taken before it was applied.',
      { migration: oneWay.name, reason: 'no down part', sqlState: null, detail: null },
    );
  }
  const contract = steps.find((file) => file.kind === 'contract');
  if (contract !== undefined && !allowContract) {
    throw new MigrateError(
      'FW-MIGRATION-CONTRACT',
      `${contract.name} is a contract migration: its down part brings columns back empty.`,
      'Restore the backup taken before it, or accept the loss with --allow-contract.',
      { migration: contract.name, reason: 'contract', sqlState: null, detail: null },
    );
  }
  return steps;
}

function keptCount(standing: Standing, target: string | undefined): number {
  if (target === '0') return 0;
  if (target === undefined) return Math.max(0, standing.applied.length - 1);
  const name = target.replace(/\.sql$/, '');
  const at = standing.applied.findIndex((file) => file.name === name);
  if (at >= 0) return at + 1;
  throw new MigrateError(
    'FW-MIGRATION-USAGE',
    `${name} is not applied, so there is no way down to it.`,
    `Applied: ${standing.applied.map((file) => file.name).join(', ') || 'none'}.`,
  );
}

function edited(row: LedgerRow, file: MigrationFile): MigrateError {
  return new MigrateError(
    'FW-MIGRATION-EDITED',
    `Migration ${row.name} was edited after it had been applied.`,
    'Put the original file back and write the change as a new migration.',
    {
      migration: row.name,
      reason: 'edited',
      sqlState: null,
      detail: `applied sha256 ${row.sha256}, file sha256 ${file.sha256}`,
    },
  );
}

function missing(row: LedgerRow, version: string): MigrateError {
  return new MigrateError(
    'FW-MIGRATION-MISSING',
    `Migration ${row.name} of release ${row.release} is applied, but this image of ${version} has no such file.`,
    'Use the unmodified migrations image of this release.',
    { migration: row.name, reason: 'missing', sqlState: null, detail: null },
  );
}

function outOfOrder(late: MigrationFile, last: string): MigrateError {
  return new MigrateError(
    'FW-MIGRATION-OUT-OF-ORDER',
    `Migration ${late.name} is not applied, but the later ${last} is.`,
    'Give the new migration a number after the last one that was released.',
    { migration: late.name, reason: 'out of order', sqlState: null, detail: null },
  );
}
