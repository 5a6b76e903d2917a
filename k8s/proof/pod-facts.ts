import {
  amount,
  CONTAINER_KEYS,
  expanded,
  imageOf,
  onlyKnown,
  POD_KEYS,
  PROBE_KEYS,
  SECURITY_KEYS,
  type Container,
  type PodSpec,
  type Probe,
} from './cluster-objects.ts';
import type { ComponentFacts, GateFacts, HealthFacts, ProbeFacts } from './facts.ts';

const PULL: Readonly<Record<string, string>> = {
  IfNotPresent: 'missing',
  Never: 'never',
  Always: 'always',
};
/** Kubernetes API reference, "Probe" and "PodSpec": what counts where nothing is said. */
const DEFAULTS = { period: 10, timeout: 1, failures: 3, grace: 30 } as const;

export type PodFacts = Pick<
  ComponentFacts,
  | 'image'
  | 'entrypoint'
  | 'command'
  | 'environment'
  | 'security'
  | 'resources'
  | 'health'
  | 'readiness'
  | 'liveness'
  | 'stop'
  | 'logs'
  | 'listens'
  | 'gates'
>;

/**
 * What a pod says of one of its containers; those that come first are before the first of them.
 * @throws Error where something is said that is not read here
 */
export function podFacts(pod: PodSpec, container: Container, where: string): PodFacts {
  const gates = container === pod.containers[0] ? (pod.initContainers ?? []) : [];
  for (const part of [container, ...gates])
    onlyKnown(part, CONTAINER_KEYS, `${where}, container ${part.name}`);
  onlyKnown(pod, POD_KEYS, where);
  const environment = environmentOf(container, where);
  const texts = (list: readonly string[] = []) => list.map((text) => expanded(text, environment));
  const preStopSeconds = preStop(container, where);
  return {
    image: {
      ...imageOf(container.image),
      pull: PULL[container.imagePullPolicy ?? ''] ?? 'unknown',
    },
    entrypoint: texts(container.command),
    command: texts(container.args),
    environment,
    security: securityOf(pod, container, where),
    resources: resourcesOf(container),
    ...probesOf(container, where),
    stop: {
      graceSeconds: (pod.terminationGracePeriodSeconds ?? DEFAULTS.grace) - preStopSeconds,
      preStopSeconds,
      signal: container.lifecycle?.stopSignal ?? null,
    },
    logs: { driver: null, size: null, files: null },
    listens: (container.ports ?? [])
      .map(({ containerPort }) => containerPort)
      .sort((a, b) => a - b),
    gates: Object.fromEntries(gates.map((gate) => [gate.name, gateOf(pod, gate, where)])),
  };
}

/** In order: a value may name one that stands before it. */
function environmentOf({ env = [] }: Container, where: string): Record<string, string> {
  const known: Record<string, string> = {};
  for (const entry of env) {
    onlyKnown(entry, ['name', 'value'], `${where}, variable ${entry.name}`);
    known[entry.name] = expanded(entry.value ?? '', known);
  }
  return known;
}

function securityOf(pod: PodSpec, container: Container, where: string): ComponentFacts['security'] {
  const [ofPod, own] = [pod.securityContext ?? {}, container.securityContext ?? {}];
  for (const part of [ofPod, own]) onlyKnown(part, SECURITY_KEYS, `${where}, securityContext`);
  const both = { ...ofPod, ...own };
  const profile = both.seccompProfile?.type;
  return {
    uid: both.runAsUser ?? 0,
    gid: both.runAsGroup ?? 0,
    volumeGroup: ofPod.fsGroup ?? null,
    nonRoot: both.runAsNonRoot ?? null,
    privileged: own.privileged ?? false,
    escalation: own.allowPrivilegeEscalation ?? true,
    readOnlyRoot: own.readOnlyRootFilesystem ?? false,
    added: [...(own.capabilities?.add ?? [])].sort(),
    dropped: [...(own.capabilities?.drop ?? [])].sort(),
    // Kubernetes confines nobody unless asked to; Docker does.
    seccomp: profile === 'RuntimeDefault' ? 'default' : (profile ?? 'Unconfined'),
    controlToken: pod.automountServiceAccountToken ?? true,
    hostNamespaces: [
      ...(pod.hostNetwork ? ['network'] : []),
      ...(pod.hostPID ? ['pid'] : []),
      ...(pod.hostIPC ? ['ipc'] : []),
    ],
  };
}

function resourcesOf({ resources = {} }: Container): ComponentFacts['resources'] {
  const { limits = {}, requests = {} } = resources;
  const of = (amounts: Readonly<Record<string, string | number>>, name: string): number | null =>
    amounts[name] === undefined ? null : amount(amounts[name]);
  return {
    memoryBytes: of(limits, 'memory') ?? 0,
    swapBytes: null,
    cpus: of(limits, 'cpu') ?? 0,
    pids: null,
    // Set where the mounts are read.
    shmBytes: null,
    requestedMemoryBytes: of(requests, 'memory'),
    requestedCpus: of(requests, 'cpu'),
    diskBytes: of(limits, 'ephemeral-storage'),
    requestedDiskBytes: of(requests, 'ephemeral-storage'),
  };
}

type Probes = Pick<ComponentFacts, 'health' | 'readiness' | 'liveness'>;

/**
 * Health turned back from the three probes: a startup probe every I seconds that may fail F times, and R failures
 * later on, is a start period of (F − R) · I, the longest of those ⌈P/I⌉ + R comes from.
 */
function probesOf(container: Container, where: string): Probes {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  const read = (probe: Probe | undefined): Partial<ProbeFacts> => {
    if (!probe) return {};
    onlyKnown(probe, PROBE_KEYS, `${where}, probe`);
    return {
      check: checkOf(probe, container),
      everySeconds: probe.periodSeconds ?? DEFAULTS.period,
      timeoutSeconds: probe.timeoutSeconds ?? DEFAULTS.timeout,
      failures: probe.failureThreshold ?? DEFAULTS.failures,
    };
  };
  const start = read(startupProbe);
  const liveness = read(livenessProbe);
  const retries = liveness.failures ?? 0;
  const health: Partial<HealthFacts> = startupProbe
    ? {
        argv: startupProbe.exec?.command ?? [start.check ?? ''],
        intervalSeconds: start.everySeconds ?? 0,
        timeoutSeconds: start.timeoutSeconds ?? 0,
        retries,
        startPeriodSeconds: ((start.failures ?? 0) - retries) * (start.everySeconds ?? 0),
      }
    : {};
  return { health, readiness: read(readinessProbe), liveness };
}

function checkOf({ exec, httpGet, tcpSocket }: Probe, { ports = [] }: Container): string {
  const number = (port: number | string): string =>
    String(ports.find(({ name }) => name === port)?.containerPort ?? port);
  if (exec) return `exec ${exec.command.join(' ')}`;
  if (httpGet) return `http ${httpGet.path ?? '/'} ${number(httpGet.port)}`;
  return tcpSocket ? `tcp ${number(tcpSocket.port)}` : 'nothing';
}

function preStop({ lifecycle, name }: Container, where: string): number {
  const hook = lifecycle?.preStop;
  if (!hook) return 0;
  if (hook.sleep) return hook.sleep.seconds;
  const [program, time] = hook.exec?.command ?? [];
  if (program !== 'sleep') throw new Error(`${where}, ${name}: a preStop that does not sleep`);
  return Number(time);
}

function gateOf(pod: PodSpec, gate: Container, where: string): GateFacts {
  const environment = environmentOf(gate, where);
  const security = securityOf(pod, gate, where);
  const { memoryBytes, cpus } = resourcesOf(gate);
  return {
    image: gate.image,
    argv: [...(gate.command ?? []), ...(gate.args ?? [])].map((text) =>
      expanded(text, environment),
    ),
    environment,
    memoryBytes,
    cpus,
    escalation: security.escalation,
    privileged: security.privileged,
    readOnlyRoot: security.readOnlyRoot,
    added: security.added,
    dropped: security.dropped,
    mounts: (gate.volumeMounts ?? []).map(({ mountPath }) => mountPath).sort(),
  };
}
