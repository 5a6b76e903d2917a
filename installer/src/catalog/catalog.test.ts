import { describe, expect, it } from 'vitest';
import { catalogWith } from '../../../test/fakes/builders.ts';
import { errorOf } from '../../../test/fakes/thrown.ts';
import { RECEIVERS } from '../model/alert-receivers.ts';
import { plain, type Workload } from '../model/workload.ts';
import { NETWORKS, describeVolume } from './networks.ts';
import { publicUrl } from './public-url.ts';
import { SECRETS } from './secrets.ts';
import { SERVICES } from './services/index.generated.ts';

const SETTINGS = [
  { images: { source: 'debian' } },
  { images: { source: 'upstream' }, edge: { tls: { mode: 'off' } } },
  { images: { source: 'debian' }, backup: { mode: 'on', s3: { bucket: 'backups' } } },
  {
    images: { source: 'upstream' },
    host: { memory: '16GiB', cores: 4 },
    services: { passwordInEnvironment: true },
    monitoring: {
      traces: { otlpEndpoint: 'http://otel.example.com:4318', headers: true },
      receivers: {
        ...Object.fromEntries(RECEIVERS.map((name) => [name, { enabled: true }])),
        email: { enabled: true, user: 'ann' },
        deadMansSwitch: { enabled: true },
      },
    },
  },
];
const CATALOGS = SETTINGS.map((settings) => catalogWith(settings, ['a', 'b']));
const EVERY = CATALOGS.flatMap(({ workloads }) => workloads);
const networksOf = ({ networks }: Workload): string[] => networks.map(({ name }) => name).sort();

describe('the eight services', () => {
  it('are those of the specification, with their ports and routes', () => {
    expect(SERVICES.map(({ name, port, routes }) => [name, port, ...routes])).toEqual([
      ['records-service', 3001, '/api/templates', '/api/cases', '/api/drafts'],
      ['ingestion-service', 3002, '/api/ingestions'],
      ['export-service', 3003, '/api/exports'],
      ['caseblock-service', 3004, '/api/caseblocks'],
      ['signature-service', 3005, '/api/signatures'],
      ['facts-service', 3006, '/api/facts'],
      ['exhibits-service', 3007, '/api/exhibits'],
      ['caselaw-service', 3008, '/api/caselaw'],
    ]);
  });

  it('share no port, name, short name or route', () => {
    for (const values of [
      SERVICES.map(({ port }) => String(port)),
      SERVICES.map(({ name }) => name),
      SERVICES.map(({ shortName }) => shortName),
      SERVICES.flatMap(({ routes }) => routes),
    ])
      expect(new Set(values).size).toBe(values.length);
  });

  it('get the environment of the contract, which no setting can displace', () => {
    const environment = { PORT: '1', POSTGRES_USER: 'postgres', EXTRA: 'kept' };
    const { workloads } = catalogWith({ services: { environment, drainSeconds: 9 } });
    const facts = workloads.find(({ id }) => id === 'facts-service-a')!;
    const values = Object.fromEntries(
      Object.entries(facts.environment).map(([key, value]) => [key, plain(value)]),
    );
    expect(values).toMatchObject({
      EXTRA: 'kept',
      DEPLOYMENT_ENV: 'enterprise',
      SERVICE_NAME: 'facts',
      PORT: '3006',
      APP_VERSION: '1.0.0',
      LOG_LEVEL: 'info',
      POSTGRES_HOST: 'postgres',
      POSTGRES_USER: 'factsway_app_a',
      POSTGRES_PASSWORD_FILE: '/run/secrets/postgres-app-password',
      DRAIN_SECONDS: '9',
      RECORDS_SERVICE_URL: 'http://records-service:3001',
      CASELAW_SERVICE_URL: 'http://caselaw-service:3008',
    });
    expect(Object.keys(values).filter((key) => key.endsWith('_SERVICE_URL'))).toHaveLength(8);
  });

  it('are the same whatever order their extra environment is written in', () => {
    const environments = [
      { A: '1', B: '2' },
      { B: '2', A: '1' },
    ].map((environment) =>
      catalogWith({ services: { environment } }).workloads.map((workload) =>
        Object.entries(workload.environment),
      ),
    );
    expect(environments[0]).toEqual(environments[1]);
  });

  it('wait for the migrations of their own slot, and those for PostgreSQL', () => {
    for (const { workloads } of CATALOGS) {
      const slotted = workloads.filter(({ slot }) => slot !== undefined);
      expect(slotted).toHaveLength(18);
      for (const { component, slot, dependsOn } of slotted)
        expect(dependsOn).toEqual(
          component === 'migrations'
            ? [{ id: 'postgres', condition: 'healthy' }]
            : [{ id: `migrations-${slot!}`, condition: 'completed' }],
        );
    }
  });
});

describe('secrets', () => {
  it('have at most two readers each, because a file has one owner and one group', () => {
    for (const { secrets } of CATALOGS)
      for (const { name, readers } of secrets)
        expect([name, readers.length]).toEqual([name, Math.min(readers.length, 2)]);
  });

  it('are read by those who mount them, and the group of a reader is its own uid', () => {
    const [debian] = CATALOGS;
    const readers = Object.fromEntries(debian!.secrets.map((s) => [s.name, s.readers]));
    expect(readers).toEqual({
      'postgres-superuser-password': [999],
      'postgres-owner-password': [999, 10001],
      'postgres-app-password': [999, 10001],
      'postgres-monitor-password': [999, 65534],
    });
    for (const { user, secrets } of EVERY)
      if (secrets.length > 0) expect(user).toMatch(/^(\d+):\1$/);
  });

  it('are never a value in an environment, and none is left out of the table', () => {
    for (const { id, environment } of EVERY)
      for (const [key, value] of Object.entries(environment))
        if (/PASS(WORD)?(?!.*FILE)/.test(key)) expect([id, key, plain(value)]).toBe('a password');
    const mounted = new Set(EVERY.flatMap(({ secrets }) => secrets));
    expect([...mounted].sort()).toEqual(Object.keys(SECRETS).sort());
  });

  it('of the database name the volume they unlock; that of Grafana can be made anew', () => {
    for (const [name, { unlocks }] of Object.entries(SECRETS))
      expect([name, unlocks]).toEqual([
        name,
        name.startsWith('postgres-')
          ? 'postgres-data'
          : name === 'backup-key'
            ? 'backup-repository'
            : undefined,
      ]);
  });
});

describe('networks', () => {
  it('data and monitoring have no route out', () => {
    const internal = NETWORKS.filter((network) => network.internal).map(({ name }) => name);
    expect(internal).toEqual(['data', 'monitoring']);
  });

  it('PostgreSQL is on data alone, a service on its slot and data alone', () => {
    for (const workload of EVERY) {
      if (workload.component === 'postgres') expect(networksOf(workload)).toEqual(['data']);
      if (workload.component === 'migrations') expect(networksOf(workload)).toEqual(['data']);
      if (workload.component.endsWith('-service'))
        expect(networksOf(workload)).toEqual([`app-${workload.slot!}`, 'data']);
    }
  });

  it('the proxy never reaches the database', () => {
    for (const workload of EVERY.filter(({ component }) => component === 'edge'))
      expect(networksOf(workload)).toEqual(['app-a', 'app-b', 'edge', 'monitoring']);
  });

  it('a plain service name belongs to one slot', () => {
    for (const { component, networks, slot } of EVERY)
      for (const { name, aliases } of networks)
        if (aliases) {
          expect(name).toBe(`app-${slot!}`);
          expect(aliases).toEqual([component]);
        }
  });

  it('every network and volume a workload names exists', () => {
    for (const { networks, volumes } of EVERY) {
      for (const { name } of networks) expect(NETWORKS.map((n) => n.name)).toContain(name);
      for (const { name } of volumes) expect([name, describeVolume(name)]).not.toContain(undefined);
    }
  });
});

describe('published ports', () => {
  it('are on loopback, those of the proxy aside', () => {
    for (const { component, ports } of EVERY)
      for (const { bind } of ports)
        expect([component, bind]).toEqual([
          component,
          component === 'edge' ? '0.0.0.0' : '127.0.0.1',
        ]);
    const publishing = new Set(EVERY.filter(({ ports }) => ports.length > 0).map(({ id }) => id));
    expect([...publishing].sort()).toEqual(['alertmanager', 'edge', 'prometheus']);
  });

  it.each([
    [{ edge: { httpPort: 443 } }, 'Port 443 is given to edge', 'and to edge'],
    [{ monitoring: { prometheusPort: 9093 } }, 'Port 9093 is given to', 'alertmanager'],
  ])('may not be the same twice: %o', (settings, port, other) => {
    const error = errorOf(() => catalogWith(settings));
    expect([error.code, error.exitCode]).toEqual(['FW-CONFIG-INVALID', 2]);
    expect(error.message).toContain(port);
    expect(error.message).toContain(other);
    expect(error.hint).toContain('monitoring.prometheusPort');
  });

  it('leave HTTPS out where TLS ends elsewhere', () => {
    const { workloads } = catalogWith({ edge: { tls: { mode: 'off' } } });
    const ports = workloads.find(({ id }) => id === 'edge')!.ports;
    expect(ports.map(({ host, container }) => [host, container])).toEqual([[80, 8080]]);
  });
});

describe('the catalogue', () => {
  it('names every workload once, and every dependency is one of them', () => {
    for (const { workloads } of CATALOGS) {
      const ids = workloads.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { dependsOn } of workloads)
        for (const { id } of dependsOn) expect(ids).toContain(id);
    }
  });

  it('has Grafana where the source has it and nobody switched it off', () => {
    const has = (settings: object): boolean =>
      catalogWith(settings).workloads.some(({ id }) => id === 'grafana');
    expect(has({ images: { source: 'upstream' } })).toBe(true);
    expect(has({ images: { source: 'debian' } })).toBe(false);
    expect(has({ images: { source: 'upstream' }, monitoring: { grafana: 'off' } })).toBe(false);
  });

  it('says nothing about a Grafana that nobody wants', () => {
    const settings = { images: { source: 'debian' }, monitoring: { grafana: 'off' } };
    const { notes, warnings } = catalogWith(settings);
    expect([...notes, ...warnings].join()).not.toMatch(/grafana/i);
  });
});

describe('the public address', () => {
  it.each([
    ['internal', 80, 443, 'https://a.b'],
    ['internal', 80, 8443, 'https://a.b:8443'],
    ['off', 80, 8443, 'http://a.b'],
    ['off', 8080, 443, 'http://a.b:8080'],
  ])('TLS %s on %i and %i', (mode, httpPort, httpsPort, url) => {
    const settings = { host: { name: 'a.b' }, edge: { httpPort, httpsPort, tls: { mode } } };
    expect(publicUrl(catalogWith(settings).context.config)).toBe(url);
  });
});
