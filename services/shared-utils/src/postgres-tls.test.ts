import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PostgresTlsError, readPostgresTls } from './postgres-tls.ts';

const directory = mkdtempSync(join(tmpdir(), 'postgres-tls-'));
const ca = join(directory, 'ca.crt');
writeFileSync(ca, 'the authority');
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('how to speak to PostgreSQL', () => {
  it('without a word about it nothing is encrypted', () => {
    expect(readPostgresTls({})).toBe(false);
    expect(readPostgresTls({ POSTGRES_SSLMODE: '' })).toBe(false);
    expect(readPostgresTls({ POSTGRES_SSLMODE: 'disable' })).toBe(false);
  });

  it('require encrypts and asks nobody who answers', () => {
    expect(readPostgresTls({ POSTGRES_SSLMODE: 'require' })).toEqual({ rejectUnauthorized: false });
  });

  it('verify-full trusts the authorities of Node.js, or the one that is named alone', () => {
    const env = { POSTGRES_SSLMODE: 'verify-full' };
    expect(readPostgresTls(env)).toEqual({ rejectUnauthorized: true });
    expect(readPostgresTls({ ...env, POSTGRES_SSLROOTCERT: ca })).toEqual({
      rejectUnauthorized: true,
      ca: 'the authority',
    });
  });

  it('a mode nobody knows and a file that is not there are said with their variable', () => {
    expect(() => readPostgresTls({ POSTGRES_SSLMODE: 'prefer' })).toThrow(PostgresTlsError);
    expect(() => readPostgresTls({ POSTGRES_SSLMODE: 'prefer' })).toThrow(
      /POSTGRES_SSLMODE is "prefer"; allowed: disable, require, verify-full/,
    );
    expect(() =>
      readPostgresTls({ POSTGRES_SSLMODE: 'verify-full', POSTGRES_SSLROOTCERT: '/nowhere' }),
    ).toThrow(/POSTGRES_SSLROOTCERT names \/nowhere/);
  });
});
