import type {
  Autoscaler,
  Budget,
  Container,
  Controller,
  Manifest,
  PodSpec,
} from './cluster-objects.ts';
import { tasksOf } from './cluster-tasks.ts';
import { clusterOf, trafficOf, type Cluster, type Place } from './cluster-traffic.ts';
import type { ComponentFacts, Facts } from './facts.ts';
import { podFacts } from './pod-facts.ts';
import { mountFacts, type Mount } from './pod-mounts.ts';
import { selects } from './reachability.ts';

const NAME_LABEL = 'app.kubernetes.io/name';
const CONTROLLERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Pod'];
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
  const running = controllers.flatMap((controller) =>
    controller.spec.template.spec.containers.map((container, index): Running => {
      const place = placeOf(controller, container);
      const own = index === 0 ? place.component : container.name;
      return { controller, container, place: { ...place, component: own } };
    }),
  );
  const cluster = clusterOf(
    running.map(({ place }) => place),
    manifests,
  );
  const components = new Map<string, ComponentFacts>();
  for (const one of running) {
    const { component } = one.place;
    if (components.has(component)) throw new Error(`two things run ${component}`);
    components.set(component, componentFacts(one, { running, cluster, controllers }));
  }
  for (const { component, name, facts } of tasksOf(manifests, cluster)) {
    const owner = components.get(component);
    if (!owner) throw new Error(`CronJob ${name} is of ${component}, which nothing runs`);
    components.set(component, { ...owner, tasks: { ...owner.tasks, [name]: facts } });
  }
  return { components: Object.fromEntries(components) };
}

/** A container of a pod is a component: the first is what the pod is called, others go by their own name. */
type Running = {
  readonly controller: Controller;
  readonly container: Container;
  readonly place: Place;
};
type All = {
  readonly running: readonly Running[];
  readonly cluster: Cluster;
  readonly controllers: readonly Controller[];
};

function placeOf({ kind, metadata, spec }: Controller, container?: Container): Place {
  const { labels = {} } = spec.template.metadata;
  return {
    component: labels[NAME_LABEL] ?? metadata.name,
    namespace: metadata.namespace ?? 'default',
    labels,
    ports: Object.fromEntries(
      (container?.ports ?? []).map(({ name, containerPort }) => [
        name ?? String(containerPort),
        containerPort,
      ]),
    ),
    pod: `${kind}/${metadata.name}`,
  };
}

function componentFacts(
  { controller, container, place }: Running,
  { running, cluster, controllers }: All,
): ComponentFacts {
  const { kind, spec } = controller;
  const pod = spec.template.spec;
  const others = running.filter((one) => one.container !== container);
  const shared = (mount: Mount): string[] => {
    const wanted = volumeOf(controller, mount);
    return others
      .flatMap((other) =>
        (other.container.volumeMounts ?? [])
          .filter((one) => volumeOf(other.controller, one) === wanted)
          .map((one) => `${other.place.component}:${one.mountPath}`),
      )
      .sort();
  };
  const { shmBytes, ...mounts } = mountFacts(controller, container, cluster.manifests, shared);
  const own = podFacts(pod, container, `${kind} ${controller.metadata.name}`);
  const once = kind === 'Job';
  return {
    slot: null,
    kind: once ? 'one-shot' : 'service',
    beside: others
      .filter((other) => other.controller === controller)
      .map((other) => other.place.component),
    // A pod has nobody for that, unless its containers see the processes of each other.
    collectsOrphans: false,
    restart: pod.restartPolicy ?? RESTARTS[kind] ?? 'Always',
    job: {
      retries: once ? (spec.backoffLimit ?? 6) : 0,
      deadlineSeconds: spec.activeDeadlineSeconds ?? null,
    },
    ...own,
    ...mounts,
    resources: { ...own.resources, shmBytes },
    copies: copiesOf(controller, place, cluster.manifests),
    waitsFor: container === pod.containers[0] ? waitsFor(pod, controllers) : {},
    tasks: {},
    ...trafficOf(place, cluster),
  };
}

/** Which volume a mount is of: the claim, or the pod and its name for it. */
function volumeOf({ kind, metadata, spec }: Controller, { name }: Mount): string {
  const alone = spec.template.spec.volumes?.find((one) => one.name === name);
  if (alone?.persistentVolumeClaim) return alone.persistentVolumeClaim.claimName;
  return alone ? `${kind}/${metadata.name}/${name}` : `${name}-${metadata.name}-0`;
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
