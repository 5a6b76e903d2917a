import { describe, expect, it } from 'vitest';
import { containerOf, desiredWith } from '../../../../test/fakes/builders.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type {
  DatabaseFacts,
  MigrationStatus,
  PageAnswer,
  PrometheusState,
  SecretFacts,
} from '../facts.ts';
import { analyseContainers, analyseExposure } from './containers.ts';
import { analyseDatabase } from './database.ts';
import { analyseEdge } from './edge.ts';
import { analyseImageVersions } from './image-versions.ts';
import { analyseMetrics } from './metrics.ts';
import { analyseMigrations } from './migrations.ts';
import { analyseSecrets } from './secrets.ts';

const desired = desiredWith();
const { workloads } = desired.catalog;
const RUNNING = workloads.map((workload) => containerOf(workload, desired));
const withOne = (service: string, change: Partial<ObservedContainer>): ObservedContainer[] =>
  RUNNING.map((container) =>
    container.service === service ? { ...container, ...change } : container,
  );

describe('containers', () => {
  it('that are all there, healthy or ended well, pass', () => {
    expect(analyseContainers(workloads, RUNNING)).toMatchObject({
      status: 'pass',
      found: '16 containers are up and healthy',
      remedy: '',
    });
  });

  it.each([
    ['edge', { state: 'exited' }, 'edge is exited'],
    ['edge', { health: 'unhealthy' }, 'edge is unhealthy'],
    ['edge', { health: 'starting' }, 'edge is starting'],
    ['edge', { health: 'none' }, 'edge is none'],
    ['migrations-a', { exitCode: 1 }, 'migrations-a is exited, exit code 1'],
    ['migrations-a', { state: 'running' }, 'migrations-a is running, exit code 0'],
    ['migrations-a', { state: 'created' }, 'migrations-a is created, exit code 0'],
  ] as const)('%s with %o', (service, change, finding) => {
    expect(analyseContainers(workloads, withOne(service, change))).toMatchObject({
      status: 'fail',
      details: [finding],
    });
  });

  it('that are missing are named', () => {
    const result = analyseContainers(workloads, RUNNING.slice(1));
    expect(result.details).toEqual(['postgres does not exist']);
    expect(result.found).toBe('1 of 16 containers are not as they should be');
    expect(result.remedy).toContain('factsway-install up');
  });
});

describe('published ports', () => {
  it('that are declared pass', () => {
    expect(analyseExposure(workloads, RUNNING).found).toBe(
      '4 ports are published, all of them declared',
    );
  });

  it.each([
    ['postgres', '0.0.0.0', 5432],
    ['prometheus', '0.0.0.0', 9090],
    ['edge', '0.0.0.0', 2019],
  ])('%s on %s:%i is not', (service, bind, port) => {
    const result = analyseExposure(workloads, withOne(service, { ports: [{ bind, port }] }));
    expect(result.status).toBe('fail');
    expect(result.details).toEqual([`${service} ${bind}:${port}`]);
    expect(result.remedy).toContain('compose.override.yaml');
  });
});

describe('the database', () => {
  const GOOD: DatabaseFacts = {
    unreachable: '',
    version: '17.5',
    maxConnections: 100,
    connections: 40,
    checksums: true,
    appCanCreate: false,
    appIsSuperuser: false,
    roles: ['factsway_owner', 'factsway_app', 'factsway_monitor'],
    refused: [],
  };

  it('as it should be passes', () => {
    expect(analyseDatabase(GOOD)).toMatchObject({ status: 'pass', remedy: '' });
    expect(analyseDatabase({ ...GOOD, connections: 89 }).status).toBe('pass');
  });

  it.each([
    [{ roles: ['factsway_owner', 'factsway_app'] }, 'role factsway_monitor does not exist'],
    [
      { refused: ['factsway_app'] },
      'factsway_app does not get in with the password in its file below secrets/',
    ],
    [{ appCanCreate: true }, 'factsway_app may create objects; it should read and write rows only'],
    [{ appIsSuperuser: true }, 'factsway_app has administrator rights'],
    [{ checksums: false }, 'data checksums are off: silent corruption would not be noticed'],
    [{ connections: 90 }, '90 of 100 connections are in use'],
  ])('%o', (change, finding) => {
    expect(analyseDatabase({ ...GOOD, ...change })).toMatchObject({
      status: 'fail',
      details: [finding],
    });
  });

  it('that does not answer says why and nothing else', () => {
    const result = analyseDatabase({ ...GOOD, unreachable: 'no route', checksums: false });
    expect(result.found).toBe('PostgreSQL does not answer: no route');
    expect(result.details).toEqual([]);
  });
});

const SERVED: PageAnswer = { status: 200, contentType: 'text/html; charset=utf-8', error: '' };

describe('the certificate at the front door', () => {
  const shown = (daysLeft: number, asGiven = true) =>
    analyseEdge({
      url: 'https://a.example',
      routes: [],
      runbooks: SERVED,
      certificate: { daysLeft, asGiven },
    });

  it.each([
    [90, true, 'pass', '90 days left'],
    [14, true, 'pass', '14 days left'],
    [13, true, 'warn', 'ends in 13 days'],
    [1, true, 'warn', 'ends in 1 day'],
    [90, false, 'fail', 'another certificate than the one that was brought in'],
  ])('%i days left, as given: %s: %s', (daysLeft, asGiven, status, found) => {
    expect(shown(daysLeft, asGiven)).toMatchObject({ status });
    expect(shown(daysLeft, asGiven).found).toContain(found);
  });
});

describe('public routes', () => {
  const edge = (status: number, error = '', runbooks: PageAnswer = SERVED) =>
    analyseEdge({
      url: 'https://a.b',
      runbooks,
      routes: [
        { route: '/api/cases', service: 'records-service', status: 200, error: '' },
        { route: '/api/facts', service: 'facts-service', status, error },
      ],
    });

  it.each([200, 204, 301, 400, 401, 403, 405, 429])('%i comes from the service', (status) => {
    expect(edge(status)).toMatchObject({
      status: 'pass',
      found: '2 public routes answer at https://a.b, certificate checked',
    });
  });

  it.each([404, 500, 502, 503])('%i does not', (status) => {
    expect(edge(status)).toMatchObject({
      status: 'fail',
      found: '1 of 2 public routes do not answer at https://a.b',
      details: [`/api/facts (facts-service): answers ${status}`],
    });
  });

  it('a connection that fails says why', () => {
    expect(edge(0, 'certificate has expired').details).toEqual([
      '/api/facts (facts-service): certificate has expired',
    ]);
  });

  it('plain HTTP claims no certificate', () => {
    expect(analyseEdge({ url: 'http://a.b', routes: [], runbooks: SERVED }).found).not.toContain(
      'certificate',
    );
  });

  it.each<[Partial<PageAnswer>, string]>([
    [{ status: 404, contentType: 'application/json' }, '/runbooks/: answers 404'],
    [{ contentType: 'application/json' }, '/runbooks/: is application/json and not text/html'],
    [{ contentType: '' }, '/runbooks/: is of no type and not text/html'],
    [{ status: 0, error: 'no answer within 5000 ms' }, '/runbooks/: no answer within 5000 ms'],
  ])('runbooks that are not there fail the gate (%o)', (change, finding) => {
    const result = edge(200, '', { ...SERVED, ...change });
    expect(result).toMatchObject({ status: 'fail', details: [finding] });
    expect(result.remedy).toContain('factsway-install up');
  });

  it('both are told where nothing answers', () => {
    const away = { status: 0, contentType: '', error: 'refused' };
    expect(edge(0, 'refused', away).details).toEqual([
      '/api/facts (facts-service): refused',
      '/runbooks/: refused',
    ]);
  });
});

describe('metrics', () => {
  const target = (job: string) => ({ job, instance: `${job}:1`, health: 'up', lastError: '' });
  const GOOD: PrometheusState = {
    unreachable: '',
    targets: [target('facts-service'), target('node')],
    builds: [{ service: 'facts-service', version: '1.0.0' }],
    alertmanagers: 1,
    missing: [],
    rules: [],
  };
  const EXPECTED = {
    prometheusPort: 9090,
    jobs: ['facts-service', 'node'],
    services: ['facts-service'],
    version: '1.0.0',
  };

  it('of every component pass', () => {
    expect(analyseMetrics(GOOD, EXPECTED)).toMatchObject({
      status: 'pass',
      found: 'all 2 targets are up; 1 services report 1.0.0',
    });
  });

  it.each<[Partial<PrometheusState>, string]>([
    [{ targets: [target('node')] }, 'nothing is scraped as facts-service'],
    [
      {
        targets: [target('facts-service'), { ...target('node'), health: 'down', lastError: 'EOF' }],
      },
      'node (node:1) is down: EOF',
    ],
    [
      { targets: [target('facts-service'), { ...target('node'), health: 'unknown' }] },
      'node (node:1) is unknown, not scraped yet',
    ],
    [{ builds: [] }, 'factsway_build_info of facts-service has not arrived'],
    [
      {
        builds: [
          { service: 'facts-service', version: '1.0.0' },
          { service: 'facts-service', version: '0.9.0' },
        ],
      },
      'factsway_build_info of facts-service says 0.9.0',
    ],
    [{ alertmanagers: 0 }, 'Prometheus has found no Alertmanager'],
    [
      { missing: [{ service: 'facts-service', metric: 'factsway_db_pool_max' }] },
      'facts-service does not show factsway_db_pool_max',
    ],
  ])('%o', (change, finding) => {
    const result = analyseMetrics({ ...GOOD, ...change }, EXPECTED);
    expect(result).toMatchObject({ status: 'fail', details: [finding] });
  });

  it('without a Prometheus say that alone', () => {
    const result = analyseMetrics({ ...GOOD, unreachable: 'refused', targets: [] }, EXPECTED);
    expect(result.found).toBe('Prometheus does not answer: refused');
    expect(result.details).toEqual([]);
  });
});

describe('migrations', () => {
  const status = (
    exitCode: number,
    result: Partial<NonNullable<MigrationStatus['result']>> | undefined,
  ) =>
    analyseMigrations({
      exitCode,
      result: result && { after: '0003_x', pending: [], code: null, ...result },
      output: 'a\nb\n',
    });

  it('at the head pass', () => {
    expect(status(0, {})).toMatchObject({
      status: 'pass',
      found: 'the schema is at 0003_x, nothing is pending',
    });
  });

  it.each([
    [1, { pending: ['0004_y', '0005_z'] }, '2 migrations are pending: 0004_y, 0005_z'],
    [
      1,
      { code: 'FW-MIGRATION-EDITED' },
      'the migrations do not agree with the database (FW-MIGRATION-EDITED)',
    ],
    [7, undefined, 'the migrations do not agree with the database (exit code 7)'],
    [0, undefined, 'the migrations do not agree with the database (exit code 0)'],
  ])('exit code %i with %o', (exitCode, result, found) => {
    expect(status(exitCode, result)).toMatchObject({ status: 'fail', found });
  });
});

describe('secrets', () => {
  const GOOD: SecretFacts = {
    directoryMode: 0o700,
    files: [{ name: 's', mode: 0o440, empty: false }],
    exposed: [],
  };

  it('behind a closed door pass', () => {
    expect(analyseSecrets(GOOD).status).toBe('pass');
    expect(
      analyseSecrets({ ...GOOD, files: [{ name: 's', mode: 0o444, empty: false }] }).status,
    ).toBe('pass');
  });

  it.each<[Partial<SecretFacts>, string]>([
    [{ directoryMode: 0o755 }, 'secrets/ is 0755, not 0700'],
    [{ directoryMode: undefined }, 'secrets/ is missing, not 0700'],
    [{ files: [{ name: 's', mode: undefined, empty: true }] }, 'secrets/s is missing'],
    [{ files: [{ name: 's', mode: 0o400, empty: true }] }, 'secrets/s is empty'],
    [
      { files: [{ name: 's', mode: 0o444, owned: true, empty: false }] },
      'secrets/s is 0444: others may read it',
    ],
    [
      { files: [{ name: 's', mode: 0, closedTo: [70], empty: false }] },
      'secrets/s is 0000 and closed to user 70 of its container',
    ],
    [
      { files: [{ name: 's', mode: 0o460, empty: false }] },
      'secrets/s is 0460: others may write it',
    ],
    [
      { files: [{ name: 's', mode: 0o602, empty: false }] },
      'secrets/s is 0602: others may write it',
    ],
    [
      { exposed: ['edge PGPASSWORD'] },
      'the value of a secret is visible in the environment of edge PGPASSWORD',
    ],
  ])('%o', (change, finding) => {
    expect(analyseSecrets({ ...GOOD, ...change })).toMatchObject({
      status: 'fail',
      details: [finding],
    });
  });
});

describe('versions of images', () => {
  it('that are another or unsaid are named', () => {
    const image = (reference: string, version: string) => ({ reference, id: '', version });
    const images = [image('a:1', '1.0.0'), image('b:1', '1.0.1'), image('c:1', '')];
    expect(analyseImageVersions(images, '1.0.0')).toEqual([
      'b:1 is 1.0.1',
      'c:1 does not say its version',
    ]);
  });
});
