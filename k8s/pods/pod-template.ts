import { plain, type Workload } from '../../installer/src/model/workload.ts';
import type { ConfigMapEntry } from '../config-maps.ts';
import { labels, networkLabels, roleOf, selector, stageOf, versionOf } from '../labels.ts';
import { probes } from './probes.ts';
import { resources } from './resources.ts';
import { containerSecurity, podSecurity } from './security.ts';
import { mounted } from './volumes.ts';

/** Seconds in which the rest of the cluster hears that a pod ends, before it begins to. */
export const PRE_STOP_SECONDS = 5;

export type PodSettings = {
  readonly version: string;
  readonly configs: readonly ConfigMapEntry[];
  readonly pullSecret?: string;
  /** Who runs in the same pod. */
  readonly guests?: readonly Workload[];
  /** Containers that have to end well first. */
  readonly initContainers?: readonly object[];
};

/** `spec.template` of whatever makes pods of a workload. */
export function podTemplate(workload: Workload, settings: PodSettings): object {
  const { component, kind } = workload;
  const all = [workload, ...(settings.guests ?? [])];
  const volumes = once(all.flatMap((one) => mounted(one, settings.configs).volumes));
  const ends = kind === 'one-shot';
  const graceSeconds = Math.max(...all.map(({ stopGraceSeconds }) => stopGraceSeconds));
  return {
    metadata: {
      labels: {
        ...labels(component, stageOf(workload), {
          role: roleOf(workload),
          version: versionOf(workload, settings.version),
        }),
        ...networkLabels(workload),
      },
    },
    spec: {
      serviceAccountName: component,
      automountServiceAccountToken: false,
      // Addresses of other services are told by name; a variable for each port of each is noise.
      enableServiceLinks: false,
      ...(settings.pullSecret === undefined
        ? {}
        : { imagePullSecrets: [{ name: settings.pullSecret }] }),
      securityContext: podSecurity(workload),
      ...(ends ? { restartPolicy: 'Never' } : {}),
      terminationGracePeriodSeconds: graceSeconds + (ends ? 0 : PRE_STOP_SECONDS),
      ...(ends ? {} : spread(component)),
      ...(settings.initContainers ? { initContainers: settings.initContainers } : {}),
      containers: all.map((one) => container(one, settings)),
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  };
}

/** Volumes that two containers of a pod share are named once. */
const once = (volumes: readonly { readonly name: string }[]): object[] => [
  ...new Map(volumes.map((volume) => [volume.name, volume])).values(),
];

/** The container itself; `mounts` come with the volumes of its pod. */
export function container(workload: Workload, { configs }: Pick<PodSettings, 'configs'>): object {
  const { component, image, entrypoint, command, environment, listens, kind } = workload;
  const { mounts } = mounted(workload, configs);
  const env = Object.entries(environment).map(([name, value]) => ({
    name,
    value: escaped(plain(value)),
  }));
  return {
    name: component,
    image,
    imagePullPolicy: 'IfNotPresent',
    ...(entrypoint ? { command: entrypoint.map(escaped) } : {}),
    ...(command.length > 0 ? { args: command.map(escaped) } : {}),
    ...(env.length > 0 ? { env } : {}),
    ...(listens.length > 0
      ? {
          ports: listens.map(({ name, port }) => ({
            name,
            containerPort: port,
            protocol: 'TCP',
          })),
        }
      : {}),
    ...probes(workload),
    ...(kind === 'one-shot'
      ? {}
      : { lifecycle: { preStop: { exec: { command: ['sleep', String(PRE_STOP_SECONDS)] } } } }),
    resources: resources(workload),
    securityContext: containerSecurity(workload),
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
  };
}

/**
 * Kubernetes expands `$(NAME)` in arguments and values and takes any two dollars for one, so every dollar that stands
 * before another or before a parenthesis is doubled. One by itself is text.
 */
export const escaped = (text: string): string =>
  text.replaceAll(/\$+\(|\${2,}/g, (sign) => sign.replaceAll('$', '$$$$'));

/** Not all on one node, nor in one zone: both as far as the cluster can. */
function spread(component: string): object {
  const labelSelector = { matchLabels: selector(component) };
  return {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: { labelSelector, topologyKey: 'kubernetes.io/hostname' },
          },
        ],
      },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector,
      },
    ],
  };
}
