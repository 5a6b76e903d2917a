import type { InstanceConfig } from '../../installer/src/model/config.ts';
import { MiB } from '../../installer/src/model/units.ts';
import type { Workload } from '../../installer/src/model/workload.ts';
import type { Environment } from '../environment.ts';
import { labels, roleOf, stageOf, versionOf } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { claims, standsAlone } from '../pods/claims.ts';
import { container, type PodSettings } from '../pods/pod-template.ts';
import { podSecurity } from '../pods/security.ts';
import { storageOfClaim } from './storage.ts';

/** What a pod that asks the keeper, and waits for its answer, may take. */
export const ASKER = {
  memory: { value: 128 * MiB, because: 'a program that waits for an answer' },
  cpus: { value: 0.25, because: 'a program that waits for an answer' },
} as const;
/** Runs whose logs are kept, of each kind. */
const KEPT = 3;
/** A keeper that does not answer is asked by another pod. */
const TRIES = 3;
const HOUR = 3600;
/** Longer than three more tries and the largest backup: the keeper goes on, whether or not somebody waits. */
const LONGEST = 12 * HOUR;

/** The keeper of the backups, where there is one. */
export const keeperOf = ({ catalog }: Pick<Environment, 'catalog'>): Workload | undefined =>
  catalog.workloads.find(({ component }) => component === 'backup');

/** Where S3 is reached; undefined where no backups go there. */
export function s3Port({ backup }: InstanceConfig): number | undefined {
  if (!backup.s3) return undefined;
  const [, port] = /:(\d+)$/.exec(backup.s3.endpoint ?? '') ?? [];
  return Number(port ?? 443);
}

/** Claims of the backups, and the CronJobs that are their clock. */
export function backupObjects(environment: Environment, settings: PodSettings): Manifest[] {
  const keeper = keeperOf(environment);
  return [
    ...claimsAlone(environment),
    ...(keeper
      ? scheduledTasks(environment).map((task) => cronJob(task, keeper, environment, settings))
      : []),
  ];
}

/** Those of the database too: one that moved to its second volume stays there when backups are turned off. */
function claimsAlone({ catalog, config }: Environment): Manifest[] {
  const { storageClass } = config.kubernetes;
  const core = catalog.workloads.filter(({ component }) =>
    ['postgres', 'backup'].includes(component),
  );
  const names = new Set(core.flatMap(claims).filter(standsAlone));
  return [...names].map((name) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, labels: labels('backup', 'database', { role: 'backup' }) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: storageOfClaim(name, config) } },
    },
  }));
}

type Task = {
  readonly name: string;
  /** As the keeper knows it. */
  readonly due: 'backup' | 'drill';
  readonly schedule: string;
  /** How late it may still begin, when the cluster was off: until shortly before the next one is due. */
  readonly lateSeconds: number;
};

/** What is due when; nothing where nobody keeps backups. */
export function scheduledTasks(environment: Environment): Task[] {
  if (!keeperOf(environment)) return [];
  const { time, drillOn } = environment.config.backup;
  const [hour, minute] = time.split(':').map(Number);
  const at = `${minute} ${hour}`;
  return [
    { name: 'backup', due: 'backup', schedule: `${at} * * *`, lateSeconds: 23 * HOUR },
    {
      name: 'backup-drill',
      due: 'drill',
      schedule: `${at} ${drillOn} * *`,
      lateSeconds: 14 * 24 * HOUR,
    },
  ];
}

/**
 * Asks the keeper to make what is due, and waits. It is of the same image and has neither key nor volume nor any right in
 * the cluster; what it asks for would be due without it too.
 */
function cronJob(
  { name, due, schedule, lateSeconds }: Task,
  keeper: Workload,
  { config }: Environment,
  settings: PodSettings,
): Manifest {
  const { component, listens } = keeper;
  const asker: Workload = {
    ...keeper,
    ...ASKER,
    kind: 'one-shot',
    command: ['ask', due, `http://${component}:${listens[0]?.port}`],
    environment: {},
    listens: [],
    secrets: [],
    volumes: [],
    tmpfs: [],
    extraConfig: [],
  };
  delete (asker as { config?: unknown }).config;
  const own = labels(component, stageOf(keeper), {
    role: roleOf(keeper),
    version: versionOf(keeper, settings.version),
  });
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, labels: own },
    spec: {
      schedule,
      timeZone: config.host.timeZone,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: lateSeconds,
      successfulJobsHistoryLimit: KEPT,
      failedJobsHistoryLimit: KEPT,
      jobTemplate: {
        metadata: { labels: own },
        spec: {
          backoffLimit: TRIES,
          activeDeadlineSeconds: LONGEST,
          template: {
            metadata: { labels: own },
            spec: {
              serviceAccountName: component,
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              ...(settings.pullSecret === undefined
                ? {}
                : { imagePullSecrets: [{ name: settings.pullSecret }] }),
              securityContext: podSecurity(asker),
              restartPolicy: 'Never',
              terminationGracePeriodSeconds: keeper.stopGraceSeconds,
              containers: [container(asker, settings)],
            },
          },
        },
      },
    },
  };
}
