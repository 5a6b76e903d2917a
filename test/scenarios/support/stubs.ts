import type { IncomingMessage, ServerResponse } from 'node:http';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A registry whose clock is off by some seconds. */
export const registryAt =
  (seconds: number): Handler =>
  (_, response) => {
    response.setHeader('date', new Date(Date.now() + seconds * 1000).toUTCString());
    response.end('{}');
  };

/** A Docker Engine of some version that has every image anyone asks for, and nothing else. */
export const engineOf =
  (version: string): Handler =>
  (request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
    const answers: Readonly<Record<string, unknown>> = {
      '/version': { Version: version, ApiVersion: '1.41' },
      '/info': {
        ServerVersion: version,
        DockerRootDir: '/var',
        Driver: 'overlay2',
        OSType: 'linux',
        Architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
        CgroupVersion: '2',
        MemoryLimit: true,
        PidsLimit: true,
        CpuCfsQuota: true,
      },
      '/containers/json': [],
      '/networks': [],
      '/volumes': { Volumes: [] },
    };
    const image = {
      Id: 'sha256:0',
      Os: 'linux',
      Architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      Config: { Labels: { 'org.opencontainers.image.version': '1.0.0' } },
    };
    const answer = path.startsWith('/images/') ? image : answers[path];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'no such thing' }));
  };
