import { describe, expect, it } from 'vitest';
import { parseCommand, readConfig } from './config.ts';
import { exitCodeOf, MigrateError, resultOf } from './result.ts';

const ENV = {
  POSTGRES_HOST: 'postgres',
  POSTGRES_DB: 'factsway',
  POSTGRES_USER: 'factsway_owner',
  POSTGRES_PASSWORD: 'p',
};

describe('the command line', () => {
  it.each([
    [['up'], { name: 'up', target: undefined, allowContract: false }],
    [['up', '--allow-contract'], { name: 'up', target: undefined, allowContract: true }],
    [['down-to', '0'], { name: 'down-to', target: '0', allowContract: false }],
    [['status'], { name: 'status', target: undefined, allowContract: false }],
  ])('%j is understood', (args, command) => {
    expect(parseCommand(args)).toEqual(command);
  });

  it.each([[[]], [['sideways']], [['up', 'now']], [['down-to']], [['down-to', 'a', 'b']]])(
    '%j is a usage error',
    (args) => {
      expect(() => parseCommand(args)).toThrow(MigrateError);
    },
  );
});

describe('the environment', () => {
  it.each(['POSTGRES_HOST', 'POSTGRES_DB', 'POSTGRES_USER', 'POSTGRES_PASSWORD'])(
    'without %s names it',
    (name) => {
      expect(() => readConfig({ ...ENV, [name]: '' }, '1.0.0')).toThrow(name);
    },
  );

  it('of another release than the program is refused', () => {
    expect(() => readConfig({ ...ENV, APP_VERSION: '1.1.0' }, '1.0.0')).toThrow('APP_VERSION');
  });

  it.each([
    ['POSTGRES_PORT', '99999'],
    ['POSTGRES_PORT', '54.32'],
    ['POSTGRES_PASSWORD_FILE', '/nowhere/password'],
    ['POSTGRES_PASSWORD_FILE', '/dev/null'],
    ['MIGRATE_LOCK_WAIT_SECONDS', 'soon'],
    ['LOG_LEVEL', 'loud'],
  ])('with %s=%s names that variable', (name, value) => {
    expect(() => readConfig({ ...ENV, [name]: value }, '1.0.0')).toThrow(name);
  });

  it('with an empty LOG_LEVEL has the default', () => {
    expect(readConfig({ ...ENV, LOG_LEVEL: '' }, '1.0.0').logLevel).toBe('info');
  });

  it('allows contract migrations only by the word true', () => {
    expect(readConfig({ ...ENV, ALLOW_CONTRACT: '1' }, '1.0.0').allowContract).toBe(false);
    expect(readConfig({ ...ENV, ALLOW_CONTRACT: 'true' }, '1.0.0').allowContract).toBe(true);
  });
});

describe('the exit code', () => {
  const facts = { command: 'up', version: '1.0.0' };
  const failed = new MigrateError('FW-MIGRATION-FAILED', 'm', null);

  it('tells success, pending, put back and not put back apart', () => {
    expect(exitCodeOf(resultOf(facts))).toBe(0);
    expect(exitCodeOf(resultOf(facts, new MigrateError('FW-MIGRATION-USAGE', 'm', null)))).toBe(2);
    expect(exitCodeOf(resultOf(facts, new MigrateError('FW-MIGRATION-PENDING', 'm', null)))).toBe(
      3,
    );
    expect(exitCodeOf(resultOf(facts, failed, true))).toBe(5);
    expect(exitCodeOf(resultOf(facts, failed, false))).toBe(6);
    const edited = new MigrateError('FW-MIGRATION-EDITED', 'm', null);
    expect(exitCodeOf(resultOf(facts, edited))).toBe(5);
  });
});
