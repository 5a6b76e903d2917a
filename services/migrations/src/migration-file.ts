import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigrateError } from './result.ts';
import { isRelease } from './release.ts';

export type Kind = 'expand' | 'contract';

/** One file of `sql/`, read and understood. */
export interface MigrationFile {
  /** The file name without `.sql`; its identity in the ledger. */
  readonly name: string;
  readonly release: string;
  readonly kind: Kind;
  readonly sha256: string;
  readonly up: string;
  /** undefined for a contract migration that cannot be undone. */
  readonly down: string | undefined;
}

const FILE_NAME = /^\d{4}_[a-z\d_]+\.sql$/;
const HEADER = /^-- factsway: release=(\S+) kind=(expand|contract)\s*$/m;
/** node-pg-migrate's markers of the two parts of an SQL migration. */
const UP_MARK = /^\s*--[\s-]*up\s+migration.*$/im;
const DOWN_MARK = /^\s*--[\s-]*down\s+migration.*$/im;
/** The runner opens and commits the transaction; a file that does so itself would escape from it. */
const TRANSACTION = /^\s*(begin|commit|rollback|start\s+transaction|end)(\s+\w+)?\s*;/im;

/** Reads every `NNNN_name.sql` of a directory, in order. @throws MigrateError FW-MIGRATION-INVALID */
export function readMigrations(directory: string): MigrationFile[] {
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  } catch {
    throw new MigrateError(
      'FW-MIGRATION-CONFIG',
      `The migrations directory ${directory} cannot be read.`,
      'Set MIGRATIONS_DIR to the directory that holds the .sql files.',
    );
  }
  const files = names
    .sort()
    .map((name) => parseMigration(name, readFileSync(join(directory, name), 'utf8')));
  refuseSharedNumbers(files);
  return files;
}

/** Parses one file. @throws MigrateError FW-MIGRATION-INVALID naming the file and what is wrong */
export function parseMigration(fileName: string, text: string): MigrationFile {
  const name = fileName.replace(/\.sql$/, '');
  if (!FILE_NAME.test(fileName)) throw invalid(name, 'the name is not NNNN_lower_case.sql');
  const header = HEADER.exec(text);
  const [release, kind] = [header?.[1], header?.[2]];
  if (release === undefined || (kind !== 'expand' && kind !== 'contract')) {
    throw invalid(name, 'the line "-- factsway: release=X.Y.Z kind=expand|contract" is absent');
  }
  if (!isRelease(release)) throw invalid(name, `"${release}" is not a release`);
  const [upAt, downAt] = [text.search(UP_MARK), text.search(DOWN_MARK)];
  if (upAt < 0) throw invalid(name, 'the line "-- Up Migration" is absent');
  if (downAt >= 0 && downAt < upAt) throw invalid(name, 'the down part precedes the up part');
  if (downAt < 0 && kind === 'expand') throw invalid(name, 'an expand migration has no down part');
  if (TRANSACTION.test(text)) throw invalid(name, 'it opens or ends a transaction itself');
  return {
    name,
    release,
    kind,
    sha256: createHash('sha256').update(text).digest('hex'),
    up: text.slice(upAt, downAt < 0 ? undefined : downAt),
    down: downAt < 0 ? undefined : text.slice(downAt),
  };
}

function refuseSharedNumbers(files: readonly MigrationFile[]): void {
  for (const [index, file] of files.entries()) {
    const previous = files[index - 1];
    if (previous?.name.slice(0, 4) === file.name.slice(0, 4)) {
      throw invalid(file.name, `it has the same number as ${previous.name}`);
    }
  }
}

function invalid(name: string, problem: string): MigrateError {
  return new MigrateError(
    'FW-MIGRATION-INVALID',
    `Migration ${name} is not usable: ${problem}.`,
    'Correct the file and build the migrations image again.',
    { migration: name, reason: problem, sqlState: null, detail: null },
  );
}
