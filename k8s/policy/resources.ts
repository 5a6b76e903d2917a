import { at, record, records, show } from '../json.ts';
import { quantity, SERVING } from './read.ts';
import { ofContainers, ofKind, ofPods, unless, type PolicyRule } from './rule.ts';

const STATED = ['cpu', 'memory', 'ephemeral-storage'];
const both = (name: string, resource: string, sources: PolicyRule['sources']): PolicyRule => ({
  name,
  sources,
  asks: `States how much of ${resource} it needs and how much it may take, preparing containers too.`,
  breach: ofContainers(({ resources }) => {
    const missing = ['requests', 'limits'].find(
      (side) => !(quantity(record(record(resources)[side])[resource]) > 0),
    );
    return (
      missing && `${missing}.${resource}: ${show(record(record(resources)[missing])[resource])}`
    );
  }),
});

/** The tag of an image, which a port of its registry is not; undefined where there is none. */
const tagOf = (image: string): string | undefined =>
  /:([\w][\w.-]*)$/.exec(image.replace(/@.*$/, ''))?.[1];

export const RESOURCES: readonly PolicyRule[] = [
  both('CPU request and limit', 'cpu', [
    'kube-score: container-resources',
    'kube-linter: unset-cpu-requirements',
    'Polaris: cpuRequestsMissing, cpuLimitsMissing',
    'NSA/CISA: Resource policies',
  ]),
  both('memory request and limit', 'memory', [
    'kube-score: container-resources',
    'kube-linter: unset-memory-requirements',
    'Polaris: memoryRequestsMissing, memoryLimitsMissing',
    'NSA/CISA: Resource policies',
  ]),
  both('ephemeral storage request and limit', 'ephemeral-storage', [
    'kube-score: container-ephemeral-storage-request-and-limit',
  ]),
  {
    name: 'requests within limits',
    sources: ['Kubernetes: Resource Management for Pods and Containers'],
    asks: 'Needs no more than it may take.',
    breach: ofContainers(({ resources }) => {
      const { requests, limits } = record(resources);
      const over = STATED.find(
        (key) => quantity(record(requests)[key]) > quantity(record(limits)[key]),
      );
      return over && `${over}: ${show(record(requests)[over])} of ${show(record(limits)[over])}`;
    }),
  },
  {
    name: 'bounded scratch space',
    sources: ['FACTSWAY: 02 Hardening', 'Kubernetes: Local ephemeral storage'],
    asks: 'Writes no more into its scratch space than it was given.',
    breach: ofPods(({ spec }) => {
      const endless = records(spec['volumes']).find(
        ({ emptyDir }) => emptyDir !== undefined && !(quantity(record(emptyDir)['sizeLimit']) > 0),
      );
      return endless && `volume ${show(endless['name'])}: no sizeLimit`;
    }),
  },
  {
    name: 'image with a version',
    sources: [
      'kube-score: container-image-tag',
      'kube-linter: latest-tag',
      'Polaris: tagNotSpecified',
    ],
    asks: 'Is of an image with a version or a digest, never of the latest.',
    breach: ofContainers(({ image }) => {
      const tag = tagOf(String(image));
      const fixed = tag !== undefined && /\d/.test(tag) && tag !== 'latest';
      return unless(fixed || /@sha256:[a-f0-9]{64}$/.test(String(image)), `image: ${show(image)}`);
    }),
  },
  {
    name: 'stated pull policy',
    sources: [
      'kube-score: container-image-pull-policy',
      'Polaris: pullPolicyNotAlways',
      'FACTSWAY: 06 Kubernetes',
    ],
    asks: 'Says when its image is pulled, and does not hope that a node has it.',
    breach: ofContainers(({ imagePullPolicy: policy }) =>
      unless(policy === 'Always' || policy === 'IfNotPresent', `imagePullPolicy: ${show(policy)}`),
    ),
  },
  {
    name: 'bounded claims',
    sources: ['Kubernetes: Persistent Volumes'],
    asks: 'Says how much disk it claims, and that one node at a time writes to it.',
    breach: ofKind(['StatefulSet', 'PersistentVolumeClaim'], (manifest) => {
      const claims =
        manifest.kind === 'StatefulSet'
          ? records(at(manifest, 'spec.volumeClaimTemplates'))
          : [manifest];
      const odd = claims.find(
        (claim) =>
          !(quantity(at(claim, 'spec.resources.requests.storage')) > 0) ||
          !/^ReadWriteOnce(Pod)?$/.test(String(at(claim, 'spec.accessModes'))),
      );
      return odd && `claim ${show(at(odd, 'metadata.name'))}`;
    }),
  },
  {
    name: 'not bound to a node',
    sources: ['Kubernetes: Assigning Pods to Nodes'],
    asks: 'Can be started on another node when its own is lost.',
    breach: ofPods(({ spec }) => {
      const bound = spec['nodeName'] ?? record(spec['nodeSelector'])['kubernetes.io/hostname'];
      return bound === undefined ? undefined : `node ${show(bound)}`;
    }, SERVING),
  },
];
