import type { Manifest } from '../manifest.ts';
import { at, type Json, list, record, records } from '../json.ts';

export const namespaceOf = ({ metadata }: Manifest): string | undefined => metadata.namespace;
export const together = (one: Manifest, other: Manifest): boolean =>
  namespaceOf(one) === namespaceOf(other);
export const isOf = ({ kind }: Manifest, ...kinds: readonly string[]): boolean =>
  kinds.includes(kind);
/** Objects of a kind in the namespace of another object. */
export const beside = (manifest: Manifest, tree: readonly Manifest[], kind: string): Manifest[] =>
  tree.filter((other) => isOf(other, kind) && together(manifest, other));
export const named = (name: unknown, manifests: readonly Manifest[]): Manifest | undefined =>
  manifests.find(({ metadata }) => metadata.name === name);

/** What runs until it is told to end, and what ends by itself. */
export const SERVING = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];
export const ENDING = ['Job', 'CronJob'];

export type Pod = {
  readonly spec: Json;
  readonly labels: Json;
  readonly annotations: Json;
  readonly owner: Manifest;
};

const TEMPLATE: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...SERVING, 'Job'].map((kind) => [kind, 'spec.template'])),
  CronJob: 'spec.jobTemplate.spec.template',
};

/** The pod an object starts; undefined where it starts none. */
export function podOf(owner: Manifest): Pod | undefined {
  const path = TEMPLATE[owner.kind];
  const template = path === undefined ? (isOf(owner, 'Pod') ? owner : undefined) : at(owner, path);
  if (template === undefined) return undefined;
  return {
    spec: record(at(template, 'spec')),
    labels: record(at(template, 'metadata.labels')),
    annotations: record(at(template, 'metadata.annotations')),
    owner,
  };
}

export type Container = Json & { readonly name: string };
export type ContainerRole = 'main' | 'init' | 'sidecar';

/** Every container of a pod; an init container that restarts is a sidecar (Kubernetes 1.29). */
export function containersOf({ spec }: Pod): readonly (readonly [Container, ContainerRole])[] {
  const role = (init: Json): ContainerRole =>
    init['restartPolicy'] === 'Always' ? 'sidecar' : 'init';
  const withName = (one: Json): Container => ({ ...one, name: String(one['name']) });
  return [
    ...records(spec['initContainers']).map((one) => [withName(one), role(one)] as const),
    ...records(spec['containers']).map((one) => [withName(one), 'main'] as const),
  ];
}

/** Whether a label selector chooses these labels; an empty one chooses all (API reference, "LabelSelector"). */
export function selects(selector: unknown, labels: Json): boolean {
  const wanted = Object.entries(record(at(selector, 'matchLabels')));
  const expressions = records(at(selector, 'matchExpressions'));
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    expressions.every((expression) => holds(expression, labels))
  );
}

function holds({ key, operator, values }: Json, labels: Json): boolean {
  const value = labels[String(key)];
  const among = list(values).includes(value);
  if (operator === 'In') return among;
  if (operator === 'NotIn') return !among;
  return (operator === 'Exists') === (value !== undefined);
}

/**
 * The pods the Prometheus Operator makes of an object: it gives them these labels, and one named port (its API reference,
 * "podMetadata", "portName"). What else is in them is the operator's own.
 */
function podOfOperator(owner: Manifest): Pod | undefined {
  const { kind, metadata } = owner;
  if (!isOf(owner, 'Prometheus', 'Alertmanager')) return undefined;
  const port = { name: at(owner, 'spec.portName') ?? 'web' };
  return {
    spec: { containers: [{ name: kind.toLowerCase(), ports: [port] }] },
    labels: {
      ...record(at(owner, 'spec.podMetadata.labels')),
      'app.kubernetes.io/name': kind.toLowerCase(),
      'app.kubernetes.io/instance': metadata.name,
    },
    annotations: {},
    owner,
  };
}

/** Pods that a selector of this object chooses, in its namespace. */
export const selectedBy = (
  manifest: Manifest,
  selector: unknown,
  tree: readonly Manifest[],
): readonly Pod[] =>
  tree
    .filter((other) => together(manifest, other))
    .map((other) => podOf(other) ?? podOfOperator(other))
    .filter((pod) => pod !== undefined)
    .filter(({ labels }) => selects(selector, labels));

/** The autoscaler that owns the number of replicas of an object. */
export const autoscalerOf = (manifest: Manifest, tree: readonly Manifest[]): Manifest | undefined =>
  beside(manifest, tree, 'HorizontalPodAutoscaler').find(
    (scaler) =>
      at(scaler, 'spec.scaleTargetRef.kind') === manifest.kind &&
      at(scaler, 'spec.scaleTargetRef.name') === manifest.metadata.name,
  );

/** How many pods there are at least: one where nobody says (API reference, "DeploymentSpec"). */
export function fewestReplicas(manifest: Manifest, tree: readonly Manifest[]): number {
  const scaler = autoscalerOf(manifest, tree);
  const path = scaler === undefined ? 'spec.replicas' : 'spec.minReplicas';
  return Number(at(scaler ?? manifest, path) ?? 1);
}

const POWERS = ['k', 'M', 'G', 'T', 'P', 'E'];
/** Value of a Kubernetes quantity, in its unit (cores, bytes); NaN for what is none. */
export function quantity(value: unknown): number {
  const [, amount = '', unit = ''] =
    /^(\d+(?:\.\d+)?)(m|[kMGTPE]|[KMGTPE]i|e\d+|)$/.exec(String(value)) ?? [];
  const number = amount === '' ? Number.NaN : Number(amount);
  if (unit === '') return number;
  if (unit === 'm') return number / 1000;
  if (unit.startsWith('e')) return number * 10 ** Number(unit.slice(1));
  const power = POWERS.indexOf(unit.startsWith('K') ? 'k' : unit.charAt(0)) + 1;
  return number * (unit.endsWith('i') ? 1024 : 1000) ** power;
}
