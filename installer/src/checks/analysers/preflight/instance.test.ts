import { describe, expect, it } from 'vitest';
import { judge, lineOf } from '../../../../../test/fakes/preflight.ts';
import type { SecretFileFacts } from '../../facts-preflight.ts';
import { project } from './project.ts';
import { secretFiles } from './secret-files.ts';

describe('project', () => {
  it.each([
    [[], 0, 'pass: nobody uses the name "factsway"'],
    [[], 16, 'pass: 16 containers of "factsway", all from here'],
    [
      ['/srv/old'],
      16,
      'fail FW-PROJECT-FOREIGN: Compose project "factsway" already runs from /srv/old',
    ],
  ])('%j', (elsewhere, containers, line) => {
    expect(lineOf(judge(project, () => ({ project: { elsewhere, containers } })))).toBe(line);
  });
});

describe('secret-files', () => {
  type File = SecretFileFacts['files'][number];
  const of = (...files: readonly (Partial<File> & Pick<File, 'state'>)[]) =>
    judge(secretFiles, () => ({
      secrets: {
        files: files.map((file, index) => ({ name: `s${index}`, unlocks: undefined, ...file })),
      },
    }));

  it.each([
    [of({ state: 'absent' }), 'pass: 1 secret will be made'],
    [of({ state: 'fine' }, { state: 'absent' }), 'pass: 1 of 2 are there; the others will be made'],
    [of({ state: 'empty' }), 'fail FW-SECRET-INVALID: secrets/s0 is empty'],
    [
      of({ state: 'empty' }, { state: 'unreadable' }),
      'fail FW-SECRET-INVALID: secrets/s1 cannot be read by this user',
    ],
    [
      of({ state: 'closed' }, { state: 'fine' }),
      'warn: secrets/s0 cannot be read by the container that needs it',
    ],
    [
      of({ state: 'absent', unlocks: 'postgres-data' }),
      'fail FW-SECRET-LOST: secrets/s0 is missing, but the volume postgres-data it belongs to still holds data',
    ],
    [of({ state: 'fine', unlocks: 'postgres-data' }), 'pass: all are there'],
  ])('%#: %s', (verdict, line) => {
    expect(lineOf(verdict)).toBe(line);
  });
});
