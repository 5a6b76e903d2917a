import { afterEach, expect, it, vi } from 'vitest';
import { callersBy } from './caller.ts';

afterEach(() => void vi.unstubAllEnvs());

it('says the public half of the access key, never the other, and who typed sudo', async () => {
  vi.stubEnv('SUDO_USER', 'kim');
  const access = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'secret-half',
    sessionToken: 'secret-token',
  };
  const found = await callersBy(() => Promise.resolve(access)).caller('eu-central-1');
  expect(found.awsKeyId).toBe('AKIDEXAMPLE');
  expect(found.user).toMatch(/^kim as /);
  expect(JSON.stringify(found)).not.toContain('secret-');
});

it('is found out without access as well', async () => {
  const none = callersBy(() => Promise.reject(new Error('Could not load credentials')));
  const found = await none.caller('eu-central-1');
  expect(found.awsKeyId).toBeUndefined();
  expect(found.host).not.toBe('');
});
