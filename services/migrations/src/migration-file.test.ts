import { describe, expect, it } from 'vitest';
import { parseMigration } from './migration-file.ts';
import { MigrateError } from './result.ts';

const HEADER = '-- factsway: release=1.0.0 kind=expand\n';
const UP = '-- Up Migration\nSELECT 1;\n';
const DOWN = '-- Down Migration\nSELECT 2;\n';

describe('a migration file', () => {
  it('is read into its parts', () => {
    const file = parseMigration('0001_a.sql', HEADER + UP + DOWN);
    expect(file).toMatchObject({ name: '0001_a', release: '1.0.0', kind: 'expand' });
    expect(file.up).toContain('SELECT 1');
    expect(file.up).not.toContain('SELECT 2');
    expect(file.down).toContain('SELECT 2');
  });

  it('has another digest after any change, a comment included', () => {
    const one = parseMigration('0001_a.sql', HEADER + UP + DOWN);
    const two = parseMigration('0001_a.sql', `${HEADER + UP}-- note\n${DOWN}`);
    expect(one.sha256).not.toBe(two.sha256);
  });

  it('may contain PL/pgSQL', () => {
    const body = `CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND\n$$;\n`;
    expect(parseMigration('0001_a.sql', HEADER + UP + body + DOWN).up).toContain('RETURN 1');
  });

  it.each([
    ['1_a.sql', HEADER + UP + DOWN, 'the name'],
    ['0001_A.sql', HEADER + UP + DOWN, 'the name'],
    ['0001_a.sql', UP + DOWN, 'factsway: release='],
    ['0001_a.sql', `-- factsway: release=1 kind=expand\n${UP}${DOWN}`, 'not a release'],
    ['0001_a.sql', `-- factsway: release=1.0.0 kind=maybe\n${UP}${DOWN}`, 'factsway: release='],
    ['0001_a.sql', `${HEADER}SELECT 1;\n${DOWN}`, 'Up Migration'],
    ['0001_a.sql', HEADER + DOWN + UP, 'precedes'],
    ['0001_a.sql', HEADER + UP, 'no down part'],
    ['0001_a.sql', `${HEADER}${UP}COMMIT;\n${DOWN}`, 'transaction'],
    ['0001_a.sql', `${HEADER}${UP}begin work;\n${DOWN}`, 'transaction'],
  ])('%s %j is refused: %s', (name, text, reason) => {
    expect(() => parseMigration(name, text)).toThrow(MigrateError);
    expect(() => parseMigration(name, text)).toThrow(reason);
  });
});
