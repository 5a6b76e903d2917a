import * as z from 'zod';

/** From where a change of an update server is made; beside the name that somebody gives, which anybody can. */
export const caller = z.object({
  user: z.string(),
  host: z.string(),
  /** Who set a job of a CI service off, and the address of that job. */
  startedBy: z.string().optional(),
  job: z.string().optional(),
  /** Of the access to AWS. No secret: CloudTrail names the role and its session by it. */
  awsKeyId: z.string().optional(),
  awsAccount: z.string().optional(),
});
export type Caller = z.infer<typeof caller>;

type Environment = Readonly<Record<string, string | undefined>>;

/** What CI services tell of a job: its address, and who set it off. Of each its own documentation of variables. */
const SERVICES: readonly ((env: Environment) => {
  readonly job: string | undefined;
  readonly startedBy: string | undefined;
})[] = [
  (env) => ({
    job:
      env['GITHUB_RUN_ID'] &&
      `${env['GITHUB_SERVER_URL'] ?? ''}/${env['GITHUB_REPOSITORY'] ?? ''}/actions/runs/${env['GITHUB_RUN_ID']}`,
    startedBy: env['GITHUB_TRIGGERING_ACTOR'] ?? env['GITHUB_ACTOR'],
  }),
  (env) => ({ job: env['CI_JOB_URL'], startedBy: env['GITLAB_USER_LOGIN'] }),
  (env) => ({ job: env['BUILDKITE_BUILD_URL'], startedBy: env['BUILDKITE_BUILD_CREATOR'] }),
  (env) => ({ job: env['CIRCLE_BUILD_URL'], startedBy: env['CIRCLE_USERNAME'] }),
  (env) => ({
    job:
      env['BUILD_BUILDID'] &&
      `${env['SYSTEM_COLLECTIONURI'] ?? ''}${env['SYSTEM_TEAMPROJECT'] ?? ''}/_build/results?buildId=${env['BUILD_BUILDID']}`,
    startedBy: env['BUILD_REQUESTEDFOR'],
  }),
  (env) => ({ job: env['BUILD_URL'], startedBy: env['BUILD_USER_ID'] }),
];

/** The job that an environment is of; empty where it is none, or of a service that is not known here. */
export function jobOf(env: Environment): Pick<Caller, 'job' | 'startedBy'> {
  const { job, startedBy } = SERVICES.map((one) => one(env)).find((one) => one.job) ?? {};
  if (job === undefined || job === '') return {};
  return { job, ...(startedBy === undefined || startedBy === '' ? {} : { startedBy }) };
}

/** In one line: `alex on build-7`, or `octocat in https://…/actions/runs/7`; with the key where AWS gave one. */
export function describeCaller({
  user,
  host,
  job,
  startedBy,
  awsKeyId,
  awsAccount,
}: Caller): string {
  const who = job === undefined ? `${user} on ${host}` : `${startedBy ?? user} in ${job}`;
  if (awsKeyId === undefined) return who;
  return `${who}, with AWS key ${awsKeyId}${awsAccount === undefined ? '' : ` of ${awsAccount}`}`;
}
