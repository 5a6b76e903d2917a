import { describe, expect, it } from 'vitest';
import { judge, lineOf } from '../../../../../test/fakes/preflight.ts';
import type { EngineFacts } from '../../facts-preflight.ts';
import { cgroups } from './cgroups.ts';
import type { AnyCheck } from './check.ts';
import { compose } from './compose.ts';
import { dockerBoot } from './docker-boot.ts';
import { dockerLocal } from './docker-local.ts';
import { docker } from './docker.ts';

const on = (check: AnyCheck, engine: Partial<EngineFacts>) =>
  judge(check, (facts) => ({ engine: { ...facts.engine, ...engine } }));

describe('versions of Docker', () => {
  it.each([
    ['20.10.24', 'fail'],
    ['24.9.9', 'fail'],
    ['25.0.0', 'pass'],
    ['26.1.5+dfsg1', 'pass'],
    ['unknown', 'fail'],
  ])('engine %s: %s', (version, status) => {
    expect(on(docker, { version })).toMatchObject({
      status,
      ...(status === 'fail' ? { code: 'FW-DOCKER-TOO-OLD' } : {}),
    });
  });

  it.each([
    ['2.19.9', 'fail'],
    ['2.20.0', 'pass'],
    ['v5.0.1', 'pass'],
  ])('Compose %s: %s', (version, status) => {
    expect(judge(compose, () => ({ compose: { version } })).status).toBe(status);
  });
});

describe('docker-local', () => {
  it.each([
    [{}, 'pass', undefined],
    [{ endpoint: 'unix:///run/user/1000/docker.sock' }, 'pass', undefined],
    [{ endpoint: 'tcp://127.0.0.1:2375' }, 'pass', undefined],
    [{ endpoint: 'tcp://10.0.0.5:2376' }, 'fail', 'FW-DOCKER-REMOTE'],
    [{ endpoint: 'ssh://admin@server' }, 'fail', 'FW-DOCKER-REMOTE'],
    [{ context: 'desktop-linux' }, 'fail', 'FW-DOCKER-REMOTE'],
    [{ operatingSystem: 'Docker Desktop' }, 'fail', 'FW-DOCKER-REMOTE'],
    [{ rootIsHere: false }, 'fail', 'FW-DOCKER-REMOTE'],
    [{ securityOptions: ['name=seccomp', 'name=rootless'] }, 'fail', 'FW-DOCKER-ROOTLESS'],
    [{ securityOptions: ['name=userns'] }, 'fail', 'FW-DOCKER-ROOTLESS'],
  ] as const)('%j: %s', (engine, status, code) => {
    const verdict = on(dockerLocal, engine);
    expect([verdict.status, verdict.code]).toEqual([status, code]);
  });
});

describe('cgroups', () => {
  it('names every limit that is missing', () => {
    expect(on(cgroups, {}).status).toBe('pass');
    expect(lineOf(on(cgroups, { memoryLimit: false, pidsLimit: false }))).toBe(
      'fail FW-CGROUP-LIMITS: Docker cannot limit memory, processes (pids): one container could take the whole server',
    );
    expect(on(cgroups, { cpuQuota: false }).status).toBe('fail');
  });
});

describe('docker-boot', () => {
  it.each([
    ['enabled', 'pass'],
    ['static', 'pass'],
    ['disabled', 'warn'],
    ['masked', 'warn'],
    [undefined, 'warn'],
  ])('%s: %s', (state, status) => {
    const verdict = judge(dockerBoot, () => ({ boot: { state, unit: 'docker.service' } }));
    expect(verdict.status).toBe(status);
  });
});
