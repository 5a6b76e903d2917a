import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { GOOD_ENV } from './test-support.ts';

function variableAtFault(env: Record<string, string>, build?: string): string | undefined {
  try {
    readConfig({ ...GOOD_ENV, ...env }, build);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.variable;
    throw error;
  }
}

describe('the environment', () => {
  it('as the contract has it is accepted', () => {
    expect(variableAtFault({})).toBeUndefined();
    expect(variableAtFault({ LOG_LEVEL: '', DRAIN_SECONDS: '0.5' })).toBeUndefined();
  });

  it.each([
    ['DEPLOYMENT_ENV', 'laptop'],
    ['SERVICE_NAME', 'records-service'],
    ['SERVICE_NAME', ''],
    ['PORT', '0'],
    ['PORT', 'http'],
    ['LOG_LEVEL', 'loud'],
    ['POSTGRES_HOST', ''],
    ['POSTGRES_PORT', '99999'],
    ['POSTGRES_DB', ''],
    ['POSTGRES_USER', ''],
    ['POSTGRES_PASSWORD', ''],
    ['POSTGRES_PASSWORD_FILE', '/nowhere/password'],
    ['POSTGRES_POOL_MAX', '-1'],
    ['DRAIN_SECONDS', 'soon'],
    ['SHUTDOWN_DEADLINE_SECONDS', '-1'],
    ['RECORDS_SERVICE_URL', 'records:3001'],
  ])('with %s=%s names that variable', (name, value) => {
    expect(variableAtFault({ [name]: value })).toBe(name);
  });

  it('of another release than the build is refused', () => {
    expect(variableAtFault({ APP_VERSION: '1.0.0' }, '1.1.0')).toBe('APP_VERSION');
    expect(variableAtFault({ APP_VERSION: '1.1.0' }, '1.1.0')).toBeUndefined();
  });

  it('switches faults on only with REFERENCE_FAULTS=on', () => {
    const env = { ...GOOD_ENV, FAULT_ERROR_RATE: '0.5' };
    expect(readConfig(env, undefined).faults).toBeUndefined();
    expect(readConfig({ ...env, REFERENCE_FAULTS: 'true' }, undefined).faults).toBeUndefined();
    expect(readConfig({ ...env, REFERENCE_FAULTS: 'on' }, undefined).faults).toMatchObject({
      error_rate: 0.5,
    });
  });
});
