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

const BACKUPS = { backup: { mode: 'on', s3: { bucket: 'law', endpoint: 's3.firm.example:9000' } } };

/** What does not run in a cluster, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'node-exporter': 'it looks into the machine below, which whoever runs the cluster watches',
};

describe('the tree', () => {
  it('has every component of the catalogue, or a reason why not', () => {
    const controllers = objects({ ...BACKUPS, updates: { mirror: 'on' } })
      .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job', 'CronJob'].includes(kind))
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

describe('the backups', () => {
  const containers = (settings: object): string[] =>
    records(at(podOf('StatefulSet', 'postgres', settings), 'containers')).map(({ name }) =>
      word(name),
    );
  const mountsOf = (index: number, settings: object = BACKUPS): Record<string, unknown> =>
    Object.fromEntries(
      records(
        at(podOf('StatefulSet', 'postgres', settings), `containers.${index}.volumeMounts`),
      ).map(({ name, mountPath }) => [word(mountPath), name] as const),
    );

  it('are kept by a second container of the pod, where they are on and the database is in the cluster', () => {
    expect(containers({})).toEqual(['postgres']);
    expect(containers(BACKUPS)).toEqual(['postgres', 'backup']);
    const elsewhere = {
      postgres: {
        mode: 'external',
        external: { host: 'db.example.com', tls: { mode: 'require' } },
      },
    };
    expect(one('CronJob', 'backup', { ...BACKUPS, ...elsewhere })).toBeUndefined();
    expect(exported({ ...BACKUPS, ...elsewhere }).notes.join()).toContain(
      'backup.mode has no effect',
    );
    expect(exported(BACKUPS).notes.join()).not.toContain('backup.mode');
  });

  it('leave the database without the key, and the keeper with a scratch directory of its own', () => {
    const [database, keeper] = [mountsOf(0), mountsOf(1)];
    expect(database['/run/secrets']).not.toBe(keeper['/run/secrets']);
    expect(database['/tmp']).not.toBe(keeper['/tmp']);
    const pod = podOf('StatefulSet', 'postgres', BACKUPS);
    const volume = records(at(pod, 'volumes')).find(
      ({ name }) => name === database['/run/secrets'],
    );
    expect(JSON.stringify(volume)).not.toContain('backup-');
  });

  it('can be turned on where PostgreSQL runs: its templates stay what they are, in either volume', () => {
    const templatesOf = (settings: object): unknown[] =>
      records(at(one('StatefulSet', 'postgres', settings), 'spec.volumeClaimTemplates')).map(
        (claim) => at(claim, 'metadata.name'),
      );
    const moved = { ...BACKUPS, kubernetes: { databaseVolume: 2 } };
    for (const settings of [{}, BACKUPS, moved, { kubernetes: { databaseVolume: 2 } }])
      expect(templatesOf(settings)).toEqual(['data', 'postgres-restore-points']);
    const [data, next] = ['/var/lib/postgresql/data', '/var/lib/postgresql/next'];
    expect([mountsOf(0)[data], mountsOf(1)[data], mountsOf(1)[next]]).toEqual([
      'data',
      'data',
      'postgres-data-2',
    ]);
    expect([mountsOf(0, moved)[data], mountsOf(1, moved)[data], mountsOf(1, moved)[next]]).toEqual([
      'postgres-data-2',
      'postgres-data-2',
      'data',
    ]);
  });

  it('are asked for by CronJobs that have neither volume nor key, in the time zone of the firm', () => {
    const settings = {
      host: { ...HOST.host, timeZone: 'Europe/Berlin' },
      backup: { ...BACKUPS.backup, time: '23:05', drillOn: 7 },
    };
    for (const [name, schedule] of [
      ['backup', '5 23 * * *'],
      ['backup-drill', '5 23 7 * *'],
    ] as const) {
      const job = objects(settings).find(
        ({ kind, metadata }) => kind === 'CronJob' && metadata.name === name,
      );
      expect([at(job, 'spec.schedule'), at(job, 'spec.timeZone')]).toEqual([
        schedule,
        'Europe/Berlin',
      ]);
      const pod = at(job, 'spec.jobTemplate.spec.template.spec');
      expect([at(pod, 'volumes'), at(pod, 'containers.0.volumeMounts')]).toEqual([
        undefined,
        undefined,
      ]);
    }
  });

  it('reach the port of S3 where they go there, and nothing of the world otherwise', () => {
    const ports = (settings: object): unknown =>
      at(one('NetworkPolicy', 'backup', settings), 'spec.egress.0.ports');
    expect(ports(BACKUPS)).toEqual([{ protocol: 'TCP', port: 9000 }]);
    expect(ports({ backup: { mode: 'on', s3: { bucket: 'law' } } })).toEqual([
      { protocol: 'TCP', port: 443 },
    ]);
    expect(ports({ backup: { mode: 'on' } })).toBeUndefined();
  });

  it('of staging go to a place of their own', () => {
    const texts = exported(BACKUPS).files.flatMap(({ path, content }) =>
      path.endsWith('backup/backup.yaml') ? [[path.split('/')[1], content] as const] : [],
    );
    expect(texts.map(([name]) => name)).toEqual(['production', 'staging']);
    expect(texts[0]?.[1]).toContain('prefix: /factsway\n');
    expect(texts[1]?.[1]).toContain('prefix: /factsway-staging\n');
  });

  it('do not take the database from the services when their keeper fails', () => {
    const published = (settings: object): unknown =>
      at(
        objects(settings).find(
          ({ kind, metadata }) => kind === 'Service' && metadata.name === 'postgres',
        ),
        'spec.publishNotReadyAddresses',
      );
    expect([published({}), published(BACKUPS)]).toEqual([undefined, true]);
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

it.each([
  ['without a mirror of desktop updates', {}, []],
  [
    'with one',
    { updates: { mirror: 'on' } },
    ['MirrorFilesMissing', 'MirrorManifestLost', 'MirrorFailing', 'MirrorThrottling'],
  ],
])('the operator gets the same rules as the plain Prometheus, %s', (_, settings, mirror) => {
  const file = exported(settings).files.find(
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
      one('PrometheusRule', 'factsway', { ...settings, kubernetes: { monitoring: 'operator' } }),
      'spec',
    ) as Rules,
  );
  expect(plain.length).toBeGreaterThan(30);
  expect(operator).toEqual(plain);
  const alerts = plain.map((rule) => rule.slice(0, rule.indexOf(':')));
  expect(alerts.filter((name) => name.startsWith('Mirror'))).toEqual(mirror);
});
