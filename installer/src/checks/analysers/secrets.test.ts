import { describe, expect, it } from 'vitest';
import type { SecretFacts } from '../facts.ts';
import { analyseSecrets } from './secrets.ts';

describe('secrets', () => {
  const GOOD: SecretFacts = {
    directoryMode: 0o700,
    files: [{ name: 's', mode: 0o440, empty: false }],
    exposed: [],
  };

  it('behind a closed door pass', () => {
    expect(analyseSecrets(GOOD).status).toBe('pass');
    expect(
      analyseSecrets({ ...GOOD, files: [{ name: 's', mode: 0o444, empty: false }] }).status,
    ).toBe('pass');
  });

  it.each<[Partial<SecretFacts>, string]>([
    [{ directoryMode: 0o755 }, 'secrets/ is 0755, not 0700'],
    [{ directoryMode: undefined }, 'secrets/ is missing, not 0700'],
    [{ files: [{ name: 's', mode: undefined, empty: true }] }, 'secrets/s is missing'],
    [{ files: [{ name: 's', mode: 0o400, empty: true }] }, 'secrets/s is empty'],
    [
      { files: [{ name: 's', mode: 0o444, owned: true, empty: false }] },
      'secrets/s is 0444: others may read it',
    ],
    [
      { files: [{ name: 's', mode: 0, closedTo: [70], empty: false }] },
      'secrets/s is 0000 and closed to user 70 of its container',
    ],
    [
      { files: [{ name: 's', mode: 0o460, empty: false }] },
      'secrets/s is 0460: others may write it',
    ],
    [
      { files: [{ name: 's', mode: 0o602, empty: false }] },
      'secrets/s is 0602: others may write it',
    ],
    [
      { exposed: ['edge PGPASSWORD'] },
      'the value of a secret is visible in the environment of edge PGPASSWORD',
    ],
  ])('%o', (change, finding) => {
    expect(analyseSecrets({ ...GOOD, ...change })).toMatchObject({
      status: 'fail',
      details: [finding],
    });
  });
});
