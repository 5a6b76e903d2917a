import { at, show, word } from '../json.ts';
import { beside, named, podOf, selects, SERVING } from './read.ts';
import { ofKind, unless, type PolicyRule } from './rule.ts';

/** Labels that change from release to release, which a selector may never do. */
const PASSING =
  /^(app\.kubernetes\.io\/(version|managed-by)|helm\.sh\/chart|pod-template-hash|version|release)$/;

export const ROLLOUT: readonly PolicyRule[] = [
  {
    name: 'a rollout without a gap',
    sources: [
      'kube-score: deployment-strategy',
      'kube-linter: no-rolling-update-strategy',
      'FACTSWAY: 06 Kubernetes, surge rollout with maxUnavailable 0',
    ],
    asks: 'Takes no pod away before its successor serves.',
    breach: ofKind('Deployment', (manifest) => {
      const strategy = at(manifest, 'spec.strategy');
      const surge = at(strategy, 'rollingUpdate.maxSurge');
      return unless(
        at(strategy, 'type') === 'RollingUpdate' &&
          ['0', '0%'].includes(String(at(strategy, 'rollingUpdate.maxUnavailable'))) &&
          surge !== undefined &&
          !['0', '0%'].includes(word(surge)),
        `strategy: ${show(strategy)}`,
      );
    }),
  },
  {
    name: 'a new pod proves itself',
    sources: ['Kubernetes: Deployments, Min Ready Seconds'],
    asks: 'Has to be ready for a moment before it counts: one that crashes at once ends the rollout.',
    breach: ofKind('Deployment', (manifest) => {
      const seconds = at(manifest, 'spec.minReadySeconds');
      return unless(Number(seconds) >= 1, `minReadySeconds: ${show(seconds)}`);
    }),
  },
  {
    name: 'a rollout that hangs is noticed',
    sources: [
      'Kubernetes: Deployments, Progress Deadline Seconds',
      'FACTSWAY: 06 Kubernetes, deploy.sh',
    ],
    asks: 'Says after how long without progress it has failed, and not before a new pod can count.',
    breach: ofKind('Deployment', (manifest) => {
      const deadline = at(manifest, 'spec.progressDeadlineSeconds');
      const settled = Number(at(manifest, 'spec.minReadySeconds') ?? 0);
      return unless(Number(deadline) > settled, `progressDeadlineSeconds: ${show(deadline)}`);
    }),
  },
  {
    name: 'a way back',
    sources: [
      'Kubernetes: Deployments, Revision History Limit',
      'FACTSWAY: 06 Kubernetes, rollback.sh',
    ],
    asks: 'Keeps a few former revisions, ten at most.',
    breach: ofKind(['Deployment', 'StatefulSet'], (manifest) => {
      const limit = at(manifest, 'spec.revisionHistoryLimit');
      return unless(
        Number(limit) >= 1 && Number(limit) <= 10,
        `revisionHistoryLimit: ${show(limit)}`,
      );
    }),
  },
  {
    name: 'a lasting selector',
    sources: ['Kubernetes: Deployments, Label selector updates'],
    asks: 'Selects its pods by labels that no release changes: a selector cannot be changed.',
    breach: ofKind(SERVING, (manifest) => {
      const passing = Object.keys(at(manifest, 'spec.selector.matchLabels') ?? {}).find((label) =>
        PASSING.test(label),
      );
      return passing && `selector: ${passing}`;
    }),
  },
  {
    name: 'a service for a stateful set',
    sources: [
      'kube-score: statefulset-has-servicename',
      'Kubernetes: StatefulSets, Stable Network ID',
    ],
    asks: 'Has a headless service of that name, which selects its pods.',
    breach: ofKind('StatefulSet', (manifest, tree) => {
      const name = at(manifest, 'spec.serviceName');
      const service = named(name, beside(manifest, tree, 'Service'));
      return unless(
        service !== undefined &&
          at(service, 'spec.clusterIP') === 'None' &&
          selects({ matchLabels: at(service, 'spec.selector') }, podOf(manifest)?.labels ?? {}),
        `serviceName: ${show(name)}`,
      );
    }),
  },
];
