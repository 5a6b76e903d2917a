import { describe, expect, it } from 'vitest';
import type { MigrationStatus } from '../facts.ts';
import { analyseMigrations } from './migrations.ts';

describe('migrations', () => {
  const status = (
    exitCode: number,
    result: Partial<NonNullable<MigrationStatus['result']>> | undefined,
  ) =>
    analyseMigrations({
      exitCode,
      result: result && { after: '0003_x', pending: [], code: null, ...result },
      output: 'a\nb\n',
    });

  it('at the head pass', () => {
    expect(status(0, {})).toMatchObject({
      status: 'pass',
      found: 'the schema is at 0003_x, nothing is pending',
    });
  });

  it.each([
    [1, { pending: ['0004_y', '0005_z'] }, '2 migrations are pending: 0004_y, 0005_z'],
    [
      1,
      { code: 'FW-MIGRATION-EDITED' },
      'the migrations do not agree with the database (FW-MIGRATION-EDITED)',
    ],
    [7, undefined, 'the migrations do not agree with the database (exit code 7)'],
    [0, undefined, 'the migrations do not agree with the database (exit code 0)'],
  ])('exit code %i with %o', (exitCode, result, found) => {
    expect(status(exitCode, result)).toMatchObject({ status: 'fail', found });
  });
});
