import { configSchema } from '../../installer/src/model/config.ts';
import { environment } from '../../k8s/environment.ts';
import { policyExceptions } from '../../k8s/exceptions.ts';
import { LEDGER, ONLY_IN_COMPOSE } from '../../k8s/proof/ledger.ts';
import { CONFLICTS } from '../../k8s/policy/conflicts.ts';
import { POLICY } from '../../k8s/policy/policy.ts';
import { GENERATED, table } from './generated-page.ts';

/** What an export is held against: rules with their sources, what was decided between them, and exceptions. */
export function kubernetesPage(): string {
  const production = environment('production', configSchema.parse({}));
  const rules = POLICY.map(({ name, asks, sources }) => [name, asks, sources.join('; ')]);
  const conflicts = CONFLICTS.map(({ between, decision, because }) => [
    between.join('; '),
    `${decision} ${because}`,
  ]);
  const exceptions = policyExceptions(production).map(({ rule, kind, name, reason }) => [
    rule,
    `${kind} ${name}`,
    reason,
  ]);
  const ledger = [
    ...ONLY_IN_COMPOSE.map(({ id, reason }) => [id, 'DECLARED', reason]),
    ...LEDGER.map(({ id, relation, reason }) => [id, relation, reason]),
  ];
  return `${GENERATED}# What an export to Kubernetes is held against

How to: [FACTSWAY in Kubernetes](../operations/kubernetes.md).

## The ledger: what differs from one server

Everything else is the same, fact by fact: \`factsway-install export k8s --report\` prints the comparison. REFINES: Kubernetes says more. DECLARED: it differs, for this reason, in this way and no other; a test changes every fact of either side and asks that it is noticed.

${table(['entry', 'relation', 'reason'], ledger)}

## Rules

Each is asked of the built overlays of every kind of cluster; a test plants a breach of each.

${table(['rule', 'what is asked', 'who asks'], rules)}

## Where they contradict each other

${table(['between', 'what was decided'], conflicts)}

## Exceptions

${table(['rule', 'object', 'reason'], exceptions)}
`;
}
