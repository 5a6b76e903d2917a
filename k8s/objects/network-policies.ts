import { EDGE, EDGE_PORTS } from '../../installer/src/catalog/components/edge.ts';
import { databaseAddress, externalPostgres } from '../../installer/src/catalog/database-access.ts';
import type { Workload } from '../../installer/src/model/workload.ts';
import type { Environment } from '../environment.ts';
import { hostOf } from '../pods/beside.ts';
import { certificateFrom } from './entry.ts';
import { keeperOf, s3Port } from './backups.ts';
import { labels, networkLabel, networksOf, selector } from '../labels.ts';
import type { Manifest } from '../manifest.ts';

type Rule = { from?: object[]; to?: object[]; ports?: object[] };

/** Any address: what a pod may reach in the cluster is decided at the other end, where everything is denied first. */
const ANYWHERE = [
  // The metadata service of a cloud gives out the credentials of the node.
  { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } },
  { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128'] } },
];

const policy = (name: string, component: string, spec: object): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, labels: labels(component, 'foundation') },
  spec,
});
/** Pods of cert-manager that answer an authority. */
export const SOLVER = {
  policy: 'certificate-solver',
  label: 'acme.cert-manager.io/http01-solver',
  port: 8089,
} as const;
const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }));

/**
 * Who may speak to whom: nobody, but for those who share a network in Compose. A pod carries the networks it is on as
 * labels, so that there is one policy for each network and not one for each pair.
 */
export function networkPolicies(environment: Environment): Manifest[] {
  const { workloads } = environment.catalog;
  const own = workloads.filter((one) => hostOf(one) === undefined);
  const networks = [...new Set(own.flatMap(networksOf))];
  return [
    policy('default-deny', 'namespace', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    dns(),
    ...networks.map(network),
    ...workloads.flatMap((workload) => atTheBorder(workload, environment)),
    ...solver(environment),
    ...ofTheKeeper(environment),
  ];
}

function network(name: string): Manifest {
  const members = { matchLabels: { [networkLabel(name)]: 'true' } };
  return policy(`network-${name}`, 'namespace', {
    podSelector: members,
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ podSelector: members }] }],
    egress: [{ to: [{ podSelector: members }] }],
  });
}

/** What a workload takes from, and sends to, the world outside of the namespace. */
function atTheBorder(workload: Workload, environment: Environment): Manifest[] {
  const ingress = fromOutside(workload, environment);
  const egress = toOutside(workload, environment);
  if (ingress.length + egress.length === 0) return [];
  const { component } = workload;
  return [
    policy(component, component, {
      podSelector: { matchLabels: selector(component) },
      policyTypes: [
        ...(ingress.length > 0 ? ['Ingress'] : []),
        ...(egress.length > 0 ? ['Egress'] : []),
      ],
      ...(ingress.length > 0 ? { ingress } : {}),
      ...(egress.length > 0 ? { egress } : {}),
    }),
  ];
}

/** The proxy is the door; with the controller's namespace named, nobody else of the cluster opens it. */
function fromOutside({ component }: Workload, { config }: Environment): Rule[] {
  if (component !== EDGE) return [];
  const { controllerNamespace } = config.kubernetes.entry;
  const ports = tcp(EDGE_PORTS.http);
  return controllerNamespace === undefined
    ? [{ ports }]
    : [{ from: [ofNamespace(controllerNamespace)], ports }];
}

const ofNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});

function toOutside(workload: Workload, { config }: Environment): Rule[] {
  if (workload.speaksOut !== undefined) return [{ to: ANYWHERE }];
  // With the operator it finds what it measures by asking the API server, wherever that is.
  if (workload.component === 'prometheus' && config.kubernetes.monitoring === 'operator')
    return [{ to: ANYWHERE, ports: tcp(443, 6443) }];
  // Of a PostgreSQL elsewhere a policy knows the port only: it takes no names.
  return externalPostgres(config) && asksDatabase(workload)
    ? [{ to: ANYWHERE, ports: tcp(databaseAddress(config).port) }]
    : [];
}

const asksDatabase = ({ secrets }: Workload): boolean =>
  secrets.some((name) => name.startsWith('postgres-'));

/**
 * A public authority asks cert-manager by HTTP whether the name leads here; for that it starts a pod of its own in this
 * namespace (cert-manager, "HTTP01").
 */
function solver(environment: Environment): Manifest[] {
  if (certificateFrom(environment) !== 'cert-manager') return [];
  return [
    policy(SOLVER.policy, EDGE, {
      podSelector: { matchLabels: { [SOLVER.label]: 'true' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: tcp(SOLVER.port) }],
    }),
  ];
}

/**
 * The keeper of the backups is in the pod of PostgreSQL, and so in none of its own networks: Prometheus measures it, the
 * CronJobs ask it, both at its port alone, and it reaches the port of S3 where backups go there.
 */
function ofTheKeeper(environment: Environment): Manifest[] {
  const keeper = keeperOf(environment);
  if (!keeper) return [];
  const { component, listens } = keeper;
  const pod = { podSelector: { matchLabels: selector(hostOf(keeper) ?? component) } };
  const asker = { podSelector: { matchLabels: selector(component) } };
  const monitoring = { podSelector: { matchLabels: { [networkLabel('monitoring')]: 'true' } } };
  const ports = tcp(...listens.map(({ port }) => port));
  const port = s3Port(environment.config);
  const ask = { policyTypes: ['Egress'], egress: [{ to: [pod], ports }] };
  return [
    policy(component, component, {
      ...pod,
      policyTypes: ['Ingress', ...(port === undefined ? [] : ['Egress'])],
      ingress: [{ from: [monitoring, asker], ports }],
      ...(port === undefined ? {} : { egress: [{ to: ANYWHERE, ports: tcp(port) }] }),
    }),
    policy(`${component}-asks`, component, { ...asker, ...ask }),
    policy(`${component}-measured`, component, { ...monitoring, ...ask }),
  ];
}

function dns(): Manifest {
  const ports = [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ];
  return policy('allow-dns', 'namespace', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      { to: [ofNamespace('kube-system')], ports },
      // A cache on each node answers from an address of its own (NodeLocal DNSCache).
      { to: [{ ipBlock: { cidr: '169.254.20.10/32' } }], ports },
    ],
  });
}
