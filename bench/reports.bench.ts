import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildServices } from '../scripts/build-services.ts';
import { ok, status, TestIngest } from '../services/shared-utils/src/monitoring/test-ingest.ts';
import { paired } from './lib/measure.ts';
import { milliseconds, times, type Row } from './lib/rows.ts';

const VERSION = '1.1.0';
const PORT = 27_480;
const REQUESTS = 3000;
const AT_ONCE = 8;
const RUNS = 5;
const LIMIT = 1.25;

const ENDS: Readonly<Record<string, TestIngest['answer']>> = {
  'takes them': ok,
  'asks for less (429)': status(429, { 'retry-after': '60' }),
  'refuses them (413)': status(413),
  'is broken (500)': status(500),
  'never answers': () => undefined,
};

/** What a service that fails every request needs for its answers, with and without an ingest that behaves as said. */
export async function reportsRows(): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'factsway-bench-reports-'));
  const ingest = await TestIngest.start();
  try {
    await buildServices(VERSION, directory);
    const program = join(directory, VERSION, 'service/service.mjs');
    const rows: Row[] = [];
    for (const [end, answer] of Object.entries(ENDS)) {
      ingest.answer = answer;
      const { ours, theirs, ratio } = await paired(
        RUNS,
        () => p99(program, { SENTRY_DSN: ingest.dsn, SENTRY_QUEUE_DIR: join(directory, end) }),
        () => p99(program, {}),
      );
      rows.push({
        what: `p99 of answers while every request fails and Sentry ${end}`,
        measured: `${milliseconds(ours.median)}, ${times(ratio.median)}`,
        against: `without error reports: ${milliseconds(theirs.median)}`,
        target: `≤ ${LIMIT}×`,
        met: ratio.median <= LIMIT,
        details: { ours, theirs, ratio, requests: REQUESTS, atOnce: AT_ONCE },
      });
    }
    return rows;
  } finally {
    await ingest.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Milliseconds, of one fresh process under a bounded number of requests. */
async function p99(program: string, env: Record<string, string>): Promise<number> {
  const service = start(program, env);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  try {
    await untilAlive(agent);
    await ask(agent, 'PUT', '/__faults', { throw_error: true });
    const times: number[] = [];
    let left = REQUESTS;
    const worker = async () => {
      while (left-- > 0) {
        const begun = performance.now();
        const code = await ask(agent, 'POST', '/api/cases', { title: 'A v. B' });
        if (code !== 500) throw new Error(`answered ${code}`);
        times.push(performance.now() - begun);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
  } finally {
    agent.destroy();
    service.kill('SIGKILL');
    await service;
  }
}

function start(program: string, env: Record<string, string>) {
  return execa(process.execPath, [program], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
    reject: false,
    extendEnv: false,
    env: {
      DEPLOYMENT_ENV: 'enterprise',
      SERVICE_NAME: 'records',
      PORT: String(PORT),
      APP_VERSION: VERSION,
      // Nobody asks it for anything: every request fails before.
      POSTGRES_HOST: '127.0.0.1',
      POSTGRES_PORT: '9',
      POSTGRES_DB: 'none',
      POSTGRES_USER: 'none',
      POSTGRES_PASSWORD: 'none',
      REFERENCE_FAULTS: 'on',
      ...env,
    },
  });
}

async function untilAlive(agent: Agent): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await ask(agent, 'GET', '/health/live').catch(() => 0)) === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the service does not start');
}

function ask(agent: Agent, method: string, path: string, body?: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const message = request({ agent, port: PORT, method, path, headers }, (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    message.on('error', reject);
    message.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
