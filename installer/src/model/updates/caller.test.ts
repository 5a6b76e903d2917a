import { describe, expect, it } from 'vitest';
import { describeCaller, jobOf } from './caller.ts';

const GITHUB = {
  CI: 'true',
  GITHUB_ACTOR: 'octocat',
  GITHUB_TRIGGERING_ACTOR: 'hubot',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'firm/app',
  GITHUB_RUN_ID: '7',
};
const AT = { user: 'runner', host: 'build-7' };

describe('a job', () => {
  it.each([
    ['none', {}, {}],
    ['none, where a service is not known', { CI: 'true' }, {}],
    [
      'of GitHub, by whoever ran it again',
      GITHUB,
      { job: 'https://github.com/firm/app/actions/runs/7', startedBy: 'hubot' },
    ],
    [
      'of GitLab',
      { CI_JOB_URL: 'https://gitlab.example/j/1', GITLAB_USER_LOGIN: 'kim' },
      { job: 'https://gitlab.example/j/1', startedBy: 'kim' },
    ],
    [
      'of Azure',
      {
        SYSTEM_COLLECTIONURI: 'https://dev.azure.com/f/',
        SYSTEM_TEAMPROJECT: 'p',
        BUILD_BUILDID: '3',
      },
      { job: 'https://dev.azure.com/f/p/_build/results?buildId=3' },
    ],
    ['of Jenkins', { BUILD_URL: 'https://ci/1', BUILD_USER_ID: '' }, { job: 'https://ci/1' }],
  ])('is %s', (_, env, found) => {
    expect(jobOf(env)).toEqual(found);
  });
});

it('is told in one line, the job before the machine it ran on', () => {
  expect(describeCaller(AT)).toBe('runner on build-7');
  expect(
    describeCaller({ ...AT, ...jobOf(GITHUB), awsKeyId: 'ASIAEXAMPLE', awsAccount: '123' }),
  ).toBe('hubot in https://github.com/firm/app/actions/runs/7, with AWS key ASIAEXAMPLE of 123');
  expect(describeCaller({ ...AT, job: 'https://ci/1' })).toBe('runner in https://ci/1');
});
