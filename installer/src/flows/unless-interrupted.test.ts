import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { unlessInterrupted } from './unless-interrupted.ts';

describe('work that only reads', () => {
  it('gives its result, and its error', async () => {
    const { signal } = new AbortController();
    expect(await unlessInterrupted(Promise.resolve(7), signal)).toBe(7);
    const failing = unlessInterrupted(Promise.reject(new Error('broken')), signal);
    await expect(failing).rejects.toThrow('broken');
  });

  it('is not waited for once Ctrl-C was pressed', async () => {
    const abort = new AbortController();
    const ended = unlessInterrupted(new Promise<void>(() => undefined), abort.signal);
    abort.abort();
    const error = await rejectionOf(ended);
    expect([error.code, error.exitCode]).toEqual(['FW-CANCELLED', 130]);
  });

  it('does not count when Ctrl-C came first', async () => {
    expect(
      (await rejectionOf(unlessInterrupted(Promise.resolve(), AbortSignal.abort()))).code,
    ).toBe('FW-CANCELLED');
  });
});
