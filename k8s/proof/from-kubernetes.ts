import type { Autoscaler, Budget, Controller, Manifest, PodSpec } from './cluster-objects.ts';
import { clusterOf, trafficOf, type Cluster, type Place } from './cluster-traffic.ts';
import type { ComponentFacts, Facts } from './facts.ts';
import { podFacts } from './pod-facts.ts';
import { mountFacts } from './pod-mounts.ts';
import { selects } from './reachability.ts';

const NAME_LABEL = 'app.kubernetes.io/name';
const CONTROLLERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod'];
/** How a Job or a Deployment takes up a process that ended. */
const RESTARTS: Readonly<Record<string, string>> = { Job: 'Never', Deployment: 'Always' };

/**
 * Facts of a built Kustomize overlay.
 * @param built what `kubectl kustomize` prints, parsed document by document
 * @throws Error where it says something that is not read here
 */
export function factsFromKubernetes(built: readonly unknown[]): Facts {
  const manifests = built as readonly Manifest[];
  const controllers = manifests.filter(({ kind }) => CONTROLLERS.includes(kind)) as Controller[];
  const places = controllers.map(placeOf);
  const cluster = clusterOf(places, manifests);
  const components = new Map<string, ComponentFacts>();
  controllers.forEach((controller, index) => {
    const place = places[index];
    if (!place) return;
    if (components.has(place.component)) throw new Error(`two things run ${place.component}`);
    components.set(place.component, componentFacts(controller, place, cluster, controllers));
  });
  return { components: Object.fromEntries(components) };
}

function placeOf({ metadata, spec }: Controller): Place {
  const { labels = {} } = spec.template.metadata;
  const ports = spec.template.spec.containers.flatMap((container) => container.ports ?? []);
  return {
    component: labels[NAME_LABEL] ?? metadata.name,
    namespace: metadata.namespace ?? 'default',
    labels,
    ports: Object.fromEntries(
      ports.map(({ name, containerPort }) => [name ?? String(containerPort), containerPort]),
    ),
  };
}

function componentFacts(
  controller: Controller,
  place: Place,
  cluster: Cluster,
  controllers: readonly Controller[],
): ComponentFacts {
  const { kind, spec } = controller;
  const pod = spec.template.spec;
  const { shmBytes, ...mounts } = mountFacts(controller, cluster.manifests);
  const own = podFacts(pod, `${kind} ${controller.metadata.name}`);
  const once = kind === 'Job';
  return {
    slot: null,
    kind: once ? 'one-shot' : 'service',
    restart: pod.restartPolicy ?? RESTARTS[kind] ?? 'Always',
    job: {
      retries: once ? (spec.backoffLimit ?? 6) : 0,
      deadlineSeconds: spec.activeDeadlineSeconds ?? null,
    },
    ...own,
    ...mounts,
    resources: { ...own.resources, shmBytes },
    copies: copiesOf(controller, place, cluster.manifests),
    waitsFor: waitsFor(pod, controllers),
    ...trafficOf(place, cluster),
  };
}

function copiesOf(
  { kind, metadata, spec }: Controller,
  { labels }: Place,
  manifests: readonly Manifest[],
): ComponentFacts['copies'] {
  const scaler = manifests.find((one) => {
    if (one.kind !== 'HorizontalPodAutoscaler') return false;
    const target = (one as unknown as Autoscaler).spec.scaleTargetRef;
    return target.kind === kind && target.name === metadata.name;
  }) as Autoscaler | undefined;
  const budget = manifests.find(
    (one) =>
      one.kind === 'PodDisruptionBudget' &&
      selects((one as unknown as Budget).spec.selector, labels),
  ) as Budget | undefined;
  const fixed = spec.replicas ?? 1;
  const away = budget?.spec.maxUnavailable;
  return {
    least: scaler?.spec.minReplicas ?? fixed,
    most: scaler?.spec.maxReplicas ?? fixed,
    away: away === undefined ? null : Number(away),
  };
}

/**
 * An init container that asks, with the program of a Job and over and over, how far it is, ends when the Job has done
 * its work: whatever comes after it happens after the Job.
 */
function waitsFor(pod: PodSpec, controllers: readonly Controller[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { image, command = [], args = [] } of pod.initContainers ?? []) {
    const job = controllers.find(
      ({ kind, spec }) => kind === 'Job' && spec.template.spec.containers[0]?.image === image,
    );
    if (!job) continue;
    const [program = '', file = ''] = job.spec.template.spec.containers[0]?.args ?? [];
    const text = [...command, ...args].join(' ');
    if (text.startsWith(`/bin/sh -c until ${program} ${file} status; do sleep `))
      found[placeOf(job).component] = 'completed';
  }
  return found;
}
