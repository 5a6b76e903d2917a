import type { Source } from './rule.ts';

/** Demands that cannot all be met, or that are not ours to meet, with what was decided. */
export type Conflict = {
  readonly between: readonly Source[];
  readonly decision: string;
  readonly because: string;
};

export const CONFLICTS: readonly Conflict[] = [
  {
    between: [
      'kube-score: deployment-targeted-by-hpa-does-not-have-replicas-configured',
      'kube-linter: minimum-three-replicas',
      'kube-score: deployment-replicas',
    ],
    decision:
      'A Deployment with an autoscaler states no replicas; its autoscaler keeps at least two.',
    because:
      'Each apply of a number would undo what the autoscaler decided. Until the autoscaler looks for the first time, a new Deployment has one pod: deploy.sh waits for all of them.',
  },
  {
    between: ['kube-linter: hpa-minimum-three-replicas', 'Polaris: hpaMinAvailability'],
    decision: 'Two is the least the policy takes; the overlays decide on more.',
    because:
      'Production runs three of each service. A cluster for staging may have two nodes, on which a third pod proves nothing.',
  },
  {
    between: ['kube-linter: priority-class-name', 'Polaris: priorityClassNotSet'],
    decision: 'No priority class is asked for.',
    because:
      'Priority classes are of the whole cluster. An export that brings its own would rank itself above what else runs there, and one that names a class the cluster lacks is refused. The administrator sets one by an overlay.',
  },
  {
    between: [
      'kube-score: container-resources',
      'Polaris: cpuLimitsMissing',
      'kube-linter: unset-cpu-requirements',
      'NSA/CISA: Resource policies',
    ],
    decision: 'Every container states a limit of CPU as well as a request.',
    because:
      'Many advise against limits of CPU because they slow what could have run. The Compose platform has them too, sizes are computed from them, and a quota for limits refuses pods without. kube-linter asks in its current form for the request only.',
  },
  {
    between: [
      'kube-score: container-cpu-requests-equal-limits, container-memory-requests-equal-limits',
      'FACTSWAY: 06 Kubernetes, requests and limits',
    ],
    decision: 'Requests may be below limits, never above.',
    because:
      'kube-score leaves its rule off unless asked. Equal numbers give the class Guaranteed, and take from the cluster at every quiet hour what a service needs at its busiest.',
  },
  {
    between: [
      'kube-score: container-image-pull-policy',
      'Polaris: pullPolicyNotAlways',
      'kube-score: container-image-tag',
    ],
    decision:
      'Always and IfNotPresent are both taken; the policy must be written, and Never is not.',
    because:
      'Always checks the pull secret at each start, and stops a restart when the registry is away, which in an office is not rare. A tag is a fixed version here and a digest cannot change at all.',
  },
  {
    between: ['kube-linter: no-node-affinity', 'Kubernetes: Assigning Pods to Nodes'],
    decision: 'No affinity to nodes is asked for, and binding to one is refused.',
    because:
      'Which labels nodes have is known to the administrator, not to an export. What the rule is after, pods apart, is asked of anti-affinity and spread.',
  },
  {
    between: ['Polaris: metadataAndInstanceMismatched', 'Kubernetes: Recommended Labels'],
    decision: 'The label instance is not asked for, and need not be the name of the object.',
    because:
      'Kubernetes calls instance the name of the installation, which all objects share; Polaris wants it to be that of each object, as some charts do.',
  },
  {
    between: ['kube-linter: dnsconfig-options', 'Kubernetes: DNS for Services and Pods'],
    decision: 'No options of DNS are asked for.',
    because:
      'Two dots instead of five save look-ups where many outside names are asked for. Here services ask for each other by short names.',
  },
  {
    between: ['kube-linter: required-annotation-email, required-label-owner'],
    decision: 'Only the labels Kubernetes recommends are asked for.',
    because: 'Who is told at the customer’s is configured in Alertmanager, not known to an export.',
  },
  {
    between: [
      'kube-score: statefulset-has-poddisruptionbudget',
      'kube-linter: pdb-min-available',
      'Polaris: pdbDisruptionsIsZero',
    ],
    decision: 'A budget is asked for where there are two pods or more.',
    because:
      'For the single PostgreSQL a budget either forbids to drain its node, or allows what happens without it.',
  },
  {
    between: [
      'kube-score: pod-networkpolicy',
      'kube-linter: non-isolated-pod',
      'NSA/CISA: Network policies',
    ],
    decision: 'A default deny counts as isolation, and must be there besides.',
    because:
      'The scanners are content with any policy that selects a pod. Which pods may reach which is not theirs to say: it is compared with the networks of Compose, pod by pod.',
  },
  {
    between: [
      'kube-linter: env-var-secret',
      'kube-linter: read-secret-from-env-var',
      'NSA/CISA: Secrets',
    ],
    decision: 'Secrets are files only; a reference from a variable is refused.',
    because:
      'kube-linter recommends a reference by one rule and refuses it by another. The platform contract passes paths of files. The compatibility mode for images that know no better is a written exception.',
  },
  {
    between: ['NSA/CISA: Encryption', 'FACTSWAY: 06 Kubernetes, Ingress with TLS'],
    decision:
      'Traffic is encrypted up to the Ingress; between pods it is restricted, not encrypted.',
    because:
      'Encryption between pods is the job of a mesh or of the network of the cluster, and neither is ours to choose.',
  },
];
