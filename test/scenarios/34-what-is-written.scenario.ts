import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestIngest } from '../../services/shared-utils/src/monitoring/test-ingest.ts';
import { startReceiver } from '../../services/shared-utils/src/monitoring/test-receiver.ts';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { askEverything, canaryIn, type Place } from './support/canary.ts';
import { containerId, docker, query, until } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { Instance } from './support/instance.ts';

const SYSTEM = new Instance('factsway-privacy', 25_280, { 'services.drainSeconds': 2 });
/** On the bridge of Docker, which containers of every network reach and nobody outside does. */
const PORTS = { ingest: 29_640, traces: 29_641 };
const PROMETHEUS = `http://127.0.0.1:${SYSTEM.ports.prometheus}`;
const ALERTMANAGER = `http://127.0.0.1:${SYSTEM.ports.alertmanager}`;
let ingest: TestIngest;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
const edge = (): Place => ({
  url: SYSTEM.url,
  port: SYSTEM.ports.https,
  ca: SYSTEM.file('state/root-ca.crt'),
});

async function faultEverywhere(faults: object): Promise<void> {
  for (const { name, port } of SERVICES) {
    const script = `fetch('http://127.0.0.1:${port}/__faults',{method:'PUT',headers:{'content-type':'application/json'},body:process.argv[1]}).then(r=>process.exit(r.ok?0:1))`;
    await docker(
      ...['exec', await SYSTEM.servingId(name)],
      ...['node', '-e', script, JSON.stringify(faults)],
    );
  }
}

async function everyServiceAnswers(): Promise<boolean> {
  const all = SERVICES.flatMap(({ routes }) => routes).map((path) =>
    throughEdge(`${SYSTEM.url}${path}`, edge().ca).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
  return (await Promise.all(all)).every((isFine) => isFine);
}

const text = async (url: string): Promise<string> => (await fetch(url)).text();

/** Logs of every container, also of those that ended, as Docker has them on disk: both streams, nothing left out. */
async function logsOfContainers(): Promise<string> {
  const ids = await docker(
    ...['ps', '--all', '--quiet', '--no-trunc'],
    ...['--filter', `label=com.docker.compose.project=${SYSTEM.project}`],
  );
  const files = await Promise.all(
    ids.split('\n').map((id) => docker('inspect', '--format', '{{.LogPath}}', id)),
  );
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
}

/** Files that PostgreSQL, the proxy and the queue of error reports keep in volumes. */
async function volumes(): Promise<string> {
  const parts: string[] = [];
  for (const name of ['postgres-log', 'edge-data', 'error-reports']) {
    const listed = await docker(
      'volume',
      'ls',
      '--quiet',
      '--filter',
      `name=${SYSTEM.project}_${name}`,
    );
    for (const volume of listed.split('\n').filter((one) => one !== ''))
      parts.push(
        await filesBelow(await docker('volume', 'inspect', '--format', '{{.Mountpoint}}', volume)),
      );
  }
  return parts.join('\n');
}

async function filesBelow(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const all = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1'));
  return (await Promise.all(all)).join('\n');
}

/** Every series there is, and every value of every label. */
async function metrics(): Promise<string> {
  const match = encodeURIComponent('{__name__=~".+"}');
  return text(`${PROMETHEUS}/api/v1/series?match[]=${match}`);
}

/** What somebody who asks for help would send. */
async function support(): Promise<string> {
  const runs = [
    await SYSTEM.run('logs', '--since', '1h'),
    await SYSTEM.run('logs', '--since', '1h', '--raw'),
    await SYSTEM.run('logs', '--since', '1h', '--json'),
    await SYSTEM.run('status', '--json'),
    await SYSTEM.run('verify', '--json'),
  ];
  return [
    ...runs.map(({ stdout, stderr }) => `${stdout}\n${stderr}`),
    await filesBelow(SYSTEM.file('state')),
  ].join('\n');
}

/** Where to look, and what has to be there so that something was looked at. */
const PLACES: readonly (readonly [string, () => Promise<string>, RegExp])[] = [
  ['logs of containers', logsOfContainers, /refused-7\b/],
  ['files in volumes', volumes, /./],
  ['metrics', metrics, /factsway_http_requests_total|http_request/],
  ['alerts', () => text(`${ALERTMANAGER}/api/v2/alerts`), /\[/],
  [
    'error reports',
    () => Promise.resolve([...ingest.bodies, ...ingest.requests].join('\n')),
    /thrown-\d/,
  ],
  [
    'traces',
    () => Promise.resolve([...receiver.bodies, JSON.stringify(receiver.asked)].join('\n')),
    /POST/,
  ],
  ['support output', support, /refused-7\b/],
];

beforeAll(async () => {
  const gateway = await docker(
    ...['network', 'inspect', 'bridge'],
    ...['--format', '{{range .IPAM.Config}}{{.Gateway}}{{end}}'],
  );
  ingest = await TestIngest.start(gateway, PORTS.ingest);
  receiver = await startReceiver(undefined, gateway, PORTS.traces);
  await SYSTEM.remove();
  const { errors } = await SYSTEM.install({
    'services.environment.REFERENCE_FAULTS': 'on',
    'services.logLevel': 'debug',
    'monitoring.sentry.dsn': ingest.dsn,
    'monitoring.sentry.sampleRate': 1,
    'monitoring.traces.otlpEndpoint': receiver.url,
    'monitoring.traces.sampleRate': 1,
  });
  expect(errors).toEqual([]);
});
afterAll(async () => {
  await SYSTEM.keep();
  await SYSTEM.remove();
  await ingest.stop();
  receiver.close();
});

describe('one request', () => {
  it('is shown by its id through the proxy and both services that it went through, in the order in which they were done', async () => {
    const post = async (path: string, id: string, body: object): Promise<{ id: string }> => {
      const headers = { 'x-request-id': id };
      const { status, body: answer } = await throughEdge(`${SYSTEM.url}${path}`, edge().ca, {
        method: 'POST',
        headers,
        body,
      });
      expect(status).toBe(201);
      return JSON.parse(answer) as { id: string };
    };
    const draft = { title: 'A motion', body: 'Text', status: 'draft' };
    const { id } = await post('/api/drafts', 'one-draft', draft);
    await post('/api/exports', 'one-export', { draft_id: id, format: 'docx', pages: 1 });
    const lines = async (): Promise<{ component: string; requestId: string }[]> => {
      const { result } = await SYSTEM.runJson('logs', '--request-id', 'one-export');
      return result?.['lines'] as { component: string; requestId: string }[];
    };
    await until('the line of the proxy', 20, async () =>
      (await lines()).some(({ component }) => component === 'edge'),
    );
    const found = await lines();
    expect([...new Set(found.map(({ component }) => component))]).toEqual([
      'records-service',
      'export-service',
      'edge',
    ]);
    expect(found.every(({ requestId }) => requestId === 'one-export')).toBe(true);
    const { stdout } = await SYSTEM.run('logs', '--request-id', 'one-export');
    expect(stdout).toMatch(
      /records-service\S* .*GET \/api\/drafts\/:id 200[^]*export-service\S* .*POST \/api\/exports 201[^]*edge .*POST \/api\/exports 201/,
    );
  });
});

describe('the name of a client in every part of every request', () => {
  beforeAll(async () => {
    const answers = await askEverything(edge(), 'refused');
    for (const status of [200, 201, 400, 404, 409, 413])
      expect([...answers.keys()]).toContain(status);
    await faultEverywhere({ throw_error: true });
    await askEverything(edge(), 'thrown');
    await faultEverywhere({ throw_error: false, throw_uncaught: true });
    await askEverything(edge(), 'ended');
    await until('every service is back', 120, everyServiceAnswers);
    const postgres = await containerId(SYSTEM.project, 'postgres');
    await docker('stop', postgres);
    await askEverything(edge(), 'away');
    await docker('start', postgres);
    await until('every service is back', 120, everyServiceAnswers);
    // Two scrapes, and what waits to be sent.
    await new Promise((resolve) => setTimeout(resolve, 35_000));
  }, 600_000);

  it('has arrived where it belongs, in the database', async () => {
    const titles = await query(SYSTEM.project, 'SELECT title, court FROM factsway.cases');
    expect(canaryIn(titles)).toBeDefined();
  });

  it.each(PLACES)('is not in %s', async (_place, read, proof) => {
    const found = await read();
    expect(found).toMatch(proof);
    expect(canaryIn(found)).toBeUndefined();
  });
});
