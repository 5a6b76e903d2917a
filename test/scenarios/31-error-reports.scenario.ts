import { afterAll, beforeAll, expect, it } from 'vitest';
import { status, TestIngest } from '../../services/shared-utils/src/monitoring/test-ingest.ts';
import { SERVICES } from '../../installer/src/catalog/services/index.generated.ts';
import { docker, until } from './support/docker.ts';
import { throughEdge, type Answer } from './support/http.ts';
import { Instance } from './support/instance.ts';

const SYSTEM = new Instance('factsway-reports', 25_080, { 'services.drainSeconds': 2 });
const CANARY = 'Canary-Client-9d41c7';
/** On the bridge of Docker, which containers of every network reach and nobody outside does. */
const PORT = 29_630;
let ingest: TestIngest;

const events = () => ingest.items().filter(({ type }) => type === 'event');
const tagsOf = (payload: Record<string, unknown>) => payload['tags'] as Record<string, string>;

async function fault(service: string, faults: object): Promise<void> {
  const port = SERVICES.find(({ name }) => name === service)?.port;
  const script = `fetch('http://127.0.0.1:${port}/__faults',{method:'PUT',headers:{'content-type':'application/json'},body:process.argv[1]}).then(r=>process.exit(r.ok?0:1))`;
  await docker(
    ...['exec', await SYSTEM.servingId(service)],
    ...['node', '-e', script, JSON.stringify(faults)],
  );
}

/** A request with the canary wherever a client can put something. */
const ask = (path: string, id: string): Promise<Answer> =>
  throughEdge(`${SYSTEM.url}${path}?client=${CANARY}`, SYSTEM.file('state/root-ca.crt'), {
    method: 'POST',
    body: { title: CANARY, [CANARY]: { deep: [CANARY] } },
    headers: {
      'x-request-id': id,
      authorization: `Bearer ${CANARY}`,
      cookie: `client=${CANARY}`,
      [CANARY]: CANARY,
    },
  });

/** What the platform wrote of it: logs of every container, and the queue on disk. */
async function written(): Promise<string> {
  const ids = await docker(
    ...['ps', '--all', '--quiet', '--no-trunc'],
    ...['--filter', `label=com.docker.compose.project=${SYSTEM.project}`],
  );
  const logs = await Promise.all(ids.split('\n').map((id) => docker('logs', id)));
  const queue = await docker(
    ...['exec', await SYSTEM.servingId('facts-service')],
    ...['sh', '-c', 'cat /var/lib/factsway/error-reports/*/* 2>/dev/null || true'],
  );
  return [...logs, queue].join('\n');
}

beforeAll(async () => {
  const gateway = await docker(
    ...['network', 'inspect', 'bridge'],
    ...['--format', '{{range .IPAM.Config}}{{.Gateway}}{{end}}'],
  );
  ingest = await TestIngest.start(gateway, PORT);
  await SYSTEM.remove();
  const { errors } = await SYSTEM.install({
    'services.environment.REFERENCE_FAULTS': 'on',
    'monitoring.sentry.dsn': ingest.dsn,
    'monitoring.sentry.environment': 'scenario',
    'monitoring.sentry.sampleRate': 0,
  });
  expect(errors).toEqual([]);
});
afterAll(async () => {
  await SYSTEM.remove();
  await ingest.stop();
});

it('an error in a service arrives at the project of monitoring.sentry.dsn, and nothing of what was asked', async () => {
  await fault('facts-service', { throw_error: true });
  expect((await ask('/api/facts', 'scenario-1')).status).toBe(500);
  const reported = () =>
    events().find(({ payload }) => tagsOf(payload)['request_id'] === 'scenario-1');
  await until('the report', 20, () => Promise.resolve(reported() !== undefined));
  expect(reported()?.payload).toMatchObject({
    release: 'facts-service@1.0.0',
    environment: 'scenario',
    transaction: 'POST /api/facts',
    tags: { service: 'facts-service', request_id: 'scenario-1' },
  });
  expect([...ingest.bodies, ...ingest.requests].join('\n')).not.toContain(CANARY);
  const logs = await written();
  expect(logs).toContain('scenario-1');
  expect(logs).not.toContain(CANARY);
});

it('what nobody takes waits in a volume, and is brought when the service has been made anew', async () => {
  ingest.answer = status(503);
  await fault('facts-service', { throw_error: true });
  await ask('/api/facts', 'scenario-2');
  await until('an attempt', 20, () => Promise.resolve(ingest.bodies.join().includes('scenario-2')));
  const before = await SYSTEM.servingId('facts-service');
  const { errors } = await SYSTEM.runJson('up', '--yes', '--set', 'services.drainSeconds=3');
  expect(errors).toEqual([]);
  expect(await SYSTEM.servingId('facts-service')).not.toBe(before);
  expect(await written()).not.toContain(CANARY);

  ingest.bodies.length = 0;
  ingest.answer = status(200);
  await until('the report', 90, () =>
    Promise.resolve(events().some(({ payload }) => tagsOf(payload)['request_id'] === 'scenario-2')),
  );
  expect((await SYSTEM.run('verify')).exitCode).toBe(0);
});

it('an error that nobody catches ends the service; it comes back by itself and reports it', async () => {
  await fault('facts-service', { throw_uncaught: true });
  await ask('/api/facts', 'scenario-3').catch(() => undefined);
  await until('the report', 60, () =>
    Promise.resolve(events().some(({ payload }) => payload['level'] === 'fatal')),
  );
  await until('the service', 60, async () => (await ask('/api/facts', 'x')).status === 400);
  expect(ingest.bodies.join()).not.toContain(CANARY);
  expect(await written()).not.toContain(CANARY);
});
