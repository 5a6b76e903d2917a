import { describe, expect, it } from 'vitest';
import { containerOf, desiredWith } from '../../../../../test/fakes/builders.ts';
import { FakeHost } from '../../../../../test/fakes/host.ts';
import { MemoryFiles } from '../../../../../test/fakes/memory-files.ts';
import { panicking } from '../../../../../test/fakes/panic.ts';
import { fakeMachine, fakeProbes, viewWith } from '../../../../../test/fakes/preflight.ts';
import type { Docker } from '../../../ports/docker.ts';
import {
  collectDatabaseSize,
  collectPorts,
  collectProject,
  collectSecretFiles,
} from './instance.ts';
import { collectDns } from './names.ts';
import { collectNetworks, parseRoutes } from './networks.ts';

const ROUTES = [
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
  'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
  'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  '',
].join('\n');

describe('networks', () => {
  it('routes are read as the kernel writes them', () => {
    expect(parseRoutes(ROUTES)).toEqual([
      { device: 'eth0', subnet: '0.0.0.0/0', gateway: '192.0.2.1' },
      { device: 'docker0', subnet: '172.17.0.0/16', gateway: '0.0.0.0' },
      { device: 'eth0', subnet: '192.0.2.0/24', gateway: '0.0.0.0' },
    ]);
    expect(parseRoutes('')).toEqual([]);
  });

  it('of Docker are told apart from those of the server; IPv6 is left out', async () => {
    const engineProbes = fakeProbes({
      networks: async () => [
        { name: 'bridge', device: 'docker0', subnets: ['172.17.0.0/16', 'fd00::/64'] },
      ],
    });
    const ports = {
      engineProbes,
      docker: panicking<Docker>('docker', { networks: async () => ['edge', 'data'] }),
      files: new MemoryFiles({ '/proc/net/route': ROUTES }),
      machine: fakeMachine({ nameServers: async () => ['127.0.0.53', '192.0.2.53', 'fd00::53'] }),
    };
    expect(await collectNetworks(viewWith({ ports }))).toEqual({
      docker: [{ name: 'bridge', subnet: '172.17.0.0/16' }],
      missing: ['app-a', 'app-b', 'monitoring', 'egress'],
      routes: [{ subnet: '192.0.2.0/24', device: 'eth0' }],
      needed: [
        { address: '192.0.2.1', use: 'gateway' },
        { address: '192.0.2.53', use: 'name server' },
      ],
    });
  });
});

describe('names', () => {
  it('without a name server nobody is asked', async () => {
    const machine = fakeMachine({
      nameServers: async () => [],
      nameServerAnswers: () => Promise.reject(new Error('nobody should ask')),
    });
    expect(await collectDns(viewWith({ ports: { machine } }))).toEqual({
      servers: [],
      answers: false,
    });
  });
});

describe('the instance', () => {
  const desired = desiredWith();
  const edge = containerOf(
    desired.catalog.workloads.find(({ id }) => id === 'edge')!,
    desired,
  );
  const docker = (given: Partial<Docker>) =>
    panicking<Docker>('docker', { containers: async () => [], ...given });

  it('ports that somebody else holds are told with who it is', async () => {
    const host = new FakeHost();
    host.busy.add('0.0.0.0:443').add('127.0.0.1:9090');
    const machine = fakeMachine({
      portHolder: async (port) => {
        if (port === 9090) throw new Error('EACCES');
        return 'nginx (pid 812)';
      },
    });
    expect(await collectPorts(viewWith({ ports: { host, machine, docker: docker({}) } }))).toEqual({
      wanted: 4,
      absent: [],
      busy: [
        { port: 443, bind: '0.0.0.0', holder: 'nginx (pid 812)' },
        { port: 9090, bind: '127.0.0.1', holder: '' },
      ],
    });
  });

  it('ports of our own containers are not taken', async () => {
    const host = new FakeHost();
    host.busy.add('0.0.0.0:443').add('0.0.0.0:80');
    const ports = { host, docker: docker({ containers: async () => [edge] }) };
    expect((await collectPorts(viewWith({ ports }))).busy).toEqual([]);
  });

  it('a project of the name is told with where it comes from', async () => {
    const other = { ...edge, workingDirectory: '/srv/old' };
    const ports = { docker: docker({ containers: async () => [edge, other] }) };
    expect(await collectProject(viewWith({ ports }))).toEqual({
      elsewhere: ['/srv/old'],
      containers: 2,
    });
  });

  it('secrets are told by state, never by value', async () => {
    const files = new MemoryFiles({
      '/opt/factsway/secrets/postgres-superuser-password': 'canary-1\n',
      '/opt/factsway/secrets/postgres-owner-password': ' \n',
    });
    const read = files.readText.bind(files);
    files.readText = async (path) => {
      if (path.endsWith('postgres-app-password')) throw new Error('EACCES');
      return read(path);
    };
    const ports = { files, docker: docker({ volumes: async () => ['postgres-data'] }) };
    const facts = await collectSecretFiles(viewWith({ ports }));
    expect(JSON.stringify(facts)).not.toContain('canary');
    expect(facts.files.map(({ state, unlocks }) => `${state} ${unlocks ?? ''}`)).toEqual([
      'fine postgres-data',
      'empty postgres-data',
      'unreadable postgres-data',
      'absent postgres-data',
    ]);
  });

  it('a secret its container cannot read is closed, once there are containers', async () => {
    const path = '/opt/factsway/secrets/postgres-superuser-password';
    const files = new MemoryFiles();
    files.put(path, 'mine', 0o600);
    const ports = { files, docker: docker({ volumes: async () => [] }) };
    const state = async () => (await collectSecretFiles(viewWith({ ports }))).files[0]?.state;
    expect(await state()).toBe('fine');
    files.put('/opt/factsway/state/manifest.json', '{}');
    expect(await state()).toBe('closed');
    await files.setOwner(path, 999, 999);
    expect(await state()).toBe('fine');
  });

  it('of a project from elsewhere nothing is lost', async () => {
    const ports = { docker: docker({ volumes: async () => ['postgres-data'] }) };
    const project = { elsewhere: ['/srv/old'], containers: 16 };
    const { files } = await collectSecretFiles(viewWith({ ports, facts: { project } }));
    expect(files.every(({ unlocks }) => unlocks === undefined)).toBe(true);
  });

  it('the database is asked for its size before an upgrade only', async () => {
    const postgres = { ...edge, service: 'postgres', id: 'p' };
    const asked: string[] = [];
    const ports = {
      docker: docker({
        volumes: async () => ['postgres-data'],
        containers: async () => [postgres],
        exec: async (id, argv) => {
          asked.push(`${id} ${argv[0] ?? ''}`);
          return { exitCode: 0, stdout: '7340032\n', stderr: '' };
        },
      }),
    };
    expect(await collectDatabaseSize(viewWith({ ports }))).toEqual({
      exists: true,
      bytes: undefined,
    });
    expect(asked).toEqual([]);
    expect(await collectDatabaseSize(viewWith({ ports, purpose: 'upgrade' }))).toEqual({
      exists: true,
      bytes: 7_340_032,
    });
    expect(asked).toEqual(['p psql']);
  });

  it('a database that is stopped or gone has no size', async () => {
    const ports = { docker: docker({ volumes: async () => [] }) };
    expect(await collectDatabaseSize(viewWith({ ports, purpose: 'upgrade' }))).toEqual({
      exists: false,
      bytes: undefined,
    });
  });
});
