import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { containerId, docker, query, until } from './support/docker.ts';
import { throughEdge } from './support/http.ts';
import { SHARED } from './support/instance.ts';

type Asked = { status: number; contentType: string; body: string };

async function ask(service: string, path: string): Promise<Asked> {
  const output = await docker(
    'exec',
    await SHARED.servingId(service),
    'sh',
    '-c',
    `node /app/healthcheck.mjs ${path} --print || true`,
  );
  return JSON.parse(output) as Asked;
}

it.each(SERVICES.map(({ name }) => name))(
  '%s answers /health, /health/live, /health/ready and /metrics as the contract says',
  async (service) => {
    const health = await ask(service, '/health');
    expect(health.status).toBe(200);
    const body = JSON.parse(health.body) as Record<string, unknown>;
    expect(Object.keys(body).sort()).toEqual(
      expect.arrayContaining(['checks', 'service', 'status', 'timestamp', 'version']),
    );
    expect(body['version']).toBe('1.0.0');
    expect(Date.parse(String(body['timestamp']))).not.toBeNaN();
    expect((await ask(service, '/health/live')).status).toBe(200);
    expect((await ask(service, '/health/ready')).status).toBe(200);
    const metrics = await ask(service, '/metrics');
    expect(metrics.contentType).toContain('version=0.0.4');
    expect(metrics.body).toMatch(/^factsway_build_info\{.*version="1\.0\.0".*\} 1$/m);
    for (const series of [
      'http_requests_total',
      'http_request_duration_seconds_bucket',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_seconds',
      'factsway_active_connections',
      'factsway_db_pool_max',
      'database_connection_errors_total',
    ]) {
      expect(metrics.body, series).toContain(`\n${series}`);
    }
  },
);

it('an answer that two services worked on says so through the edge, each with its version', async () => {
  const ca = SHARED.file('state/root-ca.crt');
  const post = (path: string, body: object) =>
    throughEdge(`${SHARED.url}/api/${path}`, ca, { method: 'POST', body });
  const draft = await post('drafts', { title: 'Reply brief', body: 'b', status: 'draft' });
  expect([draft.status, draft.headers['x-factsway-crossed']]).toEqual([201, 'records@1.0.0']);
  const { id } = JSON.parse(draft.body) as { id: string };
  const created = await post('exports', { draft_id: id, format: 'docx', pages: 1 });
  expect([created.status, created.headers['x-factsway-crossed']]).toEqual([
    201,
    'export@1.0.0, records@1.0.0',
  ]);
});

it('HEAD through the edge is answered as GET, without the body', async () => {
  const ca = SHARED.file('state/root-ca.crt');
  for (const path of ['/api/cases', '/api/caselaw', `/api/facts/${randomUUID()}`]) {
    const get = await throughEdge(`${SHARED.url}${path}`, ca);
    const head = await throughEdge(`${SHARED.url}${path}`, ca, { method: 'HEAD' });
    expect([head.status, head.headers['content-type'], head.body], path).toEqual([
      get.status,
      get.headers['content-type'],
      '',
    ]);
  }
});

/**
 * What a draining service says, asked from inside by one process that is there before the signal:
 * starting a process per question takes a busy machine longer than the eight seconds of the drain.
 */
const WATCH_THE_DRAIN = `
const ask = (path) => fetch('http://127.0.0.1:' + process.env.PORT + path);
const deadline = Date.now() + 30_000;
let ready = 200;
console.log('watching');
while (ready === 200 && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  ready = (await ask('/health/ready')).status;
}
const [live, served] = await Promise.all([ask('/health/live'), ask('/api/caselaw')]);
console.log(JSON.stringify({ ready, live: live.status, served: served.status, connection: served.headers.get('connection') }));
`;

it('a service that is asked to stop turns not-ready at once, goes on serving with Connection: close, and exits 0', async () => {
  const id = await SHARED.servingId('caselaw-service');
  const watching = execa(
    'docker',
    ['exec', id, 'node', '--input-type=module', '-e', WATCH_THE_DRAIN],
    { stdin: 'ignore' },
  );
  await Promise.race([once(watching.stdout, 'data'), watching]);
  await docker('kill', '--signal', 'SIGTERM', id);
  try {
    const [seen, served] = await Promise.all([
      watching,
      throughEdge(`${SHARED.url}/api/caselaw`, SHARED.file('state/root-ca.crt')),
    ]);
    expect(served.status).toBe(200);
    expect(JSON.parse(seen.stdout.split('\n').at(-1) ?? '')).toEqual({
      ready: 503,
      live: 200,
      served: 200,
      connection: 'close',
    });
    // Docker restarts it as a process that ended by itself; the exit code is in the event log.
    const events = async () =>
      docker(
        'events',
        '--since',
        '2m',
        '--until',
        '0s',
        '--filter',
        `container=${id}`,
        '--filter',
        'event=die',
        '--format',
        '{{.Actor.Attributes.exitCode}}',
      );
    await until('the service ended', 40, async () => (await events()) !== '');
    expect((await events()).split('\n').at(-1)).toBe('0');
  } finally {
    await SHARED.run('up', '--yes');
  }
  await until(
    'the service is back',
    60,
    async () =>
      (await ask('caselaw-service', '/health/ready').catch(() => ({ status: 0 }))).status === 200,
  );
});

it('a service whose database is away answers 503 and recovers by itself', async () => {
  const postgres = await containerId(SHARED.project, 'postgres');
  await docker('stop', postgres);
  try {
    await until(
      'health turns 503',
      30,
      async () => (await ask('facts-service', '/health')).status === 503,
    );
    expect((await ask('facts-service', '/health/live')).status).toBe(200);
    const answer = await throughEdge(`${SHARED.url}/api/facts`, SHARED.file('state/root-ca.crt'));
    expect(answer.status).toBe(503);
  } finally {
    await docker('start', postgres);
  }
  await until(
    'it serves again',
    60,
    async () =>
      (await throughEdge(`${SHARED.url}/api/facts`, SHARED.file('state/root-ca.crt'))).status ===
      200,
  );
});

it('every time zone that a server may name is one PostgreSQL knows', async () => {
  const known = new Set(
    (await query(SHARED.project, 'SELECT name FROM pg_timezone_names')).split('\n'),
  );
  expect(Intl.supportedValuesOf('timeZone').filter((zone) => !known.has(zone))).toEqual([]);
});
