import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { calling, finding } from './docker-calls.ts';

/** As dockerode throws it. */
const answer =
  (statusCode: number, message: string): (() => Promise<string>) =>
  () =>
    Promise.reject(Object.assign(new Error(message), { statusCode, json: { message } }));
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe('a call of the engine', () => {
  it('gives what the engine gives', async () => {
    expect(await calling(async () => 1)).toBe(1);
    expect(await finding(async () => 2)).toBe(2);
  });

  it.each([404, 304])('that looks for something finds nothing with %i', async (status) => {
    expect(await finding(answer(status, 'No such container: x'))).toBeUndefined();
  });

  it('about what is there is refused where it has gone in the meantime, and the same command helps', async () => {
    const error = await rejectionOf(calling(answer(404, 'No such container: x')));
    expect([error.code, error.message]).toEqual([
      'FW-DOCKER-COMMAND',
      'Docker refused: No such container: x.',
    ]);
    expect(error.hint).toContain('Run the command again');
  });

  it.each([finding, calling])('passes on what the engine refuses: %o', async (call) => {
    const error = await rejectionOf(call(answer(409, 'name is taken')));
    expect([error.code, error.message]).toEqual([
      'FW-DOCKER-COMMAND',
      'Docker refused: name is taken.',
    ]);
  });

  it.each([
    ['ENOENT', /No Docker Engine answers \(ENOENT\)/],
    ['EACCES', /may not use the Docker socket/],
  ])('tells that nobody answers: %s', async (code, message) => {
    for (const call of [finding, calling]) {
      const error = await rejectionOf(call(failing(code)));
      expect(error.code).toBe('FW-DOCKER-UNREACHABLE');
      expect(error.message).toMatch(message);
    }
  });

  it('leaves what is no answer of the engine as it is', async () => {
    await expect(calling(() => Promise.reject(new TypeError('ours')))).rejects.toThrow(TypeError);
  });
});
