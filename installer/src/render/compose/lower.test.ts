import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../../../test/fakes/builders.ts';
import type { Workload } from '../../model/workload.ts';
import { lowerWorkload } from './lower.ts';

const find = (id: string, settings?: object): Workload =>
  catalogWith(settings).workloads.find((workload) => workload.id === id)!;

describe('a workload as a Compose service', () => {
  it('carries all of the service contract and of the hardening', () => {
    const service = lowerWorkload(find('records-service-a'), 'abc');
    expect({ ...service, environment: undefined }).toEqual({
      image: 'factsway/records-service:1.0.0',
      pull_policy: 'never',
      user: '10001:10001',
      command: ['node', '/app/service.mjs'],
      restart: 'always',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      environment: undefined,
      secrets: ['postgres-app-password'],
      tmpfs: ['/tmp:size=134217728,mode=1777,uid=10001,gid=10001,nosuid,nodev,noexec'],
      networks: { 'app-a': { aliases: ['records-service'] }, data: null },
      depends_on: { 'migrations-a': { condition: 'service_completed_successfully' } },
      healthcheck: {
        test: ['CMD', 'node', '/app/healthcheck.mjs'],
        interval: '15s',
        timeout: '5s',
        retries: 3,
        start_period: '60s',
        start_interval: '1s',
      },
      mem_limit: '198m',
      memswap_limit: '198m',
      cpus: 1,
      pids_limit: 128,
      stop_grace_period: '60s',
      logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
      labels: {
        'io.factsway.component': 'records-service',
        'io.factsway.slot': 'a',
        'io.factsway.spec': 'abc',
      },
    });
    expect(service.environment).toMatchObject({ POSTGRES_POOL_MAX: '4', PORT: '3001' });
  });

  it('that ends by itself is not restarted and has no health check', () => {
    const service = lowerWorkload(find('migrations-a'), '');
    expect(service.restart).toBe('no');
    expect(service).not.toHaveProperty('healthcheck');
    expect(service.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });

  it('with volumes and configuration mounts directories, configuration read-only', () => {
    const service = lowerWorkload(find('postgres'), '');
    expect(service.volumes).toEqual([
      'postgres-data:/var/lib/postgresql/data',
      'postgres-restore-points:/var/lib/postgresql',
      './config/postgres:/etc/factsway-postgres:ro',
      './config/postgres-init:/docker-entrypoint-initdb.d:ro',
    ]);
    expect(service.stop_signal).toBe('SIGINT');
    expect(service.shm_size).toBe('307m');
    expect(lowerWorkload(find('node-exporter'), '').volumes).toEqual([
      './state/metrics:/var/lib/factsway-metrics:ro',
      '/:/host:ro',
    ]);
  });

  it.each([
    ['0.0.0.0', ['0.0.0.0:80:8080/tcp', '0.0.0.0:443:8443/tcp']],
    ['::', ['[::]:80:8080/tcp', '[::]:443:8443/tcp']],
    ['192.168.1.5', ['192.168.1.5:80:8080/tcp', '192.168.1.5:443:8443/tcp']],
  ])('bound to %s publishes its ports there', (bind, ports) => {
    expect(lowerWorkload(find('edge', { edge: { bind } }), '').ports).toEqual(ports);
  });

  it('leaves out what is empty', () => {
    const service = lowerWorkload(find('node-exporter'), '');
    for (const key of ['environment', 'secrets', 'ports', 'depends_on', 'cap_add', 'shm_size'])
      expect(service).not.toHaveProperty(key);
  });
});
