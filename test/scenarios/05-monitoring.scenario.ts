import { expect, it } from 'vitest';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { containerId, docker, until } from './support/docker.ts';
import { SHARED } from './support/instance.ts';

const api = async <T>(path: string): Promise<T> =>
  (await fetch(`http://127.0.0.1:${SHARED.ports.prometheus}/api/v1${path}`)).json() as Promise<T>;

it('every Prometheus target is up', async () => {
  type Targets = {
    data: {
      activeTargets: {
        labels: { job: string; service?: string };
        health: string;
        scrapeUrl: string;
      }[];
    };
  };
  const all = async () => (await api<Targets>('/targets?state=active')).data.activeTargets;
  await until('every target was scraped', 60, async () =>
    (await all()).every(({ health }) => health === 'up'),
  );
  const jobs = new Set((await all()).map(({ labels }) => labels.job));
  expect([...jobs].sort()).toEqual(
    [
      ...SERVICES.map(({ name }) => name),
      'alertmanager',
      'blackbox',
      'edge',
      'node',
      'postgres',
      'probe',
      'prometheus',
    ].sort(),
  );
  expect((await all()).every(({ labels }) => labels.service !== undefined)).toBe(true);
});

it('factsway_build_info of the eight services agree', async () => {
  type Query = { data: { result: { metric: { service: string; version: string } }[] } };
  const { data } = await api<Query>('/query?query=factsway_build_info');
  expect(data.result).toHaveLength(8);
  expect(new Set(data.result.map(({ metric }) => metric.version))).toEqual(new Set(['1.0.0']));
});

it('the probes reach every service and the edge, and PostgreSQL reports its statistics to a role that sees no rows', async () => {
  type Query = { data: { result: { metric: Record<string, string>; value: [number, string] }[] } };
  const value = async (query: string) =>
    (await api<Query>(`/query?query=${encodeURIComponent(query)}`)).data.result;
  await until(
    'every probe succeeded',
    60,
    async () => (await value('probe_success == 1')).length === 9,
  );
  await until('PostgreSQL was asked', 60, async () => (await value('pg_up'))[0]?.value[1] === '1');
  expect((await value('probe_ssl_earliest_cert_expiry{service="edge"}')).length).toBe(1);
});

it('Prometheus and Alertmanager accept their configuration by their own tools', async () => {
  expect(
    await docker(
      'exec',
      await containerId(SHARED.project, 'prometheus'),
      'promtool',
      'check',
      'config',
      '/etc/prometheus/prometheus.yml',
    ),
  ).toContain('SUCCESS');
  expect(
    await docker(
      'exec',
      await containerId(SHARED.project, 'alertmanager'),
      'amtool',
      'check-config',
      '/etc/alertmanager/alertmanager.yml',
    ),
  ).toContain('SUCCESS');
});

it('a missing series is a failed gate, by name', async () => {
  const id = await SHARED.servingId('exhibits-service');
  await docker('stop', '--time', '1', id);
  try {
    type Query = { data: { result: unknown[] } };
    await until(
      'Prometheus has noticed',
      40,
      async () =>
        (await api<Query>('/query?query=up{job="exhibits-service"}==0')).data.result.length > 0,
    );
    const run = await SHARED.runJson(
      'verify',
      '--timeout',
      '20',
      '--gate',
      'metrics',
      '--gate',
      'containers',
      '--gate',
      'contract',
    );
    expect(run.exitCode).toBe(3);
    const gates = run.result?.['gates'] as { name: string; status: string; details?: string[] }[];
    for (const name of ['metrics', 'containers', 'contract']) {
      const gate = gates.find((candidate) => candidate.name === name);
      expect(gate?.status, name).toBe('fail');
      expect(gate?.details?.join(' '), name).toContain('exhibits-service');
    }
  } finally {
    const back = await SHARED.runJson('up', '--yes');
    expect(back.errors).toEqual([]);
  }
});
