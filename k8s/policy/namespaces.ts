import type { Manifest } from '../manifest.ts';
import { at, record, records, show } from '../json.ts';
import { ENDING, isOf, quantity, SERVING } from './read.ts';
import { ofContainers, ofKind, unless, type PolicyRule } from './rule.ts';
import { demandOf } from './demand.ts';

const inside = (namespace: Manifest, tree: readonly Manifest[], ...kinds: string[]): Manifest[] =>
  tree.filter((one) => isOf(one, ...kinds) && one.metadata.namespace === namespace.metadata.name);
const QUOTA = ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory', 'pods'];
const hardOf = (quotas: readonly Manifest[]): Readonly<Record<string, unknown>> =>
  Object.assign({}, ...quotas.map((quota) => at(quota, 'spec.hard'))) as Record<string, unknown>;

export const NAMESPACES: readonly PolicyRule[] = [
  {
    name: 'restricted pods',
    sources: ['Pod Security Standards: Restricted', 'NSA/CISA: Pod security enforcement'],
    asks: 'Refuses, records and warns of pods that are not restricted.',
    breach: ofKind('Namespace', ({ metadata }) => {
      const lax = ['enforce', 'audit', 'warn'].find(
        (mode) => metadata.labels?.[`pod-security.kubernetes.io/${mode}`] !== 'restricted',
      );
      return lax && `pod-security.kubernetes.io/${lax}: not restricted`;
    }),
  },
  {
    name: 'a quota',
    sources: ['NSA/CISA: Resource policies', 'FACTSWAY: 06 Kubernetes, quotas and LimitRange'],
    asks: 'Can take no more of the cluster than it was given.',
    breach: ofKind('Namespace', (namespace, tree) => {
      const hard = hardOf(inside(namespace, tree, 'ResourceQuota'));
      const missing = QUOTA.find((key) => hard[key] === undefined);
      return missing && `ResourceQuota: no ${missing}`;
    }),
  },
  {
    name: 'a quota that is enough',
    sources: ['Kubernetes: Resource Quotas', 'FACTSWAY: 06 Kubernetes, quotas and LimitRange'],
    asks: 'Has room for all its pods at their most, and for a rollout of all at once.',
    breach: ofKind('Namespace', (namespace, tree) => {
      const hard = hardOf(inside(namespace, tree, 'ResourceQuota'));
      const demand = demandOf(inside(namespace, tree, ...SERVING, ...ENDING), tree);
      const short = Object.entries(demand).find(
        ([key, needed]) => hard[key] !== undefined && quantity(hard[key]) < needed,
      );
      return short && `${short[0]}: ${show(hard[short[0]])} of ${short[1]}`;
    }),
  },
  {
    name: 'limits for what states none',
    sources: ['NSA/CISA: Resource policies', 'FACTSWAY: 06 Kubernetes, quotas and LimitRange'],
    asks: 'Gives limits to a container that comes without.',
    breach: ofKind('Namespace', (namespace, tree) => {
      const limits = inside(namespace, tree, 'LimitRange').flatMap((range) =>
        records(at(range, 'spec.limits')).filter(({ type }) => type === 'Container'),
      );
      const missing = ['default', 'defaultRequest'].find(
        (key) =>
          !limits.some((limit) =>
            ['cpu', 'memory'].every((resource) => record(limit[key])[resource] !== undefined),
          ),
      );
      return missing && `LimitRange: no ${missing}`;
    }),
  },
  {
    name: 'within the limits of the namespace',
    sources: ['Kubernetes: Limit Ranges'],
    asks: 'Asks for no container that the namespace would refuse.',
    breach: (manifest, tree) => {
      const limits = tree
        .filter((one) => isOf(one, 'LimitRange'))
        .filter((one) => one.metadata.namespace === manifest.metadata.namespace)
        .flatMap((range) => records(at(range, 'spec.limits')))
        .filter(({ type }) => type === 'Container');
      return ofContainers(({ resources }) => {
        const outside = ['cpu', 'memory', 'ephemeral-storage'].find((resource) =>
          limits.some(
            ({ min, max }) =>
              quantity(record(at(resources, 'limits'))[resource]) >
                quantity(record(max)[resource]) ||
              quantity(record(at(resources, 'requests'))[resource]) <
                quantity(record(min)[resource]),
          ),
        );
        return unless(outside === undefined, `${outside ?? ''}: outside of the LimitRange`);
      })(manifest, tree);
    },
  },
];
