import { usedNetworks } from '../../installer/src/catalog/networks.ts';
import { databaseAddress, externalPostgres } from '../../installer/src/catalog/database-access.ts';
import { EDGE_PORTS } from '../../installer/src/catalog/components/edge.ts';
import type { Workload } from '../../installer/src/model/workload.ts';
import type { Environment } from '../environment.ts';
import { labels, selector } from '../labels.ts';
import type { Manifest } from '../manifest.ts';

type Rule = { from?: object[]; to?: object[]; ports?: object[] };

/** Any address: what a pod may reach in the cluster is decided at the other end, where everything is denied first. */
const ANYWHERE = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }];

const policy = (name: string, component: string, spec: object): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, labels: labels(component, 'foundation') },
  spec,
});

/** Who may speak to whom: what the networks of Compose allow, pod by pod, and nothing else. */
export function networkPolicies(environment: Environment): Manifest[] {
  const { catalog } = environment;
  const { workloads } = catalog;
  return [
    policy('default-deny', 'namespace', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    dns(),
    ...workloads.map((workload) => {
      const peers = workloads.filter((one) => one !== workload && meet(one, workload));
      const ingress = [...fromPeers(workload, peers), ...fromOutside(workload, environment)];
      const egress = [...toPeers(peers), ...toOutside(workload, environment)];
      return policy(workload.component, workload.component, {
        podSelector: { matchLabels: selector(workload.component) },
        policyTypes: ['Ingress', 'Egress'],
        ingress,
        egress,
      });
    }),
  ];
}

const pods = ({ component }: Workload) => ({ podSelector: { matchLabels: selector(component) } });
const tcp = (ports: readonly (number | string)[]) =>
  ports.map((port) => ({ protocol: 'TCP', port }));

function meet(one: Workload, other: Workload): boolean {
  const names = new Set(one.networks.map(({ name }) => name));
  return other.networks.some(({ name }) => names.has(name));
}

function fromPeers({ listens }: Workload, peers: readonly Workload[]): Rule[] {
  if (listens.length === 0 || peers.length === 0) return [];
  return [{ from: peers.map(pods), ports: tcp(listens.map(({ port }) => port)) }];
}

function toPeers(peers: readonly Workload[]): Rule[] {
  return peers
    .filter(({ listens }) => listens.length > 0)
    .map((peer) => ({ to: [pods(peer)], ports: tcp(peer.listens.map(({ port }) => port)) }));
}

/** The proxy is the door; with the controller's namespace named, nobody else of the cluster opens it. */
function fromOutside({ component }: Workload, { config }: Environment): Rule[] {
  if (component !== 'edge') return [];
  const { controllerNamespace } = config.kubernetes.entry;
  const ports = tcp([EDGE_PORTS.http]);
  return controllerNamespace === undefined
    ? [{ ports }]
    : [
        {
          from: [
            {
              namespaceSelector: {
                matchLabels: { 'kubernetes.io/metadata.name': controllerNamespace },
              },
            },
          ],
          ports,
        },
      ];
}

/** Whoever is on a network with a way out in Compose has one here. */
function toOutside(workload: Workload, { catalog, config }: Environment): Rule[] {
  const open = new Set(
    usedNetworks(catalog.workloads).flatMap(({ name, internal }) => (internal ? [] : [name])),
  );
  const leaves = workload.networks.some(({ name }) => open.has(name));
  if (leaves && workload.speaksOut !== undefined) return [{ to: ANYWHERE }];
  // Of a PostgreSQL elsewhere a policy knows the port only: it takes no names.
  const { port } = databaseAddress(config);
  return externalPostgres(config) && asksDatabase(workload)
    ? [{ to: ANYWHERE, ports: tcp([port]) }]
    : [];
}

const asksDatabase = ({ secrets }: Workload): boolean =>
  secrets.some((name) => name.startsWith('postgres-'));

function dns(): Manifest {
  return policy('allow-dns', 'namespace', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
      // A cache on each node answers from an address of its own (NodeLocal DNSCache).
      {
        to: [{ ipBlock: { cidr: '169.254.20.10/32' } }],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  });
}
