import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { observe } from './observe.ts';
import { instancePaths } from './paths.ts';

const PATHS = instancePaths(DIRECTORY);
const desired = desiredWith();
const moved = desiredWith({ images: { source: 'debian' }, edge: { httpsPort: 8443 } });
let engine: FakeEngine;
let ports: FakePorts;

beforeEach(() => {
  engine = FakeEngine.running(desired);
  ports = fakePorts({ docker: engine.docker });
});

describe('a port is taken', () => {
  it('by somebody else, also where it is a new one of a proxy that runs', async () => {
    ports.host.busy.add('0.0.0.0:8443');
    expect((await observe(moved, ports)).busyPorts).toEqual([{ port: 8443, bind: '0.0.0.0' }]);
  });

  it('but not where our own containers publish it', async () => {
    for (const port of [80, 443]) ports.host.busy.add(`0.0.0.0:${port}`);
    for (const port of [9090, 9093]) ports.host.busy.add(`127.0.0.1:${port}`);
    expect((await observe(desired, ports)).busyPorts).toEqual([]);
  });

  it('by somebody else once our container that had it is stopped', async () => {
    engine.change('container-edge', { state: 'exited' });
    ports.host.busy.add('0.0.0.0:443');
    expect((await observe(desired, ports)).busyPorts).toEqual([{ port: 443, bind: '0.0.0.0' }]);
  });
});

describe('an address', () => {
  const elsewhere = desiredWith({ images: { source: 'debian' }, edge: { bind: '10.1.2.3' } });

  it('of another server is named once', async () => {
    ports.host.absent.add('10.1.2.3');
    expect((await observe(elsewhere, ports)).absentAddresses).toEqual(['10.1.2.3']);
    expect((await observe(desired, ports)).absentAddresses).toEqual([]);
  });

  it('on which our proxy listens is not asked about: one that moves between servers may be away', async () => {
    engine.change('container-edge', {
      ports: [80, 443].map((port) => ({ bind: '10.1.2.3', port })),
    });
    ports.host.absent.add('10.1.2.3');
    expect((await observe(elsewhere, ports)).absentAddresses).toEqual([]);
  });
});

it('a secret file with nothing in it but white space is empty, a file of another name is none of ours', async () => {
  for (const [name, text] of [
    ['postgres-app-password', 'x\n'],
    ['postgres-monitor-password', ''],
    ['postgres-owner-password', ' \n'],
    ['postgres-owner-password.factsway-42', ''],
  ] as const)
    ports.files.put(PATHS.secret(name), text);
  const { instance } = await observe(desired, ports);
  expect(instance.emptySecrets?.toSorted()).toEqual([
    'postgres-monitor-password',
    'postgres-owner-password',
  ]);
});
