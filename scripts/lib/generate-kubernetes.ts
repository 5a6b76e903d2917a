import { configSchema } from '../../installer/src/model/config.ts';
import { environment } from '../../k8s/environment.ts';
import { policyExceptions } from '../../k8s/exceptions.ts';
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
  return `${GENERATED}# What an export to Kubernetes is held against

How to: [FACTSWAY in Kubernetes](../operations/kubernetes.md).

## Rules

Each is asked of the built overlays of every kind of cluster; a test plants a breach of each.

${table(['rule', 'what is asked', 'who asks'], rules)}

## Where they contradict each other

${table(['between', 'what was decided'], conflicts)}

## Exceptions

${table(['rule', 'object', 'reason'], exceptions)}
`;
}
