import { onlyKnown, type CronJob, type Manifest } from './cluster-objects.ts';
import { trafficOf, type Cluster } from './cluster-traffic.ts';
import type { TaskFacts } from './facts.ts';
import { podFacts } from './pod-facts.ts';

const NAME_LABEL = 'app.kubernetes.io/name';
/** Kubernetes API reference, "CronJobSpec" and "JobSpec": what counts where nothing is said. */
const DEFAULTS = { overlapping: 'Allow', succeeded: 3, failed: 1, retries: 6 } as const;
const CRON_KEYS = [
  ...['schedule', 'timeZone', 'concurrencyPolicy', 'suspend', 'startingDeadlineSeconds'],
  ...['successfulJobsHistoryLimit', 'failedJobsHistoryLimit', 'jobTemplate'],
];
const JOB_KEYS = ['backoffLimit', 'activeDeadlineSeconds', 'template'];

type Task = { readonly component: string; readonly name: string; readonly facts: TaskFacts };

/**
 * What CronJobs begin, each for the component whose name its pods bear.
 * @throws Error where one says something that is not read here, or has not one container
 */
export const tasksOf = (manifests: readonly Manifest[], cluster: Cluster): Task[] =>
  manifests
    .filter(({ kind }) => kind === 'CronJob')
    .map((manifest) => taskOf(manifest as CronJob, cluster));

function taskOf({ metadata, spec }: CronJob, cluster: Cluster): Task {
  const where = `CronJob ${metadata.name}`;
  onlyKnown(spec, CRON_KEYS, where);
  const job = spec.jobTemplate.spec;
  onlyKnown(job, JOB_KEYS, where);
  const pod = job.template.spec;
  const [container, ...others] = pod.containers;
  if (!container || others.length > 0 || pod.initContainers)
    throw new Error(`${where} has not one container`);
  const { labels = {} } = job.template.metadata;
  const own = podFacts(pod, container, where);
  const { name, tag, digest, pull } = own.image;
  const { reaches, entered, leaves, resolvesNames } = trafficOf(
    {
      component: where,
      namespace: metadata.namespace ?? 'default',
      labels,
      ports: {},
      pod: where,
    },
    cluster,
  );
  return {
    component: labels[NAME_LABEL] ?? '',
    name: metadata.name,
    facts: {
      schedule: spec.schedule,
      timeZone: spec.timeZone ?? '',
      overlapping: spec.concurrencyPolicy ?? DEFAULTS.overlapping,
      suspended: spec.suspend ?? false,
      lateSeconds: spec.startingDeadlineSeconds ?? null,
      kept: [
        spec.successfulJobsHistoryLimit ?? DEFAULTS.succeeded,
        spec.failedJobsHistoryLimit ?? DEFAULTS.failed,
      ],
      restart: pod.restartPolicy ?? 'Always',
      retries: job.backoffLimit ?? DEFAULTS.retries,
      deadlineSeconds: job.activeDeadlineSeconds ?? null,
      image: `${name}${tag && `:${tag}`}${digest && `@${digest}`}`,
      pull,
      entrypoint: own.entrypoint,
      command: own.command,
      environment: own.environment,
      mounts: (container.volumeMounts ?? []).map(({ mountPath }) => mountPath),
      memoryBytes: own.resources.memoryBytes,
      cpus: own.resources.cpus,
      graceSeconds: own.stop.graceSeconds,
      security: own.security,
      reaches,
      entered,
      leaves,
      resolvesNames,
    },
  };
}
