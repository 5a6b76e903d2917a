import type { Manifest } from '../manifest.ts';
import { at, record, records, show, texts, word, type Json } from '../json.ts';
import { beside, containersOf, selectedBy, selects, type Pod } from './read.ts';
import { ofKind, ofPods, unless, type PolicyRule } from './rule.ts';

const POLICY_KIND = 'NetworkPolicy';
const DIRECTIONS = ['Ingress', 'Egress'];
const DNS = 53;

/** Directions a policy restricts; egress only when it says so or has rules (API reference). */
const directionsOf = (policy: Manifest): readonly string[] => {
  const stated = at(policy, 'spec.policyTypes');
  if (stated !== undefined) return texts(stated);
  return at(policy, 'spec.egress') === undefined ? ['Ingress'] : DIRECTIONS;
};
const policiesOf = ({ owner, labels }: Pod, tree: readonly Manifest[]): readonly Manifest[] =>
  beside(owner, tree, POLICY_KIND).filter((policy) =>
    selects(at(policy, 'spec.podSelector'), labels),
  );
const emptySelector = (policy: Manifest): boolean =>
  [at(policy, 'spec.podSelector.matchLabels'), at(policy, 'spec.podSelector.matchExpressions')]
    .map((part) => Object.keys(part ?? {}).length)
    .every((size) => size === 0);
const rulesOf = (policy: Manifest): readonly (readonly [Json, string])[] => [
  ...records(at(policy, 'spec.ingress')).map((rule) => [rule, 'from'] as const),
  ...records(at(policy, 'spec.egress')).map((rule) => [rule, 'to'] as const),
];
const opens = (policy: Manifest, protocol: string): boolean =>
  records(at(policy, 'spec.egress')).some(
    ({ ports }) =>
      ports === undefined ||
      records(ports).some(
        ({ port, protocol: spoken = 'TCP' }) => port === DNS && spoken === protocol,
      ),
  );

const servicePods = (service: Manifest, tree: readonly Manifest[]): readonly Pod[] => {
  const selector = at(service, 'spec.selector');
  return selector === undefined ? [] : selectedBy(service, { matchLabels: selector }, tree);
};
/** Names of the container ports of a pod. */
const portNames = (pod: Pod): readonly unknown[] =>
  containersOf(pod).flatMap(([{ ports }]) => records(ports).map(({ name }) => name));

export const NETWORK: readonly PolicyRule[] = [
  {
    name: 'a service selects pods',
    sources: ['kube-score: service-targets-pod', 'kube-linter: dangling-service'],
    asks: 'Leads to pods that there are.',
    breach: ofKind('Service', (service, tree) =>
      unless(
        at(service, 'spec.type') === 'ExternalName' || servicePods(service, tree).length > 0,
        `selector: ${show(at(service, 'spec.selector'))}`,
      ),
    ),
  },
  {
    name: 'a service leads to named ports',
    sources: ['kube-linter: invalid-target-ports', 'Kubernetes: Service, Port definitions'],
    asks: 'Names its ports, and leads each to a port that every pod behind it has by that name.',
    breach: ofKind('Service', (service, tree) => {
      const pods = servicePods(service, tree);
      const stray = records(at(service, 'spec.ports')).find(
        ({ name, targetPort }) =>
          typeof name !== 'string' ||
          typeof targetPort !== 'string' ||
          !pods.every((pod) => portNames(pod).includes(targetPort)),
      );
      return stray && `port ${show(stray['name'])} → ${show(stray['targetPort'])}`;
    }),
  },
  {
    name: 'a monitor selects services',
    sources: ['kube-linter: dangling-servicemonitor', 'FACTSWAY: 06 Kubernetes, scrape opened'],
    asks: 'Watches a service that there is, at a port the service has by that name.',
    breach: ofKind('ServiceMonitor', (monitor, tree) => {
      const services = beside(monitor, tree, 'Service').filter(({ metadata }) =>
        selects(at(monitor, 'spec.selector'), record(metadata.labels)),
      );
      const stray = records(at(monitor, 'spec.endpoints')).find(
        ({ port }) =>
          !services.some((service) =>
            records(at(service, 'spec.ports')).some(({ name }) => name === port),
          ),
      );
      return unless(
        services.length > 0 && stray === undefined,
        `selector: ${show(at(monitor, 'spec.selector'))}, port ${show(stray?.['port'])}`,
      );
    }),
  },
  {
    name: 'a service stays inside',
    sources: [
      'kube-score: service-type',
      'kube-linter: exposed-services',
      'NSA/CISA: Network separation',
    ],
    asks: 'Is reached from outside through the front door only.',
    breach: ofKind('Service', (service) => {
      const type = at(service, 'spec.type') ?? 'ClusterIP';
      return unless(
        type === 'ClusterIP' && records(at(service, 'spec.externalIPs')).length === 0,
        `type: ${show(type)}, externalIPs: ${show(at(service, 'spec.externalIPs'))}`,
      );
    }),
  },
  {
    name: 'default deny',
    sources: ['NSA/CISA: Network policies, default deny', 'FACTSWAY: 06 Kubernetes, default deny'],
    asks: 'Lets nothing in or out of any pod that no other policy opens.',
    breach: ofKind('Namespace', ({ metadata }, tree) => {
      const denied = tree
        .filter(
          ({ kind, metadata: { namespace } }) =>
            kind === POLICY_KIND && namespace === metadata.name,
        )
        .filter((policy) => emptySelector(policy) && rulesOf(policy).length === 0)
        .flatMap(directionsOf);
      const open = DIRECTIONS.filter((direction) => !denied.includes(direction));
      return unless(open.length === 0, `open by default: ${open.join(', ')}`);
    }),
  },
  {
    name: 'isolated pods',
    sources: [
      'kube-score: pod-networkpolicy',
      'kube-linter: non-isolated-pod',
      'Polaris: missingNetworkPolicy',
      'NSA/CISA: Network policies',
    ],
    asks: 'Is restricted in who may speak to it and to whom it may speak.',
    breach: ofPods((pod, tree) => {
      const restricted = policiesOf(pod, tree).flatMap(directionsOf);
      const open = DIRECTIONS.filter((direction) => !restricted.includes(direction));
      return unless(open.length === 0, `open: ${open.join(', ')}`);
    }),
  },
  {
    name: 'a network policy selects pods',
    sources: ['kube-score: networkpolicy-targets-pod', 'kube-linter: dangling-networkpolicy'],
    asks: 'Speaks of pods that there are.',
    breach: ofKind(POLICY_KIND, (policy, tree) =>
      unless(
        selectedBy(policy, at(policy, 'spec.podSelector'), tree).length > 0,
        `podSelector: ${show(at(policy, 'spec.podSelector'))}`,
      ),
    ),
  },
  {
    name: 'a network policy says what it restricts',
    sources: ['Kubernetes: Network Policies'],
    asks: 'States its directions: left out, they depend on which rules it happens to have.',
    breach: ofKind(POLICY_KIND, (policy) => {
      const stated = texts(at(policy, 'spec.policyTypes'));
      const needed = DIRECTIONS.filter(
        (direction) => at(policy, `spec.${direction.toLowerCase()}`) !== undefined,
      );
      return unless(
        stated.length > 0 && needed.every((direction) => stated.includes(direction)),
        `policyTypes: ${show(at(policy, 'spec.policyTypes'))}`,
      );
    }),
  },
  {
    name: 'a network policy opens by name',
    sources: ['NSA/CISA: Network policies'],
    asks: 'Opens named ports, and never to or from everybody on every port.',
    breach: ofKind(POLICY_KIND, (policy) => {
      const wide = rulesOf(policy).find(
        ([rule, peers]) =>
          records(rule['ports']).length === 0 &&
          (records(rule[peers]).length === 0 ||
            records(rule[peers]).some(
              (peer) =>
                word(at(peer, 'ipBlock.cidr')).endsWith('/0') || Object.keys(peer).length === 0,
            )),
      );
      return wide && `${wide[1]}: everybody, every port`;
    }),
  },
  {
    name: 'a network policy selects its peers',
    sources: ['kube-linter: dangling-networkpolicypeer-podselector'],
    asks: 'Opens to or from pods that there are, where it means pods of its own namespace.',
    breach: ofKind(POLICY_KIND, (policy, tree) => {
      const stray = rulesOf(policy)
        .flatMap(([rule, peers]) => records(rule[peers]))
        .find(
          ({ podSelector, namespaceSelector }) =>
            podSelector !== undefined &&
            namespaceSelector === undefined &&
            selectedBy(policy, podSelector, tree).length === 0,
        );
      return stray && `podSelector: ${show(stray['podSelector'])}`;
    }),
  },
  {
    name: 'names can be resolved',
    sources: [
      'FACTSWAY: 06 Kubernetes, NetworkPolicies with DNS',
      'Kubernetes: DNS for Services and Pods',
    ],
    asks: 'May ask for names, over UDP and, for long answers, TCP.',
    breach: ofPods((pod, tree) => {
      const policies = policiesOf(pod, tree);
      if (!policies.some((policy) => directionsOf(policy).includes('Egress'))) return undefined;
      const closed = ['UDP', 'TCP'].filter(
        (protocol) => !policies.some((policy) => opens(policy, protocol)),
      );
      return unless(closed.length === 0, `closed to DNS: ${closed.join(', ')}`);
    }),
  },
  {
    name: 'no names for addresses',
    sources: [
      'Kubernetes: Adding entries to Pod /etc/hosts',
      'Kubernetes: DNS for Services and Pods',
    ],
    asks: 'Finds others by the names of their services, from the DNS of the cluster.',
    breach: ofPods(({ spec }) => {
      const policy = spec['dnsPolicy'] ?? 'ClusterFirst';
      return unless(
        records(spec['hostAliases']).length === 0 && policy === 'ClusterFirst',
        `dnsPolicy: ${show(policy)}, hostAliases: ${show(record(spec)['hostAliases'])}`,
      );
    }),
  },
];
