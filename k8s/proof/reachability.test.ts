import { describe, expect, it } from 'vitest';
import {
  admits,
  isWithin,
  leavesHost,
  meets,
  selects,
  type Peer,
  type Policy,
} from './reachability.ts';

const pod = (name: string, namespace = 'ours'): Peer => ({ namespace, labels: { name } });
const policy = (spec: Policy['spec'], namespace = 'ours'): Policy => ({
  metadata: { name: 'one', namespace },
  spec,
});
const only = (name: string) => ({ matchLabels: { name } });
const [a, b] = [pod('a'), pod('b')];
const reach = (policies: Policy[], from: Peer = a, to: Peer = b, port = 80): boolean =>
  admits(policies, { from, to, port });

describe('a NetworkPolicy', () => {
  it('that is about nobody forbids nothing', () => {
    expect(reach([])).toBe(true);
    expect(reach([policy({ podSelector: only('c'), policyTypes: ['Ingress'] })])).toBe(true);
    expect(reach([policy({ podSelector: {}, policyTypes: ['Ingress'] }, 'elsewhere')])).toBe(true);
  });

  it('with an empty selector is about every pod of its namespace', () => {
    expect(reach([policy({ podSelector: {}, policyTypes: ['Ingress'] })])).toBe(false);
    expect(reach([policy({ podSelector: {}, policyTypes: ['Egress'] })])).toBe(false);
  });

  it('without policyTypes is about what comes in, and about what goes out only where it says so', () => {
    expect(reach([policy({ podSelector: only('b') })])).toBe(false);
    expect(reach([policy({ podSelector: only('a') })])).toBe(true);
    expect(
      reach([policy({ podSelector: only('a'), egress: [{ to: [{ podSelector: only('c') }] }] })]),
    ).toBe(false);
  });

  const out = policy({
    podSelector: only('a'),
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: only('b') }], ports: [{ port: 80 }] }],
  });
  const deny = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  const into = policy({
    podSelector: only('b'),
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: only('a') }], ports: [{ port: 80 }] }],
  });

  it('has to be there for both ends', () => {
    expect(reach([deny, out])).toBe(false);
    expect(reach([deny, into])).toBe(false);
    expect(reach([deny, out, into])).toBe(true);
  });

  it('adds to others and takes nothing from them', () => {
    expect(reach([out, into, deny])).toBe(true);
    expect(reach([out, into], a, b, 81)).toBe(false);
    expect(
      reach([out, into, policy({ podSelector: {}, egress: [{}], ingress: [{}] })], a, b, 81),
    ).toBe(true);
  });

  it('allows everybody with an empty rule and nobody with none', () => {
    expect(reach([policy({ podSelector: only('b'), ingress: [{}] })])).toBe(true);
    expect(reach([policy({ podSelector: only('b'), ingress: [{ from: [] }] })])).toBe(true);
    expect(reach([policy({ podSelector: only('b'), ingress: [] })])).toBe(false);
  });

  it('means pods of its own namespace unless it names another', () => {
    const stranger = pod('a', 'elsewhere');
    expect(reach([into], stranger)).toBe(false);
    const from = (peer: object): Policy =>
      policy({ podSelector: only('b'), ingress: [{ from: [peer] }] });
    const elsewhere = { matchLabels: { 'kubernetes.io/metadata.name': 'elsewhere' } };
    expect(reach([from({ namespaceSelector: elsewhere })], stranger)).toBe(true);
    expect(reach([from({ namespaceSelector: elsewhere })])).toBe(false);
    expect(reach([from({ namespaceSelector: {} })], stranger)).toBe(true);
    expect(reach([from({ namespaceSelector: elsewhere, podSelector: only('c') })], stranger)).toBe(
      false,
    );
    expect(reach([from({ namespaceSelector: elsewhere, podSelector: only('a') })], stranger)).toBe(
      true,
    );
  });

  it('knows addresses, ranges and what is taken out of them', () => {
    const to = (ipBlock: { cidr: string; except?: string[] }): Policy =>
      policy({ podSelector: only('a'), egress: [{ to: [{ ipBlock }] }] });
    const world: Peer = { ip: '203.0.113.7' };
    expect(reach([to({ cidr: '0.0.0.0/0' })], a, world)).toBe(true);
    expect(reach([to({ cidr: '0.0.0.0/0', except: ['203.0.113.0/24'] })], a, world)).toBe(false);
    expect(reach([to({ cidr: '::/0' })], a, world)).toBe(false);
    expect(reach([to({ cidr: '0.0.0.0/0' })])).toBe(false);
    expect(reach([to({ cidr: '10.0.0.0/8' })], a, { ...b, ip: '10.1.2.3' })).toBe(true);
  });

  it('knows protocols, named ports and ranges of ports', () => {
    const ports = (port: object): Policy =>
      policy({ podSelector: only('b'), ingress: [{ ports: [port] }] });
    expect(reach([ports({ port: 80, protocol: 'UDP' })])).toBe(false);
    expect(
      admits([ports({ port: 80, protocol: 'UDP' })], { from: a, to: b, port: 80, protocol: 'UDP' }),
    ).toBe(true);
    expect(reach([ports({ port: 'http' })], a, { ...b, ports: { http: 80 } })).toBe(true);
    expect(reach([ports({ port: 'http' })], a, { ...b, ports: { http: 81 } })).toBe(false);
    expect(reach([ports({ port: 79, endPort: 81 })])).toBe(true);
    expect(reach([ports({ port: 70, endPort: 79 })])).toBe(false);
    expect(reach([ports({ protocol: 'TCP' })])).toBe(true);
  });
});

describe('a selector', () => {
  const expression = (operator: string, values: string[] = []) => ({
    matchExpressions: [{ key: 'name', operator, values }],
  });

  it('knows the four operators', () => {
    expect(selects(expression('In', ['a', 'b']), { name: 'a' })).toBe(true);
    expect(selects(expression('In', ['b']), { name: 'a' })).toBe(false);
    expect(selects(expression('NotIn', ['b']), { name: 'a' })).toBe(true);
    expect(selects(expression('NotIn', ['b']), {})).toBe(true);
    expect(selects(expression('Exists'), { name: 'a' })).toBe(true);
    expect(selects(expression('Exists'), {})).toBe(false);
    expect(selects(expression('DoesNotExist'), {})).toBe(true);
    expect(() => selects(expression('Near'), {})).toThrow('Near');
  });
});

describe('ranges of addresses', () => {
  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['169.254.20.10', '169.254.20.10/32', true],
    ['169.254.20.11', '169.254.20.10/32', false],
    ['2001:db8::7', '2001:db8::/32', true],
    ['2001:db9::7', '2001:db8::/32', false],
    ['::1', '::/0', true],
  ])('%s in %s: %s', (ip, cidr, expected) => {
    expect(isWithin(ip, cidr)).toBe(expected);
  });
});

describe('networks of Compose', () => {
  it('let those meet who share one, and leave where one is not internal', () => {
    const one = { networks: ['front', 'data'] };
    expect(meets(one, { networks: ['data'] })).toBe(true);
    expect(meets(one, { networks: ['other'] })).toBe(false);
    expect(leavesHost(one, new Set(['data']))).toBe(true);
    expect(leavesHost({ networks: ['data'] }, new Set(['data']))).toBe(false);
    expect(leavesHost({ networks: [] }, new Set())).toBe(false);
  });
});
