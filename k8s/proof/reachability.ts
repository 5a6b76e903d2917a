/**
 * Who can reach whom, by the networks of Compose and by NetworkPolicies (Kubernetes documentation, "Network Policies").
 * Pure; TCP and UDP only.
 */

/** Whoever sends or receives. A pod has an address as well where a network plugin looks at that. */
export type Peer = {
  readonly namespace?: string;
  readonly namespaceLabels?: Labels;
  readonly labels?: Labels;
  readonly ip?: string;
  /** Names of its ports, to which a policy may refer. */
  readonly ports?: Readonly<Record<string, number>>;
};
type Labels = Readonly<Record<string, string>>;

export type Selector = {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};
type PolicyPeer = {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
};
type PolicyPort = {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
};
export type Policy = {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly {
      readonly from?: readonly PolicyPeer[];
      readonly ports?: readonly PolicyPort[];
    }[];
    readonly egress?: readonly {
      readonly to?: readonly PolicyPeer[];
      readonly ports?: readonly PolicyPort[];
    }[];
  };
};
export type Packet = {
  readonly from: Peer;
  readonly to: Peer;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP';
};

/** Whether a connection comes about: the sender may send it and the receiver may take it. */
export function admits(policies: readonly Policy[], packet: Packet): boolean {
  const { from, to } = packet;
  return (
    passes(policies, 'Egress', from, (policy) =>
      (policy.spec.egress ?? []).some((rule) => matches(policy, rule.to, rule.ports, to, packet)),
    ) &&
    passes(policies, 'Ingress', to, (policy) =>
      (policy.spec.ingress ?? []).some((rule) =>
        matches(policy, rule.from, rule.ports, from, packet),
      ),
    )
  );
}

/** Policies add up; where none is about a pod everything is allowed. */
function passes(
  policies: readonly Policy[],
  direction: string,
  pod: Peer,
  allows: (policy: Policy) => boolean,
): boolean {
  if (pod.labels === undefined) return true;
  const about = policies.filter(
    (policy) =>
      policy.metadata.namespace === pod.namespace &&
      directions(policy).includes(direction) &&
      selects(policy.spec.podSelector, pod.labels ?? {}),
  );
  return about.length === 0 || about.some(allows);
}

/** Without policyTypes a policy is about what comes in, and about what goes out only where it says something of it. */
const directions = ({ spec }: Policy): readonly string[] =>
  spec.policyTypes ?? ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];

function matches(
  policy: Policy,
  peers: readonly PolicyPeer[] | undefined,
  ports: readonly PolicyPort[] | undefined,
  other: Peer,
  packet: Packet,
): boolean {
  const isPeer =
    peers === undefined || peers.length === 0 || peers.some((peer) => isAbout(policy, peer, other));
  const isPort =
    ports === undefined || ports.length === 0 || ports.some((port) => isOf(port, packet));
  return isPeer && isPort;
}

function isAbout(policy: Policy, peer: PolicyPeer, other: Peer): boolean {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (ipBlock)
    return (
      other.ip !== undefined &&
      isWithin(other.ip, ipBlock.cidr) &&
      !(ipBlock.except ?? []).some((range) => isWithin(other.ip ?? '', range))
    );
  if (other.labels === undefined || (!podSelector && !namespaceSelector)) return false;
  const isThere = namespaceSelector
    ? selects(namespaceSelector, namespaceLabels(other))
    : other.namespace === policy.metadata.namespace;
  return isThere && (podSelector === undefined || selects(podSelector, other.labels));
}

/** The API server puts the name of a namespace among its labels. */
const namespaceLabels = ({ namespace = '', namespaceLabels: own }: Peer): Labels => ({
  ...own,
  'kubernetes.io/metadata.name': namespace,
});

function isOf({ protocol = 'TCP', port, endPort }: PolicyPort, packet: Packet): boolean {
  if (protocol !== (packet.protocol ?? 'TCP')) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return packet.to.ports?.[port] === packet.port;
  return packet.port >= port && packet.port <= (endPort ?? port);
}

/** A selector that says nothing selects everything. */
export function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Labels,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          throw new Error(`a selector says "${operator}", which Kubernetes does not know`);
      }
    })
  );
}

/** Whether an address lies in a range, e.g. `10.0.0.0/8` or `fd00::/8`. */
export function isWithin(ip: string, cidr: string): boolean {
  const [base = '', length = '0'] = cidr.split('/');
  if (ip.includes(':') !== base.includes(':')) return false;
  const bits = ip.includes(':') ? 128n : 32n;
  const shift = bits - BigInt(length);
  return numberOf(ip) >> shift === numberOf(base) >> shift;
}

function numberOf(ip: string): bigint {
  if (!ip.includes(':')) return ip.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail] = ip.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce(
    (sum, part) => sum * 65536n + BigInt(`0x${part}`),
    0n,
  );
}

/** A container on networks of Compose. */
export type Member = { readonly networks: readonly string[] };

/** Containers reach each other at any port on any network they share (Compose specification, "networks"). */
export const meets = (one: Member, other: Member): boolean =>
  one.networks.some((name) => other.networks.includes(name));

/** A network that is not internal is masqueraded to the outside. */
export const leavesHost = ({ networks }: Member, internal: ReadonlySet<string>): boolean =>
  networks.some((name) => !internal.has(name));
