import { at, show, type Json } from '../json.ts';
import { ENDING } from './read.ts';
import type { Manifest } from '../manifest.ts';
import { ofKind, unless, type PolicyRule } from './rule.ts';

/** The specification of the job, its own or the one of its template. */
const jobOf = (manifest: Manifest): Json =>
  at(manifest, manifest.kind === 'CronJob' ? 'spec.jobTemplate.spec' : 'spec') as Json;

const bounded = (
  name: string,
  key: string,
  asks: string,
  sources: PolicyRule['sources'],
): PolicyRule => ({
  name,
  sources,
  asks,
  breach: ofKind(ENDING, (manifest) => {
    const value = at(jobOf(manifest), key);
    return unless(Number(value) >= (key === 'backoffLimit' ? 0 : 1), `${key}: ${show(value)}`);
  }),
});

export const JOBS: readonly PolicyRule[] = [
  {
    name: 'restart policy of a job',
    sources: ['Kubernetes: Jobs, Pod Template', 'kube-score: cronjob-restartpolicy'],
    asks: 'Is not started again by the kubelet once it succeeded.',
    breach: ofKind(ENDING, (manifest) => {
      const policy = at(jobOf(manifest), 'template.spec.restartPolicy');
      return unless(policy === 'Never' || policy === 'OnFailure', `restartPolicy: ${show(policy)}`);
    }),
  },
  bounded('a job gives up', 'backoffLimit', 'Says how often it is tried again.', [
    'Kubernetes: Jobs, Pod backoff failure policy',
  ]),
  bounded('a job has a deadline', 'activeDeadlineSeconds', 'Does not run for ever.', [
    'Kubernetes: Jobs, Job termination and cleanup',
  ]),
  {
    name: 'a finished job is cleaned up',
    sources: [
      'kube-linter: job-ttl-seconds-after-finished',
      'FACTSWAY: 06 Kubernetes, migration Job',
    ],
    asks: 'Is removed some time after its end, and not before somebody could read its log.',
    breach: ofKind('Job', (job) => {
      const ttl = at(job, 'spec.ttlSecondsAfterFinished');
      return unless(Number(ttl) >= 60, `ttlSecondsAfterFinished: ${show(ttl)}`);
    }),
  },
  {
    name: 'a late run is skipped',
    sources: ['kube-score: cronjob-has-deadline'],
    asks: 'Says how late it may still start: without it a hundred missed runs end it for good.',
    breach: ofKind('CronJob', (job) => {
      const deadline = at(job, 'spec.startingDeadlineSeconds');
      // Below ten seconds the controller, which looks that often, may never start it.
      return unless(Number(deadline) >= 10, `startingDeadlineSeconds: ${show(deadline)}`);
    }),
  },
  {
    name: 'runs do not overlap',
    sources: ['Kubernetes: CronJob, Concurrency policy'],
    asks: 'Is not started while it still runs.',
    breach: ofKind('CronJob', (job) => {
      const policy = at(job, 'spec.concurrencyPolicy');
      return unless(
        policy === 'Forbid' || policy === 'Replace',
        `concurrencyPolicy: ${show(policy)}`,
      );
    }),
  },
  {
    name: 'few runs are kept',
    sources: ['Kubernetes: CronJob, Jobs history limits'],
    asks: 'Says how many of its runs are kept.',
    breach: ofKind('CronJob', (job) => {
      const missing = ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'].find(
        (key) => !(Number(at(job, `spec.${key}`)) >= 1),
      );
      return missing && `${missing}: ${show(at(job, `spec.${missing}`))}`;
    }),
  },
];
