import type { Manifest } from '../manifest.ts';
import { at, record, records, show, texts, type Json } from '../json.ts';
import {
  containersOf,
  isOf,
  podOf,
  selectedBy,
  selects,
  SERVING,
  type Pod,
} from '../policy/read.ts';

const twice = (names: readonly unknown[]): unknown =>
  names.find((name, index) => name !== undefined && names.indexOf(name) !== index);
const HANDLERS = ['exec', 'grpc', 'httpGet', 'tcpSocket'];

/** What the server checks of a pod as a whole (API reference; `pkg/apis/core/validation`). */
function podProblems(pod: Pod): readonly string[] {
  const { spec, owner } = pod;
  const containers = containersOf(pod).map(([container]) => container);
  const volumes = [
    ...records(spec['volumes']),
    ...records(at(owner, 'spec.volumeClaimTemplates')).map((claim) => record(claim['metadata'])),
  ].map(({ name }) => name);
  const found: unknown[] = [
    containers.length === 0 && 'the pod has no containers',
    twice(containers.map(({ name }) => name)) && 'two containers have one name',
    twice(volumes) && `two volumes are called ${show(twice(volumes))}`,
    ...records(spec['volumes']).map(
      (volume) =>
        Object.keys(volume).length !== 2 && `volume ${show(volume['name'])} is not of one type`,
    ),
    ...containers.flatMap((container) =>
      containerProblems(container, volumes).map((says) => `container ${container.name}: ${says}`),
    ),
    ...restartProblem(owner, spec['restartPolicy'] ?? 'Always'),
  ];
  return found.filter((one) => typeof one === 'string');
}

function restartProblem({ kind }: Manifest, policy: unknown): readonly string[] {
  const allowed = isOf({ kind } as Manifest, ...SERVING) ? ['Always'] : ['Never', 'OnFailure'];
  return kind === 'Pod' || allowed.includes(String(policy))
    ? []
    : [`restartPolicy ${show(policy)} is not for a ${kind}`];
}

function containerProblems(container: Json, volumes: readonly unknown[]): readonly string[] {
  const mounts = records(container['volumeMounts']);
  const lost = mounts.find(({ name }) => !volumes.includes(name));
  const paths = twice(mounts.map(({ mountPath }) => mountPath));
  const ports = records(container['ports']);
  const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].filter(
    (name) => container[name] !== undefined,
  );
  const found: unknown[] = [
    container['image'] === undefined && 'has no image',
    lost && `mounts ${show(lost['name'])}, which is no volume of the pod`,
    paths && `mounts two volumes at ${show(paths)}`,
    twice(ports.map(({ name }) => name)) && 'two ports have one name',
    ...probes.map(
      (name) =>
        HANDLERS.filter((way) => at(container[name], way) !== undefined).length !== 1 &&
        `${name} does not ask in one way`,
    ),
    ...probes.map(
      (name) =>
        name !== 'readinessProbe' &&
        (at(container[name], 'successThreshold') ?? 1) !== 1 &&
        `${name} must succeed once`,
    ),
  ];
  return found.filter((one) => typeof one === 'string');
}

function selectorProblems(manifest: Manifest, tree: readonly Manifest[]): readonly string[] {
  const selector = at(manifest, 'spec.selector');
  if (isOf(manifest, ...SERVING)) {
    const empty = Object.keys(record(at(selector, 'matchLabels'))).length === 0;
    return !empty && selects(selector, podOf(manifest)?.labels ?? {})
      ? []
      : ['/spec/selector: does not select the pods of its own template'];
  }
  const lost =
    isOf(manifest, 'Service') &&
    selector !== undefined &&
    selectedBy(manifest, { matchLabels: selector }, tree).length === 0;
  return lost ? ['/spec/selector: selects no pod of the tree'] : [];
}

/** Rules between the fields of one kind, each with what it says where it does not hold. */
const BETWEEN: Readonly<Record<string, (manifest: Manifest) => unknown>> = {
  HorizontalPodAutoscaler: (scaler) =>
    Number(at(scaler, 'spec.minReplicas') ?? 1) > Number(at(scaler, 'spec.maxReplicas')) &&
    '/spec/minReplicas: is more than maxReplicas',
  PodDisruptionBudget: (budget) =>
    at(budget, 'spec.minAvailable') !== undefined &&
    at(budget, 'spec.maxUnavailable') !== undefined &&
    '/spec: minAvailable and maxUnavailable exclude each other',
  Deployment: (deployment) =>
    ['maxSurge', 'maxUnavailable'].every((key) =>
      /^0%?$/.test(String(at(deployment, `spec.strategy.rollingUpdate.${key}`))),
    ) && '/spec/strategy: with no pod more and no pod less nothing can be replaced',
  Service: (service) =>
    records(at(service, 'spec.ports')).length > 1 &&
    records(at(service, 'spec.ports')).some(({ name }) => name === undefined) &&
    '/spec/ports: several ports need names',
  ConfigMap: (map) => {
    const key = Object.keys(record(map['data'])).find(
      (name) => !/^[-._a-zA-Z0-9]{1,253}$/.test(name),
    );
    return key && `/data/${key}: is no key of a ConfigMap`;
  },
  Ingress: (ingress) => {
    const paths = records(at(ingress, 'spec.rules')).flatMap((rule) =>
      records(at(rule, 'http.paths')),
    );
    const odd = paths.find(
      ({ path, pathType }) =>
        pathType !== 'ImplementationSpecific' && !String(path).startsWith('/'),
    );
    return odd && `/spec/rules: path ${show(odd['path'])} does not begin with /`;
  },
  Gateway: (gateway) => {
    const odd = records(at(gateway, 'spec.listeners')).find(
      ({ protocol, tls }) =>
        (protocol === 'HTTP' && tls !== undefined) || (protocol === 'HTTPS' && tls === undefined),
    );
    return odd && `/spec/listeners: ${show(odd['name'])} has TLS where it has none, or none`;
  },
  HTTPRoute: (route) => routeProblem(records(at(route, 'spec.rules'))),
};

/** Rules the Gateway API writes as CEL, which no schema here carries. */
function routeProblem(rules: readonly Json[]): unknown {
  const types = ({ filters }: Json): readonly string[] =>
    texts(records(filters).map(({ type }) => type));
  const paths = rules.flatMap(({ matches }) => records(matches)).map((one) => at(one, 'path'));
  return (
    (rules.some(
      (rule) => types(rule).includes('RequestRedirect') && records(rule['backendRefs'])[0],
    ) &&
      '/spec/rules: a redirect leads to no service') ||
    (rules.some((rule) =>
      ['RequestRedirect', 'URLRewrite'].every((type) => types(rule).includes(type)),
    ) &&
      '/spec/rules: a redirect and a rewrite exclude each other') ||
    (paths.some(
      (path) =>
        path !== undefined &&
        at(path, 'type') !== 'RegularExpression' &&
        !String(at(path, 'value')).startsWith('/'),
    ) &&
      '/spec/rules: a path does not begin with /')
  );
}

/** What the server, or a controller, checks between the fields of an object and between objects. */
export function wholeProblems(manifest: Manifest, tree: readonly Manifest[]): readonly string[] {
  const pod = podOf(manifest);
  const between = BETWEEN[manifest.kind]?.(manifest);
  return [
    ...(pod === undefined ? [] : podProblems(pod)),
    ...selectorProblems(manifest, tree),
    ...(typeof between === 'string' ? [between] : []),
  ];
}
