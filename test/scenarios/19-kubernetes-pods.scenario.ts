import { execa } from 'execa';
import { loadAll } from 'js-yaml';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMPONENT_IMAGES, DEBIAN_TAG, LOCAL_PREFIX } from '../../installer/src/catalog/images.ts';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { exportKubernetes } from '../../k8s/export-kubernetes.ts';
import type { Manifest } from '../../k8s/manifest.ts';
import { configWith, ENGINE } from '../fakes/builders.ts';
import { docker, dockerTry, until } from './support/docker.ts';
import { OneNode } from './support/one-node.ts';

/** The images that are on this host, under the names they have here. */
const OVERRIDES: Readonly<Record<string, string>> = Object.fromEntries<string>([
  ...Object.keys(COMPONENT_IMAGES)
    .filter((name) => name !== 'grafana')
    .map((name) => [name, `${LOCAL_PREFIX}/${name}:${DEBIAN_TAG}`] as const),
  ...[...SERVICES.map(({ name }) => name), 'migrations'].map(
    (name) => [name, `${LOCAL_PREFIX}/${name}:1.0.0`] as const,
  ),
]);
const CONFIG = configWith({
  host: { name: 'law.example.com' },
  images: { overrides: OVERRIDES },
  monitoring: { grafana: 'off' },
});

let work = '';
let node: OneNode;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'factsway-pods-'));
  for (const { path, content } of exportKubernetes(CONFIG, ENGINE).files) {
    await mkdir(dirname(join(work, 'tree', path)), { recursive: true });
    await writeFile(join(work, 'tree', path), content);
  }
  await mkdir(join(work, 'secrets'));
  for (const role of ['superuser', 'owner', 'app', 'monitor'])
    await writeFile(join(work, 'secrets', `postgres-${role}-password`), `p&q$(1) of '${role}'\n`);
  const { stdout } = await execa('kubectl', ['kustomize', join(work, 'tree/overlays/production')]);
  const tree = loadAll(stdout) as Manifest[];
  node = new OneNode('factsway-test-pods', tree, join(work, 'secrets'), join(work, 'volumes'));
  await node.begin();
});
afterAll(async () => {
  await node.end();
  await rm(work, { recursive: true, force: true });
});

it('pods of the export run under their users and limits, in whatever order they are started, and serve', async () => {
  await node.start('StatefulSet', 'postgres');
  await node.ready('StatefulSet', 'postgres');
  // As with a plain `kubectl apply -k`: the services are there before the migrations.
  const services = SERVICES.map(({ name }) => node.start('Deployment', name));
  await sleep(6000);
  const early = await docker(
    'ps',
    '--format',
    '{{.Names}}',
    '--filter',
    'name=^factsway-test-pods-',
  );
  expect(early.split('\n').sort()).toEqual(
    [
      'factsway-test-pods-postgres',
      ...SERVICES.map(({ name }) => `factsway-test-pods-${name}-wait-for-schema`),
    ].sort(),
  );

  await node.run('migrations');
  await Promise.all(services);
  await Promise.all(SERVICES.map(({ name }) => node.ready('Deployment', name)));
  await node.start('Deployment', 'edge');
  await node.ready('Deployment', 'edge');

  const ask = async (path: string, ...more: string[]): Promise<string> => {
    const inside = ['wget', '-q', '-S', '-O', '-', '--header', 'Host: law.example.com', ...more];
    const { output } = await dockerTry(
      'exec',
      node.container('edge'),
      ...inside,
      `http://127.0.0.1:8080${path}`,
    );
    return output;
  };
  for (const { routes } of SERVICES)
    for (const route of routes) expect(await ask(route)).toContain('200 OK');
  const entry = JSON.stringify({ title: 'From a pod', format: 'docx', pages: 1 });
  const json = ['--header', 'Content-Type: application/json', '--post-data', entry];
  expect(await ask('/api/exports', ...json)).toContain('201 Created');
  expect(await ask('/api/exports')).toContain('From a pod');
  const page = await ask('/runbooks/ServiceDown.html');
  expect(page).toContain('200 OK');
  expect(page).toContain('Strict-Transport-Security');

  for (const name of ['alertmanager', 'prometheus']) await node.start('StatefulSet', name);
  for (const name of ['postgres-exporter', 'blackbox-exporter'])
    await node.start('Deployment', name);
  await node.ready('StatefulSet', 'alertmanager');
  await node.ready('StatefulSet', 'prometheus');
  type Targets = {
    data: { activeTargets: { health: string; labels: { job: string; service?: string } }[] };
  };
  let targets: Targets['data']['activeTargets'] = [];
  await until('Prometheus reaches every target', 90, async () => {
    const { output } = await dockerTry(
      ...['exec', node.container('prometheus'), 'wget', '-q', '-O', '-'],
      'http://127.0.0.1:9090/api/v1/targets?state=active',
    );
    targets = (JSON.parse(output) as Targets).data.activeTargets;
    return targets.length > 0 && targets.every(({ health }) => health === 'up');
  });
  const jobs = targets.map(({ labels }) => labels.job);
  expect(new Set(jobs)).toEqual(
    new Set([
      ...SERVICES.map(({ name }) => name),
      ...['alertmanager', 'blackbox', 'edge', 'postgres', 'probe', 'prometheus'],
    ]),
  );
  expect(targets.filter(({ labels }) => labels.service === 'facts-service')).toHaveLength(2);
});

it('a pod is ended within its grace, by the signal its image names, and without an error', async () => {
  for (const name of ['facts-service', 'edge', 'postgres']) {
    const container = node.container(name);
    await docker('stop', '-t', '60', container);
    expect([name, await docker('inspect', '--format', '{{.State.ExitCode}}', container)]).toEqual([
      name,
      '0',
    ]);
  }
});
