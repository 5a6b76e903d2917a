import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import { DockerProbes } from './docker-probes.ts';

type Answer = { readonly status?: number; readonly body: unknown };
let server: Server;
let answers: Record<string, Answer>;
/** `GET /info`, with the login that came along. */
let asked: { path: string; login: unknown }[];
let configDirectory: string;
const before = { ...process.env };

beforeEach(async () => {
  answers = {};
  asked = [];
  server = createServer((request, response) => {
    const path = request.url ?? '';
    const login = request.headers['x-registry-auth'];
    const text = typeof login === 'string' ? Buffer.from(login, 'base64url').toString() : undefined;
    asked.push({ path, login: text === undefined ? undefined : (JSON.parse(text) as unknown) });
    const { status = 200, body } = answers[path] ?? { status: 404, body: { message: 'none' } };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  configDirectory = await mkdtemp(join(tmpdir(), 'docker-config-'));
  process.env['DOCKER_HOST'] = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['DOCKER_CONFIG'] = configDirectory;
  delete process.env['DOCKER_CONTEXT'];
});
afterEach(async () => {
  server.close();
  process.env = { ...before };
  await rm(configDirectory, { recursive: true });
});
const config = (content: object): Promise<void> =>
  writeFile(join(configDirectory, 'config.json'), JSON.stringify(content));

describe('the engine', () => {
  it('tells what it is; what an old one does not say is off', async () => {
    answers['/version'] = { body: { Version: '20.10.24', ApiVersion: '1.41' } };
    answers['/info'] = {
      body: {
        DockerRootDir: '/var/lib/docker',
        Architecture: 'aarch64',
        OSType: 'linux',
        DriverStatus: [['Supports d_type', 'true']],
        SecurityOptions: null,
        HttpProxy: 'http://proxy:3128',
        DefaultAddressPools: [{ Base: '10.0.0.0/8', Size: 24 }],
        RegistryConfig: {
          IndexConfigs: { 'docker.io': { Secure: true }, 'mirror:5000': { Secure: false } },
        },
      },
    };
    const details = await new DockerProbes().details();
    expect(details).toMatchObject({
      version: '20.10.24',
      endpoint: process.env['DOCKER_HOST'],
      platform: 'linux/arm64',
      driverStatus: { 'Supports d_type': 'true' },
      pidsLimit: false,
      securityOptions: [],
      proxy: 'http://proxy:3128',
      addressPools: [{ base: '10.0.0.0/8', size: 24 }],
      insecureRegistries: ['mirror:5000'],
      containerProxy: '',
    });
  });

  it('that does not answer has its code', async () => {
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
    const error = await rejectionOf(new DockerProbes().details());
    expect(error.code).toBe('FW-DOCKER-UNREACHABLE');
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('that is something else has it as well', async () => {
    answers['/version'] = { status: 500, body: { message: 'no' } };
    answers['/info'] = { status: 500, body: { message: 'no' } };
    expect((await rejectionOf(new DockerProbes().details())).code).toBe('FW-DOCKER-UNREACHABLE');
  });

  it('another context of the docker command is told, unless DOCKER_HOST goes before it', async () => {
    answers['/version'] = { body: { Version: '28.0.0' } };
    answers['/info'] = { body: {} };
    await config({
      currentContext: 'desktop-linux',
      proxies: { default: { httpProxy: 'http://p:1' } },
    });
    expect(await new DockerProbes().details()).toMatchObject({
      context: '',
      containerProxy: 'http://p:1',
    });
  });

  it('its networks are told with their interfaces', async () => {
    const IPAM = { Config: [{ Subnet: '172.17.0.0/16' }] };
    answers['/networks'] = {
      body: [
        {
          Id: 'aaaaaaaaaaaaaaaa',
          Name: 'bridge',
          IPAM,
          Options: { 'com.docker.network.bridge.name': 'docker0' },
        },
        { Id: 'bbbbbbbbbbbbbbbb', Name: 'host', IPAM: { Config: null }, Options: null },
      ],
    };
    expect(await new DockerProbes().networks()).toEqual([
      { name: 'bridge', device: 'docker0', subnets: ['172.17.0.0/16'] },
      { name: 'host', device: 'br-bbbbbbbbbbbb', subnets: [] },
    ]);
  });
});

describe('asking a registry through the engine', () => {
  const REFERENCE = 'registry.example.com/f/edge:1';
  const path = `/distribution/${REFERENCE}/json`;
  const FOUND = {
    body: {
      Platforms: [
        { os: 'linux', architecture: 'amd64' },
        { os: 'unknown', architecture: 'unknown' },
      ],
    },
  };

  it('tells the processors an image is for', async () => {
    answers[path] = FOUND;
    expect(await new DockerProbes().askRegistry(REFERENCE)).toEqual({
      status: 200,
      platforms: ['linux/amd64'],
    });
    expect(asked).toEqual([{ path, login: undefined }]);
  });

  it('takes the login that is stored for it', async () => {
    answers[path] = FOUND;
    const auth = Buffer.from('anna:se:cret').toString('base64');
    await config({ auths: { 'registry.example.com': { auth }, 'other.example.com': { auth } } });
    await new DockerProbes().askRegistry(REFERENCE);
    expect(asked[0]?.login).toEqual({
      username: 'anna',
      password: 'se:cret',
      serveraddress: 'registry.example.com',
    });
  });

  it('goes without one where the store of logins is not installed', async () => {
    answers[path] = FOUND;
    await config({ credsStore: 'factsway-no-such-store' });
    await new DockerProbes().askRegistry(REFERENCE);
    expect(asked).toEqual([{ path, login: undefined }]);
  });

  it.each([404, 401, 500])(
    'gives status %d and the reason of what it did not get',
    async (status) => {
      answers[path] = { status, body: { message: 'why' } };
      expect(await new DockerProbes().askRegistry(REFERENCE)).toEqual({ status, reason: 'why' });
    },
  );
});
