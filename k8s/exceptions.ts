import type { Environment } from './environment.ts';
import { certificateFrom } from './objects/entry.ts';
import { SOLVER } from './objects/network-policies.ts';
import type { PolicyException } from './policy/policy.ts';

/** What our own export breaks of the policy on purpose, object by object, each with its reason. */
export function policyExceptions(environment: Environment): PolicyException[] {
  const { catalog, config } = environment;
  const { className, kind } = config.kubernetes.entry;
  return [
    ...catalog.workloads
      .filter(({ speaksOut }) => speaksOut !== undefined)
      .map(({ component, speaksOut }) => ({
        rule: 'a network policy opens by name',
        kind: 'NetworkPolicy',
        name: component,
        reason: `It ${speaksOut ?? ''}: whom, a policy cannot know, and what it may reach inside of the cluster is decided at the other end.`,
      })),
    ...['blackbox-exporter', 'postgres-exporter'].map((name) => ({
      rule: 'more than one replica',
      kind: 'Deployment',
      name,
      reason:
        'It measures for one Prometheus: two of it would measure everything twice and make nothing safer.',
    })),
    ...(kind === 'ingress' && className === undefined
      ? [
          {
            rule: 'an ingress has a class',
            kind: 'Ingress',
            name: 'edge',
            reason:
              'Without kubernetes.entry.className the cluster chooses: it has a default class for that.',
          },
        ]
      : []),
    ...(certificateFrom(environment) === 'cert-manager'
      ? [
          {
            rule: 'a network policy selects pods',
            kind: 'NetworkPolicy',
            name: SOLVER.policy,
            reason:
              'cert-manager starts the pods it is about, for as long as an authority asks whether the name leads here.',
          },
        ]
      : []),
    ...(kind === 'ingress' && certificateFrom(environment) === 'none'
      ? [
          {
            rule: 'an ingress is encrypted',
            kind: 'Ingress',
            name: 'edge',
            reason: 'edge.tls.mode off: a load balancer in front of the cluster ends TLS.',
          },
        ]
      : []),
  ];
}
