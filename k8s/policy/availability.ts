import type { Manifest } from '../manifest.ts';
import { at, records, show } from '../json.ts';
import {
  autoscalerOf,
  beside,
  fewestReplicas,
  named,
  podOf,
  selectedBy,
  selects,
  type Pod,
} from './read.ts';
import { ofKind, unless, type PolicyRule } from './rule.ts';

const REPLICATED = ['Deployment', 'StatefulSet'];
const BUDGET = 'PodDisruptionBudget';
const SCALER = 'HorizontalPodAutoscaler';

const budgetsOf = (manifest: Manifest, tree: readonly Manifest[]): readonly Manifest[] =>
  beside(manifest, tree, BUDGET).filter((budget) =>
    selects(at(budget, 'spec.selector'), podOf(manifest)?.labels ?? {}),
  );
/** `2` or `50%` of so many pods, rounded up as the controller does. */
const share = (value: unknown, replicas: number): number => {
  const [, percent] = /^(\d+)%$/.exec(String(value)) ?? [];
  return percent === undefined ? Number(value) : Math.ceil((Number(percent) * replicas) / 100);
};

/** Asked of what has several pods. */
const several = (
  check: (manifest: Manifest, tree: readonly Manifest[], pod: Pod) => string | undefined,
) =>
  ofKind(REPLICATED, (manifest, tree) => {
    const pod = podOf(manifest);
    return pod !== undefined && fewestReplicas(manifest, tree) > 1
      ? check(manifest, tree, pod)
      : undefined;
  });

export const AVAILABILITY: readonly PolicyRule[] = [
  {
    name: 'more than one replica',
    sources: [
      'kube-score: deployment-replicas',
      'kube-linter: minimum-three-replicas',
      'Polaris: deploymentMissingReplicas',
    ],
    asks: 'Serves on when one of its pods is lost.',
    breach: ofKind('Deployment', (manifest, tree) =>
      unless(
        autoscalerOf(manifest, tree) !== undefined || fewestReplicas(manifest, tree) > 1,
        `replicas: ${show(at(manifest, 'spec.replicas'))}`,
      ),
    ),
  },
  {
    name: 'one disruption budget',
    sources: [
      'kube-score: deployment-has-poddisruptionbudget, statefulset-has-poddisruptionbudget',
      'Polaris: missingPodDisruptionBudget',
      'Kubernetes: Disruptions',
    ],
    asks: 'Has one budget, and one only: with two, no pod can be evicted at all.',
    breach: several((manifest, tree) => {
      const count = budgetsOf(manifest, tree).length;
      return unless(count === 1, `${count} disruption budgets`);
    }),
  },
  {
    name: 'a budget selects pods',
    sources: ['Kubernetes: Disruptions'],
    asks: 'Protects pods that there are.',
    breach: ofKind(BUDGET, (budget, tree) =>
      unless(
        selectedBy(budget, at(budget, 'spec.selector'), tree).length > 0,
        `selector: ${show(at(budget, 'spec.selector'))}`,
      ),
    ),
  },
  {
    name: 'a node can be drained',
    sources: [
      'kube-score: poddisruptionbudget-has-policy',
      'kube-linter: pdb-max-unavailable, pdb-min-available',
      'Polaris: pdbDisruptionsIsZero, pdbMinAvailableGreaterThanHPAMinReplicas',
    ],
    asks: 'Lets at least one pod go at a time.',
    breach: ofKind(BUDGET, (budget, tree) => {
      const { minAvailable: least, maxUnavailable: most } = (at(budget, 'spec') ?? {}) as Record<
        string,
        unknown
      >;
      const counts = selectedBy(budget, at(budget, 'spec.selector'), tree).map(({ owner }) =>
        fewestReplicas(owner, tree),
      );
      const replicas = counts.length === 0 ? 1 : Math.min(...counts);
      const spare = most === undefined ? replicas - share(least, replicas) : share(most, replicas);
      const policy = `minAvailable ${show(least)}, maxUnavailable ${show(most)} of ${replicas}`;
      return unless(spare >= 1, policy);
    }),
  },
  {
    name: 'a sick pod can be evicted',
    sources: ['kube-linter: pdb-unhealthy-pod-eviction-policy'],
    asks: 'Does not keep a node from being drained for pods that do not serve anyway.',
    breach: ofKind(BUDGET, (budget) => {
      const policy = at(budget, 'spec.unhealthyPodEvictionPolicy');
      return unless(policy === 'AlwaysAllow', `unhealthyPodEvictionPolicy: ${show(policy)}`);
    }),
  },
  {
    name: 'apart from its like',
    sources: [
      'kube-score: deployment-has-host-podantiaffinity, statefulset-has-host-podantiaffinity',
      'kube-linter: no-anti-affinity',
    ],
    asks: 'Would rather not share a node with a pod of the same kind.',
    breach: several((_, __, { spec, labels }) => {
      const rules = at(spec, 'affinity.podAntiAffinity');
      const terms = [
        ...records(at(rules, 'requiredDuringSchedulingIgnoredDuringExecution')),
        ...records(at(rules, 'preferredDuringSchedulingIgnoredDuringExecution')).map((one) =>
          at(one, 'podAffinityTerm'),
        ),
      ];
      const apart = terms.some(
        (term) =>
          at(term, 'topologyKey') === 'kubernetes.io/hostname' &&
          selects(at(term, 'labelSelector'), labels),
      );
      return unless(apart, `podAntiAffinity: ${show(rules)}`);
    }),
  },
  {
    name: 'spread over zones',
    sources: ['kube-score: pod-topology-spread-constraints', 'Polaris: topologySpreadConstraint'],
    asks: 'Is spread over what can be lost at once.',
    breach: several((_, __, { spec, labels }) => {
      const constraints = records(spec['topologySpreadConstraints']);
      return unless(
        constraints.some(({ labelSelector }) =>
          selects(labelSelector ?? { matchLabels: { '': '' } }, labels),
        ),
        `topologySpreadConstraints: ${show(spec['topologySpreadConstraints'])}`,
      );
    }),
  },
  {
    name: 'one owner of the replicas',
    sources: ['kube-score: deployment-targeted-by-hpa-does-not-have-replicas-configured'],
    asks: 'Leaves the number of pods to its autoscaler: each apply would reset it.',
    breach: ofKind(REPLICATED, (manifest, tree) =>
      unless(
        autoscalerOf(manifest, tree) === undefined || at(manifest, 'spec.replicas') === undefined,
        `replicas: ${show(at(manifest, 'spec.replicas'))}`,
      ),
    ),
  },
  {
    name: 'an autoscaler has a target',
    sources: [
      'kube-score: horizontalpodautoscaler-has-target',
      'kube-linter: dangling-horizontalpodautoscaler',
    ],
    asks: 'Scales something that there is.',
    breach: ofKind(SCALER, (scaler, tree) => {
      const { kind, name } = (at(scaler, 'spec.scaleTargetRef') ?? {}) as Record<string, unknown>;
      return unless(
        named(name, beside(scaler, tree, String(kind))) !== undefined,
        `scaleTargetRef: ${show(kind)} ${show(name)}`,
      );
    }),
  },
  {
    name: 'an autoscaler keeps two',
    sources: [
      'kube-score: horizontalpodautoscaler-replicas',
      'kube-linter: hpa-minimum-three-replicas',
      'Polaris: hpaMinAvailability',
    ],
    asks: 'Never scales down to a single pod.',
    breach: ofKind(SCALER, (scaler) => {
      const least = at(scaler, 'spec.minReplicas');
      return unless(Number(least) >= 2, `minReplicas: ${show(least)}`);
    }),
  },
  {
    name: 'an autoscaler has room',
    sources: ['Polaris: hpaMaxAvailability'],
    asks: 'May scale up.',
    breach: ofKind(SCALER, (scaler) => {
      const [least, most] = [at(scaler, 'spec.minReplicas'), at(scaler, 'spec.maxReplicas')];
      return unless(
        Number(most) > Number(least ?? 1),
        `minReplicas ${show(least)}, maxReplicas ${show(most)}`,
      );
    }),
  },
];
