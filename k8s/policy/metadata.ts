import { at, record, show } from '../json.ts';
import { isOf, podOf } from './read.ts';
import { ofPods, unless, type PolicyRule } from './rule.ts';
import type { Manifest } from '../manifest.ts';

/** What is of the whole cluster and in no namespace. */
const CLUSTER_WIDE = [
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
  'StorageClass',
  'GatewayClass',
  'ClusterIssuer',
  'ClusterSecretStore',
  'CustomResourceDefinition',
];
const K8S = 'app.kubernetes.io/';
const OF_ALL = ['name', 'part-of', 'managed-by'];
const OF_PODS = ['name', 'component', 'part-of', 'version'];

/**
 * Bytes all annotations of an object may have (apimachinery, `TotalAnnotationSizeLimitB`). `kubectl apply` writes the
 * whole object into one of them.
 */
const ANNOTATIONS = 262_144;
const bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
const identity = ({ kind, metadata }: Manifest): string =>
  `${kind} ${metadata.namespace ?? ''} ${metadata.name}`;
const missingLabel = (labels: unknown, wanted: readonly string[]): string | undefined =>
  wanted.find((name) => (record(labels)[`${K8S}${name}`] ?? '') === '');

export const METADATA: readonly PolicyRule[] = [
  {
    name: 'recommended labels',
    sources: ['Kubernetes: Recommended Labels'],
    asks: 'Says what it is, what it is part of, and who manages it.',
    breach: ({ metadata }) => {
      const missing = missingLabel(metadata.labels, OF_ALL);
      return missing === undefined ? [] : [{ says: `labels: no ${K8S}${missing}` }];
    },
  },
  {
    name: 'recommended labels of pods',
    sources: ['Kubernetes: Recommended Labels'],
    asks: 'Says what a pod is, its role and its version, where only the pod can be seen.',
    breach: ofPods(({ labels }) => {
      const missing = missingLabel(labels, OF_PODS);
      return missing && `labels of the pod: no ${K8S}${missing}`;
    }),
  },
  {
    name: 'one version label',
    sources: ['FACTSWAY: 01 Platform, one version'],
    asks: 'Is labelled with the same version as its pods.',
    breach: ofPods(({ labels, owner }) => {
      const [pod, whole] = [labels[`${K8S}version`], owner.metadata.labels?.[`${K8S}version`]];
      return unless(
        whole === undefined || whole === pod,
        `version ${show(whole)}, pods ${show(pod)}`,
      );
    }),
  },
  {
    name: 'unique names',
    sources: ['Kubernetes: Object Names and IDs'],
    asks: 'Is the only one of its kind and name: of two, the last applied wins.',
    breach: (manifest, tree) =>
      tree.some((other) => other !== manifest && identity(other) === identity(manifest))
        ? [{ says: `twice: ${identity(manifest)}` }]
        : [],
  },
  {
    name: 'stable API version',
    sources: ['kube-score: stable-version', 'kube-linter: no-extensions-v1beta'],
    asks: 'Is of a version of the API that is there to stay.',
    breach: ({ apiVersion }) =>
      /v\d+(alpha|beta)\d+$/.test(apiVersion) ? [{ says: `apiVersion: ${apiVersion}` }] : [],
  },
  {
    name: 'small enough to apply',
    sources: ['Kubernetes: Declarative Management, last-applied-configuration'],
    asks: 'Fits into the annotation in which kubectl apply keeps it.',
    breach: (manifest) => {
      const size = bytes(manifest) + bytes(manifest.metadata.annotations ?? {});
      return size > ANNOTATIONS ? [{ says: `${size} of ${ANNOTATIONS} bytes` }] : [];
    },
  },
  {
    name: 'a namespace of its own',
    sources: ['kube-linter: use-namespace', 'NSA/CISA: Namespace hardening'],
    asks: 'Is in a namespace that is part of the same tree, never in the default one.',
    breach: (manifest, tree) => {
      const { namespace } = manifest.metadata;
      const there = tree.some((one) => isOf(one, 'Namespace') && one.metadata.name === namespace);
      return isOf(manifest, ...CLUSTER_WIDE) || (there && namespace !== 'default')
        ? []
        : [{ says: `namespace: ${show(namespace)}` }];
    },
  },
  {
    name: 'no bare pods',
    sources: ['Kubernetes: Configuration Best Practices, naked Pods'],
    asks: 'Is started by something that starts it again elsewhere.',
    breach: (manifest) =>
      podOf(manifest) !== undefined && isOf(manifest, 'Pod', 'ReplicaSet')
        ? [{ says: `kind: ${manifest.kind}` }]
        : [],
  },
  {
    name: 'nothing the server writes',
    sources: ['Kubernetes: API Conventions, status'],
    asks: 'Says what is wanted, and leaves what is to the server.',
    breach: (manifest) => {
      const found = ['status', 'metadata.creationTimestamp', 'metadata.resourceVersion']
        .concat(['metadata.uid', 'metadata.managedFields', 'metadata.generation'])
        .find((path) => at(manifest, path) !== undefined);
      return found === undefined ? [] : [{ says: found }];
    },
  },
];
