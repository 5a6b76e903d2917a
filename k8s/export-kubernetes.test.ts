import { load, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { platformNames } from '../installer/src/catalog/catalog.ts';
import { configWith, ENGINE } from '../test/fakes/builders.ts';
import { KUBERNETES_VARIANTS } from '../test/fakes/kubernetes-variants.ts';
import { environment } from './environment.ts';
import { exportKubernetes } from './export-kubernetes.ts';
import type { Manifest } from './manifest.ts';
import { at, records, word } from './json.ts';

const HOST = { host: { name: 'law.example.com' } };
const exported = (settings: object = {}) =>
  exportKubernetes(configWith({ ...HOST, ...settings }), ENGINE);
const objects = (settings: object = {}): Manifest[] =>
  exported(settings).files.flatMap(({ path, content }) =>
    /^(base|overlays\/production)\/[a-z-]+\.yaml$/.test(path) &&
    !path.endsWith('kustomization.yaml')
      ? (loadAll(content) as Manifest[])
      : [],
  );
const one = (kind: string, name: string, settings: object = {}): Manifest | undefined =>
  objects(settings).find(
    (manifest) => manifest.kind === kind && manifest.metadata.name.startsWith(name),
  );
const podOf = (kind: string, name: string, settings: object = {}): unknown =>
  at(one(kind, name, settings), 'spec.template.spec');
const envOf = (container: unknown): Record<string, unknown> =>
  Object.fromEntries(
    records(at(container, 'env')).map(({ name, value }) => [word(name), value] as const),
  );

/** What does not run in a cluster, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  backup: 'whoever runs the cluster backs the database up there, until the export does',
  'node-exporter': 'it looks into the machine below, which whoever runs the cluster watches',
};

describe('the tree', () => {
  it('has every component of the catalogue, or a reason why not', () => {
    const controllers = objects()
      .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
      .map(({ metadata }) => metadata.labels?.['app.kubernetes.io/name']);
    const wanted = [...new Set(platformNames().map((name) => name.replace(/-[ab]$/, '')))];
    const missing = wanted.filter((name) => !controllers.includes(name));
    expect(missing, 'give it a counterpart in k8s/, or a reason here').toEqual(
      Object.keys(ELSEWHERE),
    );
  });

  it.each(Object.entries(KUBERNETES_VARIANTS))('is the same twice: %s', (_, settings) => {
    expect(exported(settings)).toEqual(exported(settings));
  });

  it('has valid YAML in every file, and no key that YAML reads as something else', () => {
    for (const { path, content } of exported().files)
      if (path.endsWith('.yaml') && !path.includes('/config/'))
        for (const each of loadAll(content)) expect(each).toBeTypeOf('object');
  });

  it('says of staging only what is different there', () => {
    const paths = exported().files.map(({ path }) => path);
    expect(paths.filter((path) => /^overlays\/staging\/[^/]+$/.test(path))).toEqual([
      'overlays/staging/edge.yaml',
      'overlays/staging/grafana.yaml',
      'overlays/staging/kustomization.yaml',
      'overlays/staging/namespace.yaml',
    ]);
  });

  it('takes images from the registry where this host has built its own', () => {
    const pod = podOf('Deployment', 'facts-service', { images: { source: 'debian' } });
    expect(at(pod, 'containers.0.image')).toBe('registry.factsway.com/onprem/facts-service:1.0.0');
  });

  it('grows with the number of services, and not with its square, but for what each is told of all', () => {
    const config = configWith({ host: { ...HOST.host, memory: '4TiB', cores: 64 } });
    const invented = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        name: `made${index}-service`,
        shortName: `made${index}`,
        port: 4000 + index,
        routes: [`/api/made${index}`],
        purpose: 'made up',
        memoryWeight: 1,
      }));
    const lines = (count: number): number =>
      exportKubernetes(config, ENGINE, {}, invented(count)).files.reduce(
        (sum, { content }) =>
          sum +
          content.split('\n').filter((line) => !/_SERVICE_URL|http:\/\/made/.test(line)).length,
        0,
      );
    const [few, more, most] = [8, 16, 32].map(lines) as [number, number, number];
    expect((most - more) / 16).toBeCloseTo((more - few) / 8, -1);
  });
});

describe('the migration Job', () => {
  const name = (settings: object = {}): string =>
    one('Job', 'migrations', settings)?.metadata.name ?? '';
  it('is another one for another release or another content, and the same otherwise', () => {
    const names = [
      name(),
      name({ release: { version: '1.1.0' } }),
      name({ services: { logLevel: 'debug' } }),
      name({ postgres: { database: 'other' } }),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(name({ monitoring: { retentionDays: 90 } })).toBe(name());
    expect(name()).toMatch(/^migrations-1-0-0-[0-9a-f]{8}$/);
  });
});

describe('a service', () => {
  it('waits for the schema with the image of the migrations, in a role that changes nothing', () => {
    const gate = at(podOf('Deployment', 'facts-service'), 'initContainers.0');
    expect(at(gate, 'image')).toBe('registry.factsway.com/onprem/migrations:1.0.0');
    expect(at(gate, 'args')).toEqual(['until node /app/migrate.mjs status; do sleep 3; done']);
    expect(envOf(gate)).toMatchObject({ POSTGRES_USER: 'factsway_app_a', APP_VERSION: '1.0.0' });
  });

  it('is told that it is in the cloud, and finds the others by the names they have on one server', () => {
    expect(envOf(at(podOf('Deployment', 'facts-service'), 'containers.0'))).toMatchObject({
      DEPLOYMENT_ENV: 'cloud',
      RECORDS_SERVICE_URL: 'http://records-service:3001',
    });
  });

  it('gets text as it is, also where Kubernetes would read a variable into it', () => {
    const pod = podOf('Deployment', 'facts-service', {
      services: { environment: { ODD: `a$(HOME)b $x $$ "q" 'r' # {}` } },
    });
    expect(envOf(at(pod, 'containers.0'))['ODD']).toBe(`a$$(HOME)b $x $$$$ "q" 'r' # {}`);
  });

  it('has connections for as many pods as there may be', () => {
    const sizing = (settings: object) =>
      environment('production', configWith({ ...HOST, ...settings })).catalog.context.sizing;
    const pool = sizing({}).poolPerService.value;
    expect(sizing({}).postgres.maxConnections.value).toBeGreaterThanOrEqual(8 * pool * 7);
    const many = { kubernetes: { maxReplicas: 20 } };
    expect(sizing(many).postgres.maxConnections.value).toBeGreaterThanOrEqual(8 * pool * 21);
  });
});

describe('the way in', () => {
  it.each([
    ['internal', { edge: { tls: { mode: 'internal' } } }, 'factsway-tls'],
    ['off', { edge: { tls: { mode: 'off' } } }, undefined],
    ['acme', { edge: { tls: { mode: 'acme', email: 'a@b.example' } } }, 'factsway-tls'],
  ])('has its certificate with edge.tls.mode %s', (mode, settings, secret) => {
    expect(at(one('Ingress', 'edge', settings), 'spec.tls.0.secretName')).toBe(secret);
    expect(one('Certificate', 'edge', settings) !== undefined).toBe(mode === 'acme');
  });

  it('is one path to the proxy, which is told that somebody else ends TLS', () => {
    expect(at(one('Ingress', 'edge'), 'spec.rules')).toEqual([
      {
        host: 'law.example.com',
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: 'edge', port: { name: 'http' } } },
            },
          ],
        },
      },
    ]);
    const caddyfile = exported().files.find(({ path }) => path.endsWith('edge/Caddyfile'))?.content;
    expect(caddyfile).toContain('auto_https off');
    expect(caddyfile).toContain('Strict-Transport-Security');
    expect(caddyfile).toContain('reverse_proxy facts-service:3006');
  });
});

it('PostgreSQL elsewhere is no StatefulSet, and what asks it may leave the namespace for its port alone', () => {
  const settings = {
    postgres: {
      mode: 'external',
      external: { host: 'db.example.com', port: 6432, tls: { mode: 'require' } },
    },
  };
  expect(one('StatefulSet', 'postgres', settings)).toBeUndefined();
  const policy = one('NetworkPolicy', 'migrations', settings);
  expect(at(policy, 'spec.egress.0.ports')).toEqual([{ protocol: 'TCP', port: 6432 }]);
});

it('the operator gets the same rules as the plain Prometheus', () => {
  const file = exported().files.find(
    ({ path }) => path === 'overlays/production/config/prometheus/rules/alerts.yml',
  );
  type Rules = { groups: { rules: { alert?: string; expr: string }[] }[] };
  const names = ({ groups }: Rules) =>
    groups.flatMap(({ rules }) =>
      rules.flatMap(({ alert, expr }) => (alert === undefined ? [] : [`${alert}: ${expr}`])),
    );
  const plain = names(load(file?.content ?? '') as Rules);
  const operator = names(
    at(
      one('PrometheusRule', 'factsway', { kubernetes: { monitoring: 'operator' } }),
      'spec',
    ) as Rules,
  );
  expect(plain.length).toBeGreaterThan(30);
  expect(operator).toEqual(plain);
});
