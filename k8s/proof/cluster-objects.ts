import type { Selector } from './reachability.ts';

/** Objects of Kubernetes as far as they are read (Kubernetes API reference). */
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
};

type Security = {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: string;
  readonly seccompProfile?: { readonly type: string };
};
export type ContainerSecurity = Security & {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
};
export type Probe = {
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: { readonly path?: string; readonly port: number | string };
  readonly tcpSocket?: { readonly port: number | string };
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
};
type Amounts = Readonly<Record<string, string | number>>;
export type Container = {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly hostPort?: number;
  }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: {
    readonly preStop?: {
      readonly exec?: { readonly command: readonly string[] };
      readonly sleep?: { readonly seconds: number };
    };
    readonly stopSignal?: string;
  };
  readonly resources?: { readonly requests?: Amounts; readonly limits?: Amounts };
  readonly securityContext?: ContainerSecurity;
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly subPath?: string;
    readonly readOnly?: boolean;
  }[];
};
type Item = { readonly key: string; readonly path: string; readonly mode?: number };
export type Source = {
  readonly configMap?: { readonly name: string; readonly items?: readonly Item[] };
  readonly secret?: { readonly name: string; readonly items?: readonly Item[] };
};
export type Volume = {
  readonly name: string;
  readonly projected?: { readonly defaultMode?: number; readonly sources: readonly Source[] };
  readonly configMap?: {
    readonly name: string;
    readonly items?: readonly Item[];
    readonly defaultMode?: number;
  };
  readonly secret?: {
    readonly secretName: string;
    readonly items?: readonly Item[];
    readonly defaultMode?: number;
  };
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
  readonly hostPath?: { readonly path: string };
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
};
export type PodSpec = {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: Security;
  readonly restartPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
};
export type Controller = Manifest & {
  readonly spec: {
    readonly replicas?: number;
    readonly backoffLimit?: number;
    readonly activeDeadlineSeconds?: number;
    readonly template: {
      readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
    readonly volumeClaimTemplates?: readonly {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly resources: { readonly requests: Amounts } };
    }[];
  };
};
/** What a CronJob says beside the Job it makes. */
export type CronJob = Manifest & {
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string;
    readonly concurrencyPolicy?: string;
    readonly suspend?: boolean;
    readonly startingDeadlineSeconds?: number;
    readonly successfulJobsHistoryLimit?: number;
    readonly failedJobsHistoryLimit?: number;
    readonly jobTemplate: { readonly spec: Controller['spec'] };
  };
};
export type Claim = Manifest & {
  readonly spec: { readonly resources: { readonly requests: Amounts } };
};
export type Budget = Manifest & {
  readonly spec: { readonly selector: Selector; readonly maxUnavailable?: number | string };
};
export type Autoscaler = Manifest & {
  readonly spec: {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
  };
};

/** Keys that are read, and those that say nothing of what a container is: where it is placed, how it is fetched. */
export const POD_KEYS = [
  ...['serviceAccountName', 'automountServiceAccountToken', 'securityContext', 'restartPolicy'],
  ...['terminationGracePeriodSeconds', 'hostNetwork', 'hostPID', 'hostIPC', 'initContainers'],
  ...['containers', 'volumes', 'affinity', 'topologySpreadConstraints', 'enableServiceLinks'],
  ...['imagePullSecrets', 'priorityClassName'],
] as const;
export const CONTAINER_KEYS = [
  ...['name', 'image', 'imagePullPolicy', 'command', 'args', 'env', 'ports', 'startupProbe'],
  ...['readinessProbe', 'livenessProbe', 'lifecycle', 'resources', 'securityContext'],
  ...['volumeMounts'],
] as const;
export const SECURITY_KEYS = [
  ...['runAsUser', 'runAsGroup', 'runAsNonRoot', 'fsGroup', 'fsGroupChangePolicy'],
  ...['seccompProfile', 'privileged', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem'],
  ...['capabilities'],
] as const;
export const PROBE_KEYS = [
  ...['exec', 'httpGet', 'tcpSocket', 'periodSeconds', 'timeoutSeconds', 'failureThreshold'],
] as const;
export const VOLUME_KEYS = [
  ...['name', 'projected', 'configMap', 'secret', 'emptyDir', 'hostPath', 'persistentVolumeClaim'],
] as const;

const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  m: 0.001,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/**
 * A quantity as a number (Kubernetes API, "resource.Quantity"): bytes of `198Mi`, cores of `250m`.
 * @throws Error where it is none
 */
export function amount(quantity: string | number): number {
  const [, digits = '', suffix = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(String(quantity)) ?? [];
  const factor = SUFFIXES[suffix];
  if (digits === '' || factor === undefined)
    throw new Error(`"${quantity}" is no quantity of Kubernetes`);
  return Number(digits) * factor;
}

/**
 * `$(NAME)` in arguments and values as the kubelet expands it: a doubled dollar is one, wherever it stands, and what
 * names nothing stays (k8s.io/kubernetes/third_party/forked/golang/expansion).
 */
export function expanded(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(\$|\(([^)]*)\))/g, (whole, next: string, name: string | undefined) => {
    if (next === '$') return '$';
    return known[name ?? ''] ?? whole;
  });
}

/**
 * What nobody reads stops the extractor: two sides would be called equal that are not.
 * @throws Error naming the key and where it stands
 */
export function onlyKnown(value: object, known: readonly string[], where: string): void {
  for (const key of Object.keys(value))
    if (!known.includes(key)) throw new Error(`${where}: nobody reads "${key}" here`);
}

/** Name, tag and digest of an image (distribution/reference: a tag has no slash, a port has one after it). */
export function imageOf(reference: string): { name: string; tag: string; digest: string } {
  const [, name = '', tag = '', digest = ''] =
    /^(.+?)(?::([\w.-]+))?(?:@([\w:]+))?$/.exec(reference) ?? [];
  return { name, tag, digest };
}
