import { describe, expect, it } from 'vitest';
import { parseMigration, type Kind, type MigrationFile } from './migration-file.ts';
import { compareWithLedger, planDown, planUp, type LedgerRow } from './plan.ts';
import { MigrateError } from './result.ts';

function file(name: string, release = '1.0.0', kind: Kind = 'expand', down = true): MigrationFile {
  const downPart = down ? '\n-- Down Migration\nSELECT 2;\n' : '';
  const text = `-- factsway: release=${release} kind=${kind}\n-- Up Migration\nSELECT '${name}';${downPart}`;
  return parseMigration(`${name}.sql`, text);
}

const A = file('0001_a');
const B = file('0002_b');
const C = file('0003_c', '1.1.0');
const X = file('0004_x', '1.2.0', 'contract');

const rows = (...files: MigrationFile[]): LedgerRow[] =>
  files.map(({ name, sha256, release, kind }) => ({ name, sha256, release, kind }));

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'no error';
  } catch (error) {
    if (!(error instanceof MigrateError)) throw error;
    return `${error.code} ${error.failed?.migration ?? ''}`.trim();
  }
}

const names = (files: readonly { readonly name: string }[]) => files.map(({ name }) => name);

describe('comparing ledger and files', () => {
  it('finds what is applied, pending and newer', () => {
    const standing = compareWithLedger(rows(A, C), [A], '1.0.0');
    expect([names(standing.applied), names(standing.pending), names(standing.newer)]).toEqual([
      ['0001_a'],
      [],
      ['0003_c'],
    ]);
    expect(names(compareWithLedger(rows(A), [A, B, C], '1.1.0').pending)).toEqual([
      '0002_b',
      '0003_c',
    ]);
  });

  it('names an edited migration', () => {
    const edited = { ...B, sha256: 'other' };
    expect(codeOf(() => compareWithLedger(rows(A, B), [A, edited], '1.0.0'))).toBe(
      'FW-MIGRATION-EDITED 0002_b',
    );
  });

  it('names a missing migration of this release or an earlier one', () => {
    expect(codeOf(() => compareWithLedger(rows(A, B), [A], '1.0.0'))).toBe(
      'FW-MIGRATION-MISSING 0002_b',
    );
  });

  it('names a migration that comes too late', () => {
    expect(codeOf(() => compareWithLedger(rows(A, C), [A, B, C], '1.1.0'))).toBe(
      'FW-MIGRATION-OUT-OF-ORDER 0002_b',
    );
    expect(codeOf(() => compareWithLedger(rows(A, C), [A, B], '1.0.0'))).toBe(
      'FW-MIGRATION-OUT-OF-ORDER 0002_b',
    );
  });
});

describe('up', () => {
  const standing = (ledger: MigrationFile[], files: MigrationFile[], version: string) =>
    compareWithLedger(rows(...ledger), files, version);

  it('runs what is pending, in order', () => {
    expect(names(planUp(standing([A], [A, B, C], '1.1.0'), false))).toEqual(['0002_b', '0003_c']);
  });

  it('has nothing to do on an expanded schema of a later release', () => {
    expect(planUp(standing([A, B, C], [A, B], '1.0.0'), false)).toEqual([]);
  });

  it('refuses to serve after a contract migration of a later release', () => {
    expect(codeOf(() => planUp(standing([A, B, C, X], [A, B, C], '1.1.0'), true))).toBe(
      'FW-MIGRATION-SCHEMA-NEWER 0004_x',
    );
  });

  it('runs a contract migration only with leave, or on an empty database', () => {
    const upgrade = standing([A], [A, B, C, X], '1.2.0');
    expect(codeOf(() => planUp(upgrade, false))).toBe('FW-MIGRATION-CONTRACT 0004_x');
    expect(names(planUp(upgrade, true))).toEqual(['0002_b', '0003_c', '0004_x']);
    expect(planUp(standing([], [A, B, C, X], '1.2.0'), false)).toHaveLength(4);
  });
});

describe('down', () => {
  const all = compareWithLedger(rows(A, B, C), [A, B, C], '1.1.0');

  it.each([
    [undefined, ['0003_c']],
    ['0001_a', ['0003_c', '0002_b']],
    ['0001_a.sql', ['0003_c', '0002_b']],
    ['0003_c', []],
    ['0', ['0003_c', '0002_b', '0001_a']],
  ])('to %s takes back %j', (target, expected) => {
    expect(names(planDown(all, target, false))).toEqual(expected);
  });

  it('refuses a target that is not applied', () => {
    expect(codeOf(() => planDown(all, '0009_z', false))).toBe('FW-MIGRATION-USAGE');
  });

  it('refuses with an image that lacks the latest migration', () => {
    const older = compareWithLedger(rows(A, B, C), [A, B], '1.0.0');
    expect(codeOf(() => planDown(older, undefined, false))).toBe(
      'FW-MIGRATION-SCHEMA-NEWER 0003_c',
    );
  });

  it('takes a contract migration back only with leave, and never without a down part', () => {
    const contracted = compareWithLedger(rows(A, X), [A, X], '1.2.0');
    expect(codeOf(() => planDown(contracted, undefined, false))).toBe(
      'FW-MIGRATION-CONTRACT 0004_x',
    );
    expect(names(planDown(contracted, undefined, true))).toEqual(['0004_x']);
    const oneWay = file('0004_x', '1.2.0', 'contract', false);
    const stuck = compareWithLedger(rows(A, oneWay), [A, oneWay], '1.2.0');
    expect(codeOf(() => planDown(stuck, undefined, true))).toBe('FW-MIGRATION-CONTRACT 0004_x');
  });
});
