import { deployed, inPod, MIGRATIONS, POSTGRES, type Plantings } from './planting.ts';

const BUDGET = 'PodDisruptionBudget/records';
const SCALER = 'HorizontalPodAutoscaler/records';
const BACKUP = 'CronJob/backup';
const withoutScaler = { remove: SCALER } as const;
const budget = (name: string, app: string) =>
  ({
    add: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: {
        name,
        namespace: 'factsway-production',
        labels: {
          'app.kubernetes.io/name': name,
          'app.kubernetes.io/part-of': 'factsway',
          'app.kubernetes.io/managed-by': 'factsway-install',
        },
      },
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: { 'app.kubernetes.io/name': app } },
      },
    },
  }) as const;

/** How many there are, how they are replaced, and what ends by itself. */
export const LIFE_PLANTINGS: Plantings = {
  'a single pod': [
    [withoutScaler, deployed('spec.replicas', 1), { remove: BUDGET }],
    'more than one replica',
  ],
  'one pod because nobody says': [[withoutScaler, { remove: BUDGET }], 'more than one replica'],
  'three pods without an autoscaler': [[withoutScaler, deployed('spec.replicas', 3)]],
  'no budget': [{ remove: BUDGET }, 'one disruption budget'],
  'two budgets': [budget('second', 'records'), 'one disruption budget'],
  'budget of other pods': [
    [BUDGET, 'spec.selector', { matchLabels: { app: 'other' } }],
    'one disruption budget',
    'a budget selects pods',
    'a node can be drained',
  ],
  'budget nobody needs': [budget('lost', 'nothing'), 'a budget selects pods'],
  'no pod may go': [[BUDGET, 'spec.minAvailable', 3], 'a node can be drained'],
  'no pod may go, in percent': [[BUDGET, 'spec.minAvailable', '100%'], 'a node can be drained'],
  'none unavailable': [
    [
      [BUDGET, 'spec.minAvailable'],
      [BUDGET, 'spec.maxUnavailable', 0],
    ],
    'a node can be drained',
  ],
  'budget for a single pod': [budget('postgres', 'postgres')],
  'sick pods stay': [[BUDGET, 'spec.unhealthyPodEvictionPolicy'], 'a sick pod can be evicted'],
  'all on one node': [inPod('affinity'), 'apart from its like'],
  'apart from others only': [
    inPod(
      'affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.podAffinityTerm.labelSelector',
      { matchLabels: { app: 'other' } },
    ),
    'apart from its like',
  ],
  'all in one zone': [inPod('topologySpreadConstraints'), 'spread over zones'],
  'spread of nothing': [inPod('topologySpreadConstraints.0.labelSelector'), 'spread over zones'],
  'two owners of the replicas': [deployed('spec.replicas', 3), 'one owner of the replicas'],
  'autoscaler of nothing': [
    [[SCALER, 'spec.scaleTargetRef.name', 'other'], deployed('spec.replicas', 3)],
    'an autoscaler has a target',
  ],
  'down to one': [
    [SCALER, 'spec.minReplicas', 1],
    'an autoscaler keeps two',
    'a node can be drained',
  ],
  'no room': [[SCALER, 'spec.maxReplicas', 3], 'an autoscaler has room'],

  'all at once': [deployed('spec.strategy', { type: 'Recreate' }), 'a rollout without a gap'],
  'one pod less': [
    deployed('spec.strategy.rollingUpdate.maxUnavailable', 1),
    'a rollout without a gap',
  ],
  'no pod more': [deployed('spec.strategy.rollingUpdate.maxSurge', 0), 'a rollout without a gap'],
  'counted at once': [deployed('spec.minReadySeconds'), 'a new pod proves itself'],
  'hangs for ever': [deployed('spec.progressDeadlineSeconds'), 'a rollout that hangs is noticed'],
  'late before it can count': [
    deployed('spec.progressDeadlineSeconds', 5),
    'a rollout that hangs is noticed',
  ],
  'no way back': [deployed('spec.revisionHistoryLimit', 0), 'a way back'],
  'every way back': [[POSTGRES, 'spec.revisionHistoryLimit', 100], 'a way back'],
  'selector of a release': [
    deployed('spec.selector.matchLabels.app.kubernetes.io/version', '1.0.0'),
    'a lasting selector',
  ],
  'service nobody makes': [[POSTGRES, 'spec.serviceName', 'other'], 'a service for a stateful set'],
  'service with an address': [
    ['Service/postgres', 'spec.clusterIP'],
    'a service for a stateful set',
  ],

  'started again after success': [
    [MIGRATIONS, 'spec.template.spec.restartPolicy', 'Always'],
    'restart policy of a job',
  ],
  'policy of a scheduled job': [
    [BACKUP, 'spec.jobTemplate.spec.template.spec.restartPolicy'],
    'restart policy of a job',
  ],
  'never gives up': [[MIGRATIONS, 'spec.backoffLimit'], 'a job gives up'],
  'runs for ever': [
    [BACKUP, 'spec.jobTemplate.spec.activeDeadlineSeconds'],
    'a job has a deadline',
  ],
  'stays for ever': [[MIGRATIONS, 'spec.ttlSecondsAfterFinished'], 'a finished job is cleaned up'],
  'gone before it was read': [
    [MIGRATIONS, 'spec.ttlSecondsAfterFinished', 0],
    'a finished job is cleaned up',
  ],
  'late for ever': [[BACKUP, 'spec.startingDeadlineSeconds'], 'a late run is skipped'],
  'two at a time': [[BACKUP, 'spec.concurrencyPolicy'], 'runs do not overlap'],
  'every run is kept': [[BACKUP, 'spec.failedJobsHistoryLimit'], 'few runs are kept'],
};
