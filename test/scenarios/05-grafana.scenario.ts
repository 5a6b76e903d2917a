import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GRAFANA_PORT } from '../../installer/src/catalog/components/grafana.ts';
import { DATASOURCE_UID } from '../../installer/src/model/monitoring.ts';
import { renderBundle } from '../../installer/src/render/render-bundle.ts';
import { DASHBOARDS } from '../../monitoring/dashboards/index.ts';
import { panelsOf, type DashboardFile } from '../../monitoring/dashboards/shape.ts';
import { catalogWith, ENGINE, without } from '../fakes/builders.ts';
import { ROOT } from './support/cli.ts';
import { docker, dockerTry, until } from './support/docker.ts';

const NAME = 'factsway-grafana-scenario';
const PORT = 28_300;
const PASSWORD = 'a-scenario-only';
const DIRECTORY = join(ROOT, 'build/scenarios', NAME);

const catalog = catalogWith({ images: { source: 'upstream' } });
const grafana = catalog.workloads.find(({ component }) => component === 'grafana');
if (!grafana?.config) throw new Error('source upstream renders no Grafana');
const { image, environment, config } = grafana;

const { exitCode } = await dockerTry('image', 'inspect', image);
const absent = exitCode !== 0;
if (absent)
  // eslint-disable-next-line no-console -- a part that did not run must not look like one that passed
  console.warn(
    `Skipped: Grafana was not started, because ${image} is not on this machine and no registry was asked.`,
  );

async function api<T>(path: string): Promise<T> {
  const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;
  const response = await fetch(`http://127.0.0.1:${PORT}/grafana/api${path}`, {
    headers: { authorization },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}

describe.skipIf(absent)(`Grafana (${image})`, () => {
  beforeAll(async () => {
    await docker('rm', '--force', NAME);
    for (const { path, content } of renderBundle(catalog, ENGINE).files) {
      if (!path.startsWith('config/grafana/')) continue;
      await mkdir(dirname(join(DIRECTORY, path)), { recursive: true });
      await writeFile(join(DIRECTORY, path), content);
    }
    const variables = {
      ...without(environment, 'GF_SECURITY_ADMIN_PASSWORD__FILE'),
      GF_SECURITY_ADMIN_PASSWORD: PASSWORD,
    };
    await docker(
      'run',
      '--detach',
      '--name',
      NAME,
      '--publish',
      `127.0.0.1:${PORT}:${GRAFANA_PORT}`,
      '--volume',
      `${DIRECTORY}/config/grafana:${config.mount}:ro`,
      ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      image,
    );
    await until('Grafana answers', 120, () =>
      api('/health').then(
        () => true,
        () => false,
      ),
    );
  });
  afterAll(async () => {
    await docker('rm', '--force', NAME);
    await rm(DIRECTORY, { recursive: true, force: true });
  });

  it('has every dashboard, as its file says, and lets nobody change it', async () => {
    type Found = { uid: string; folderTitle: string };
    const found = await api<Found[]>('/search?type=dash-db&tag=factsway');
    expect(found.map(({ uid }) => uid).sort()).toEqual(
      Object.values(DASHBOARDS)
        .map(({ uid }) => uid)
        .sort(),
    );
    expect(new Set(found.map(({ folderTitle }) => folderTitle))).toEqual(new Set(['FACTSWAY']));
    for (const file of Object.values(DASHBOARDS)) {
      type Loaded = { meta: { provisioned: boolean }; dashboard: DashboardFile };
      const { meta, dashboard } = await api<Loaded>(`/dashboards/uid/${file.uid ?? ''}`);
      expect(meta.provisioned).toBe(true);
      expect(dashboard.editable).toBe(false);
      expect(panelsOf(dashboard).map(({ title }) => title)).toEqual(
        panelsOf(file).map(({ title }) => title),
      );
    }
  });

  it('has the data source that they name, and opens with the overview', async () => {
    const { type } = await api<{ type: string }>(`/datasources/uid/${DATASOURCE_UID}`);
    expect(type).toBe('prometheus');
    const home = await api<{ dashboard: { title: string } }>('/dashboards/home');
    expect(home.dashboard.title).toBe(DASHBOARDS['overview']?.title);
  });
});
