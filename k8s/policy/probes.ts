import { at, record, records, show, texts, type Json } from '../json.ts';
import { ENDING, SERVING, type Container } from './read.ts';
import { ofContainers, ofPods, unless, type PolicyRule } from './rule.ts';

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'];

const needs = (
  name: string,
  probe: string,
  asks: string,
  sources: PolicyRule['sources'],
): PolicyRule => ({
  name,
  sources,
  asks,
  breach: ofContainers(
    (container, _, role) =>
      unless(role === 'init' || container[probe] !== undefined, `${probe}: absent`),
    SERVING,
  ),
});

/** What a probe asks, without how often. */
const question = (probe: unknown): string => {
  const { exec, httpGet, tcpSocket, grpc } = record(probe);
  return JSON.stringify([exec, httpGet, tcpSocket, grpc]);
};

/** Whether a port, by name or number, is one that the container names. */
const listens = ({ ports }: Container, port: unknown): boolean =>
  records(ports).some(({ name, containerPort }) => port === name || port === containerPort);

/** Seconds a hook sleeps, in the forms it can be written in; 0 where it does not. */
function sleeps(hook: unknown): number {
  const seconds = at(hook, 'sleep.seconds');
  if (seconds !== undefined) return Number(seconds);
  const [, written = '0'] =
    /\bsleep[ ,]+(\d+)/.exec(texts(at(hook, 'exec.command')).join(' ')) ?? [];
  return Number(written);
}

const periods = (probe: Json): number => Number(probe['periodSeconds'] ?? 10);

export const PROBE_RULES: readonly PolicyRule[] = [
  needs('liveness probe', 'livenessProbe', 'Is started again when it no longer answers.', [
    'kube-score: pod-probes',
    'kube-linter: no-liveness-probe',
    'Polaris: livenessProbeMissing',
  ]),
  needs('readiness probe', 'readinessProbe', 'Gets no requests while it cannot serve them.', [
    'kube-score: pod-probes',
    'kube-linter: no-readiness-probe',
    'Polaris: readinessProbeMissing',
  ]),
  needs(
    'startup probe',
    'startupProbe',
    'May take its time to start without being killed for it.',
    [
      'FACTSWAY: 06 Kubernetes, startup, readiness and liveness probes',
      'Kubernetes: Liveness, Readiness, and Startup Probes',
    ],
  ),
  {
    name: 'readiness is not liveness',
    sources: ['kube-score: pod-probes-identical', 'FACTSWAY: 06 Kubernetes, readiness ≠ liveness'],
    asks: 'Is not killed for what only keeps requests from it, such as a database that is away.',
    breach: ofContainers(({ livenessProbe, readinessProbe }) =>
      unless(
        livenessProbe === undefined || question(livenessProbe) !== question(readinessProbe),
        `both ask ${question(livenessProbe)}`,
      ),
    ),
  },
  {
    name: 'probes ask a named port',
    sources: ['kube-linter: liveness-port, readiness-port, startup-port'],
    asks: 'Is asked at a port it says it listens on.',
    breach: ofContainers((container) => {
      const asked = PROBES.flatMap((probe) =>
        ['httpGet', 'tcpSocket', 'grpc'].map((way) => at(container[probe], `${way}.port`)),
      ).filter((port) => port !== undefined);
      const stray = asked.find((port) => !listens(container, port));
      return stray === undefined ? undefined : `port: ${show(stray)}`;
    }),
  },
  {
    name: 'an answer within the period',
    sources: ['Kubernetes: Configure Probes'],
    asks: 'Has to answer a probe before the next one comes.',
    breach: ofContainers((container) => {
      const late = PROBES.find(
        (name) =>
          container[name] !== undefined &&
          Number(record(container[name])['timeoutSeconds'] ?? 1) > periods(record(container[name])),
      );
      return late && `${late}: ${show(container[late])}`;
    }),
  },
  {
    name: 'no probes on what ends',
    sources: ['Kubernetes: Init Containers, Jobs', 'FACTSWAY: 06 Kubernetes, migration Job'],
    asks: 'Tells by its exit code how it went.',
    breach: ofContainers((container, { owner }, role) => {
      const found = PROBES.find((probe) => container[probe] !== undefined);
      const ends = role === 'init' || (role === 'main' && ENDING.includes(owner.kind));
      return ends ? found : undefined;
    }),
  },
  {
    name: 'time to drain',
    sources: [
      'FACTSWAY: 06 Kubernetes, preStop and grace that match the drain window',
      'Kubernetes: Container Lifecycle Hooks',
    ],
    asks: 'Is killed only after its hook is through and it had time to end by itself.',
    breach: ofPods(({ spec }) => {
      const grace = spec['terminationGracePeriodSeconds'];
      const hooks = [...records(spec['containers']), ...records(spec['initContainers'])].map(
        (container) => sleeps(at(container, 'lifecycle.preStop')),
      );
      return unless(
        Number(grace) > Math.max(0, ...hooks),
        `terminationGracePeriodSeconds: ${show(grace)}, preStop sleeps ${Math.max(0, ...hooks)}`,
      );
    }, SERVING),
  },
];
