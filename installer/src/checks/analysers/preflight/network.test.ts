import { describe, expect, it } from 'vitest';
import { judge, lineOf } from '../../../../../test/fakes/preflight.ts';
import type { HostNameFacts, NetworkFacts } from '../../facts-preflight.ts';
import { addressCollisions } from './address-collisions.ts';
import { addressRanges } from './address-ranges.ts';
import { dns } from './dns.ts';
import { hostName } from './host-name.ts';
import { overlap, parseRange, subdivide } from './ipv4.ts';
import { ports } from './ports.ts';

const networks = (change: Partial<NetworkFacts>) => (facts: { networks: NetworkFacts }) => ({
  networks: { ...facts.networks, ...change },
});

describe('IPv4 ranges', () => {
  it.each([
    ['172.17.3.4/16', { first: 2886795264, size: 65_536 }],
    ['10.0.0.53', { first: 167772213, size: 1 }],
    ['0.0.0.0/0', { first: 0, size: 4294967296 }],
    ['300.1.1.1', undefined],
    ['10.0.0.0/33', undefined],
    ['fd00::/64', undefined],
  ])('%s', (text, range) => {
    expect(parseRange(text)).toEqual(range);
  });

  it('ranges that touch do not overlap', () => {
    const of = (text: string) => parseRange(text)!;
    expect(overlap(of('10.0.0.0/24'), of('10.0.1.0/24'))).toBe(false);
    expect(overlap(of('10.0.0.0/23'), of('10.0.1.0/24'))).toBe(true);
    expect([...subdivide(of('10.0.0.0/22'), 24)]).toHaveLength(4);
    expect([...subdivide(of('10.0.0.0/24'), 16)]).toHaveLength(0);
  });
});

describe('network.subnet', () => {
  const settings = { images: { source: 'debian' }, network: { subnet: '10.77.0.0/24' } };
  const taken = (name: string, subnet: string) =>
    networks({ docker: [{ name, subnet }], missing: ['edge'] });

  it('asks for no range of Docker', () => {
    expect(lineOf(judge(addressRanges, taken('other', '172.17.0.0/16'), { settings }))).toBe(
      'pass: 1 network has its part of 10.77.0.0/24',
    );
  });

  it.each([
    ['other', '10.77.0.128/25', 'fail'],
    ['other', '10.78.0.0/16', 'pass'],
    ['factsway_edge', '10.77.0.0/27', 'pass'],
  ])('beside network %s with %s: %s', (name, subnet, status) => {
    expect(judge(addressCollisions, taken(name, subnet), { settings }).status).toBe(status);
  });

  it('must not meet what the server itself routes', () => {
    const routes = [{ subnet: '10.77.0.0/16', device: 'tun0' }];
    const verdict = judge(addressCollisions, networks({ docker: [], routes }), { settings });
    expect(verdict.code).toBe('FW-NETWORK-COLLISION');
    expect(verdict.remedy).toContain('network.subnet');
  });
});

describe('address-ranges', () => {
  /** Docker's own 31 ranges, the first `taken` of them used. */
  const used = (taken: number) => {
    const all = [
      ...Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`),
      ...Array.from({ length: 16 }, (_, index) => `192.168.${index * 16}.0/20`),
    ];
    return all.slice(0, taken).map((subnet, index) => ({ name: `n${index}`, subnet }));
  };

  it('needs one range for each network that is to be made, of the 31 Docker has', () => {
    expect(judge(addressRanges, networks({ docker: used(25) })).status).toBe('pass');
    expect(lineOf(judge(addressRanges, networks({ docker: used(26) })))).toBe(
      'fail FW-NETWORK-RANGES: 6 networks are to be made, but Docker has 5 free address ranges',
    );
    expect(judge(addressRanges, networks({ docker: used(31) })).found).toContain('has 0 free');
  });

  it('networks that exist need none', () => {
    const verdict = judge(addressRanges, networks({ docker: used(31), missing: [] }));
    expect(verdict.status).toBe('pass');
    const one = judge(addressRanges, networks({ docker: used(30), missing: ['egress'] }));
    expect(lineOf(one)).toBe('pass: 1 network is to be made, and Docker has ranges for them');
  });

  it('does not count what the server routes or needs itself', () => {
    const verdict = judge(
      addressRanges,
      networks({
        docker: used(15),
        routes: [{ subnet: '192.168.0.0/17', device: 'eth0' }],
        needed: [
          { address: '192.168.128.1', use: 'gateway' },
          { address: '192.168.144.53', use: 'name server' },
          { address: '192.168.160.53', use: 'name server' },
        ],
      }),
    );
    expect(verdict.found).toContain('has 5 free');
  });

  it('takes the pools that are configured', () => {
    const pooled = (size: number) =>
      judge(addressRanges, (facts) => ({
        engine: { ...facts.engine, addressPools: [{ base: '10.200.0.0/24', size }] },
      }));
    expect(pooled(27).status).toBe('pass');
    expect(pooled(26).found).toContain('has 4 free');
  });
});

describe('address-collisions', () => {
  it('a network over the gateway or a name server fails', () => {
    const verdict = judge(
      addressCollisions,
      networks({ docker: [{ name: 'other', subnet: '192.0.2.0/26' }], routes: [] }),
    );
    expect(lineOf(verdict)).toBe(
      'fail FW-NETWORK-COLLISION: network other (192.0.2.0/26) covers the gateway 192.0.2.1',
    );
    expect(verdict.details).toEqual([
      'network other (192.0.2.0/26) covers the name server 192.0.2.53',
    ]);
  });

  it.each([
    ['other_default', 'warn'],
    ['factsway_edge', 'fail'],
  ])('a route inside network %s: %s', (name, status) => {
    const verdict = judge(
      addressCollisions,
      networks({
        docker: [{ name, subnet: '172.20.0.0/16' }],
        routes: [{ subnet: '172.20.8.0/24', device: 'tun0' }],
      }),
    );
    expect(verdict.status).toBe(status);
    expect(verdict.found).toContain('overlaps 172.20.8.0/24 on tun0');
  });

  it('neighbours do not collide', () => {
    expect(judge(addressCollisions).status).toBe('pass');
  });
});

describe('ports', () => {
  it('names every port that is taken, by whom, and the settings that change them', () => {
    const verdict = judge(ports, () => ({
      ports: {
        wanted: 4,
        absent: [],
        busy: [
          { port: 443, bind: '0.0.0.0', holder: 'nginx (pid 812)' },
          { port: 9090, bind: '127.0.0.1', holder: '' },
        ],
      },
    }));
    expect(lineOf(verdict)).toBe(
      'fail FW-PORT-IN-USE: port 443 on 0.0.0.0 is taken by nginx (pid 812); port 9090 on 127.0.0.1 is taken by another program',
    );
    expect(verdict.remedy).toContain(
      '--set edge.httpsPort=PORT --set monitoring.prometheusPort=PORT',
    );
    expect(judge(ports).status).toBe('pass');
  });

  it('of an address of another server are none to listen on', () => {
    const verdict = judge(ports, () => ({ ports: { wanted: 4, absent: ['10.1.2.3'], busy: [] } }));
    expect(lineOf(verdict)).toBe(
      'fail FW-ADDRESS-ABSENT: edge.bind is 10.1.2.3, which is no address of this server',
    );
    expect(verdict.remedy).toMatch(/ip -br address .*--set edge\.bind=0\.0\.0\.0$/);
  });
});

describe('dns', () => {
  it.each([
    [['192.0.2.53'], true, 'pass: 192.0.2.53 answers'],
    [['192.0.2.53', '192.0.2.54'], false, 'warn: 192.0.2.53, 192.0.2.54 does not answer'],
    [[], false, 'warn: no name server is configured'],
  ])('%j answers: %s', (servers, answers, line) => {
    expect(lineOf(judge(dns, () => ({ dns: { servers, answers } })))).toBe(line);
  });
});

describe('host-name', () => {
  const of = (facts: Partial<HostNameFacts>) =>
    judge(hostName, () => ({
      hostName: {
        name: 'factsway.example.com',
        resolved: [],
        own: ['127.0.0.1', '192.0.2.10'],
        ...facts,
      },
    }));

  it.each([
    [{ resolved: ['192.0.2.10'] }, 'pass'],
    [{ resolved: ['203.0.113.7', '192.0.2.10'] }, 'pass'],
    [{ resolved: ['203.0.113.7'] }, 'warn'],
    [{ resolved: [] }, 'warn'],
    [{ resolved: ['127.0.1.1'] }, 'warn'],
    [{ name: 'localhost', resolved: ['127.0.0.1'] }, 'pass'],
    [{ name: 'app.localhost' }, 'pass'],
  ])('%j: %s', (facts, status) => {
    expect(of(facts).status).toBe(status);
  });

  it('says what was found and what this server has', () => {
    expect(of({ resolved: ['203.0.113.7'] }).found).toBe(
      'factsway.example.com is 203.0.113.7; this server has 192.0.2.10',
    );
  });
});
