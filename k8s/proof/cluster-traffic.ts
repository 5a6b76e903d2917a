import type { Manifest } from './cluster-objects.ts';
import type { ComponentFacts } from './facts.ts';
import { admits, selects, type Peer, type Policy } from './reachability.ts';

/** A component of the cluster, as others meet it. */
export type Place = {
  readonly component: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<string, number>>;
  /** Containers of one pod share its network. */
  readonly pod: string;
};
type Service = Manifest & {
  readonly spec: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
      readonly nodePort?: number;
    }[];
  };
};
type Backend = {
  readonly service: {
    readonly name: string;
    readonly port: { readonly name?: string; readonly number?: number };
  };
};
type Ingress = Manifest & {
  readonly spec: {
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
    readonly rules: readonly {
      readonly host?: string;
      readonly http: {
        readonly paths: readonly { readonly path: string; readonly backend: Backend }[];
      };
    }[];
  };
};
type Route = Manifest & {
  readonly spec: {
    readonly hostnames?: readonly string[];
    readonly rules: readonly {
      readonly backendRefs: readonly { readonly name: string; readonly port: number }[];
    }[];
  };
};

export type Cluster = {
  readonly places: readonly Place[];
  readonly policies: readonly Policy[];
  readonly services: readonly Service[];
  readonly manifests: readonly Manifest[];
};

export const clusterOf = (places: readonly Place[], manifests: readonly Manifest[]): Cluster => ({
  places,
  manifests,
  policies: manifests.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as Policy[],
  services: manifests.filter(({ kind }) => kind === 'Service') as unknown as Service[],
});

/** Nobody listens on it: a policy that lets it through lets everything through. */
const ANY_PORT = 1;
/** Addresses of nobody (RFC 5737, RFC 3849). */
const WORLD: readonly Peer[] = [{ ip: '203.0.113.7' }, { ip: '2001:db8::7' }];
const DNS: Peer = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

type Traffic = Pick<
  ComponentFacts,
  'names' | 'exposure' | 'reaches' | 'entered' | 'leaves' | 'resolvesNames'
>;

/** What of others a component reaches, and who reaches it. */
export function trafficOf(place: Place, cluster: Cluster): Traffic {
  const { places, policies } = cluster;
  const own = peer(place);
  const ports = candidates(cluster);
  const to = (other: Peer, port: number): boolean =>
    admits(policies, { from: own, to: other, port });
  const reaches = places
    .filter((other) => other !== place)
    .map((other): [string, string[]] => [
      other.component,
      // Compose closes no port between those who meet: what counts is where somebody listens.
      listened(other).flatMap((port) => {
        if (isBeside(place, other)) return [portName(port)];
        // Whether a range of addresses is about pods as well depends on the network plugin.
        const [narrow, wide] = [
          to(peer(other), port),
          to({ ...peer(other), ip: '10.244.0.9' }, port),
        ];
        if (!narrow && !wide) return [];
        return [narrow === wide ? portName(port) : `${portName(port)}?`];
      }),
    ]);
  const strangers = [...WORLD, ...foreigners(cluster)];
  return {
    names: names(place, cluster),
    exposure: exposure(place, cluster),
    reaches: Object.fromEntries(reaches.filter(([, open]) => open.length > 0)),
    entered: ports
      .filter((port) => strangers.some((from) => admits(policies, { from, to: own, port })))
      .map(portName),
    leaves: leaves(ports.filter((port) => WORLD.some((other) => to(other, port)))),
    resolvesNames: (['TCP', 'UDP'] as const).every((protocol) =>
      admits(policies, { from: own, to: DNS, port: 53, protocol }),
    ),
  };
}

const portName = (port: number): string => (port === ANY_PORT ? '*' : String(port));
const leaves = (ports: readonly number[]): string[] =>
  ports.includes(ANY_PORT) ? ['*'] : ports.map(String);

/** No policy comes between containers of one pod. */
const isBeside = (one: Place, other: Place): boolean =>
  one.pod === other.pod && one.namespace === other.namespace;

const peer = ({ namespace, labels, ports }: Place): Peer => ({ namespace, labels, ports });

const listened = ({ ports }: Place): number[] =>
  [...new Set(Object.values(ports))].sort((a, b) => a - b);

/** Every port somebody listens on or a policy names. */
function candidates({ places, policies }: Cluster): number[] {
  const inUse = places.flatMap(listened);
  const named = policies.flatMap(({ spec }) =>
    [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap(({ ports = [] }) =>
      ports.flatMap(({ port }) => (typeof port === 'number' ? [port] : [])),
    ),
  );
  return [...new Set([ANY_PORT, ...inUse, ...named])].sort((a, b) => a - b);
}

/** Pods of others: of any namespace, and of those the policies name. */
function foreigners({ policies, places }: Cluster): Peer[] {
  const known = [
    ...JSON.stringify(policies).matchAll(/"kubernetes\.io\/metadata\.name":"([^"]+)"/g),
  ];
  const namespaces = new Set(['elsewhere', ...known.map(([, name = '']) => name)]);
  for (const { namespace } of places) namespaces.delete(namespace);
  return [...namespaces].map((namespace) => ({ namespace, labels: {} }));
}

function serves({ spec, metadata }: Service, { labels, namespace }: Place): boolean {
  const { selector } = spec;
  return (
    metadata.namespace === namespace &&
    selector !== undefined &&
    selects({ matchLabels: selector }, labels)
  );
}

type Port = NonNullable<Service['spec']['ports']>[number];

/** The port of the container behind a port of a Service. */
function inside(port: Port, { ports }: Place): number {
  const { targetPort = port.port } = port;
  return typeof targetPort === 'number' ? targetPort : (ports[targetPort] ?? 0);
}

function names(place: Place, { services, places }: Cluster): Record<string, string[]> {
  const besides = places.filter((other) => other !== place && isBeside(place, other));
  // A port of a container beside it is that one's to name; one that nobody has is named here, and leads to nothing.
  const isTheirs = (port: Port): boolean =>
    inside(port, place) === 0 && besides.some((other) => inside(port, other) !== 0);
  return Object.fromEntries(
    services
      .filter((service) => serves(service, place))
      .map(({ metadata, spec }) => ({
        metadata,
        ports: (spec.ports ?? []).filter((port) => !isTheirs(port)),
      }))
      .filter(({ ports }) => ports.length > 0 || besides.length === 0)
      .map(({ metadata, ports }) => [
        metadata.name,
        ports
          .map((one) => ({ outer: one.port, inner: inside(one, place) }))
          .sort((a, b) => a.inner - b.inner)
          .map(({ outer, inner }) => (outer === inner ? String(inner) : `${outer}→${inner}`)),
      ]),
  );
}

/** Ways from the world: Ingress, HTTPRoute, and Services that open a port by themselves. */
function exposure(place: Place, { services, manifests }: Cluster): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  const add = (port: number, way: string): void => {
    found[String(port)] = [...(found[String(port)] ?? []), way];
  };
  const behind = (name: string, wanted: number | string): number[] =>
    services
      .filter((service) => service.metadata.name === name && serves(service, place))
      .flatMap(({ spec }) => spec.ports ?? [])
      .filter((port) => port.name === wanted || port.port === wanted)
      .map((port) => inside(port, place));
  for (const manifest of manifests) {
    if (manifest.kind === 'Ingress') {
      const { rules, tls = [] } = (manifest as unknown as Ingress).spec;
      for (const { host = '*', http } of rules)
        for (const { path, backend } of http.paths) {
          const { name, port } = backend.service;
          const secure = tls.some(({ hosts = [] }) => hosts.includes(host));
          for (const number of behind(name, port.name ?? port.number ?? 0))
            for (const outer of secure ? [80, 443] : [80])
              add(number, `${host}:${outer}${path === '/' ? '' : path}`);
        }
    }
    if (manifest.kind === 'HTTPRoute') {
      const { hostnames = ['*'], rules } = (manifest as unknown as Route).spec;
      for (const { name, port } of rules.flatMap(({ backendRefs }) => backendRefs))
        for (const number of behind(name, port))
          for (const host of hostnames) add(number, `${host}:gateway`);
    }
  }
  for (const { spec } of services.filter((service) => serves(service, place)))
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer')
      for (const port of spec.ports ?? [])
        add(inside(port, place), `node:${port.nodePort ?? port.port}`);
  return found;
}
