import { sampled } from '../../../test/fakes/kubernetes-changes.ts';
import { deployed, inMain, type Plantings } from './planting.ts';

const NAMESPACE = 'Namespace/factsway-production';
const LIMITS = 'LimitRange/platform';
const QUOTA = 'ResourceQuota/platform';
const config = sampled('ConfigMap/platform');
const records = sampled('Deployment/records');
const { name, ...unnamed } = records.metadata;

/** The namespace, and what every object says of itself. */
export const TREE_PLANTINGS: Plantings = {
  'anything may run': [
    [NAMESPACE, 'metadata.labels.pod-security.kubernetes.io/enforce', 'baseline'],
    'restricted pods',
  ],
  'nobody is warned': [
    [NAMESPACE, 'metadata.labels.pod-security.kubernetes.io/warn'],
    'restricted pods',
  ],
  'no quota': [{ remove: QUOTA }, 'a quota'],
  'quota of half': [[QUOTA, 'spec.hard', { pods: '20' }], 'a quota'],
  'quota too small': [[QUOTA, 'spec.hard', small()], 'a quota that is enough'],
  'no limits': [{ remove: LIMITS }, 'limits for what states none'],
  'limits without a request': [
    [LIMITS, 'spec.limits.0.defaultRequest'],
    'limits for what states none',
  ],
  'more than the namespace allows': [
    [LIMITS, 'spec.limits.0.max.cpu', '250m'],
    'within the limits of the namespace',
  ],
  'less than the namespace allows': [
    inMain('resources.requests.memory', '1Mi'),
    'within the limits of the namespace',
  ],

  'no labels': [['ConfigMap/platform', 'metadata.labels'], 'recommended labels'],
  'nobody manages it': [
    deployed('metadata.labels.app.kubernetes.io/managed-by'),
    'recommended labels',
  ],
  'pod without a version': [
    deployed('spec.template.metadata.labels.app.kubernetes.io/version'),
    'recommended labels of pods',
    'one version label',
  ],
  'two versions': [deployed('metadata.labels.app.kubernetes.io/version', '2'), 'one version label'],
  'twice the same': [{ add: structuredClone(config) }, 'unique names'],
  'version to go': [
    ['PodDisruptionBudget/records', 'apiVersion', 'policy/v1beta1'],
    'stable API version',
  ],
  'too large to apply': [
    ['ConfigMap/platform', 'data', { large: 'x'.repeat(262_144) }],
    'small enough to apply',
  ],
  'too large in bytes': [
    ['ConfigMap/platform', 'data', { large: 'é'.repeat(140_000) }],
    'small enough to apply',
  ],
  'no namespace': [['ExternalSecret/database', 'metadata.namespace'], 'a namespace of its own'],
  'the namespace of everybody': [
    ['ExternalSecret/database', 'metadata.namespace', 'default'],
    'a namespace of its own',
  ],
  'a bare pod': [
    {
      add: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `${name}-debug`, ...unnamed },
        spec: (records['spec'] as { template: { spec: unknown } }).template.spec,
      },
    },
    'no bare pods',
    'a node can be drained',
  ],
  'what the server wrote': [deployed('status', { replicas: 3 }), 'nothing the server writes'],
  'when it was made': [
    deployed('metadata.creationTimestamp', '2026-01-01T00:00:00Z'),
    'nothing the server writes',
  ],
};

function small(): object {
  return {
    pods: '20',
    'requests.cpu': '500m',
    'requests.memory': '8Gi',
    'limits.cpu': '16',
    'limits.memory': '16Gi',
  };
}
