import { beforeEach, describe, expect, it } from 'vitest';
import { desiredWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { FakeEngine } from '../../../test/fakes/engine.ts';
import { fakePorts, type FakePorts } from '../../../test/fakes/ports.ts';
import { panicking } from '../../../test/fakes/panic.ts';
import { rejectionOf } from '../../../test/fakes/thrown.ts';
import type { CheckResult } from '../model/check-result.ts';
import type { Docker } from '../ports/docker.ts';
import { isOlder } from '../model/docker-versions.ts';
import { requireDocker } from './check-docker.ts';
import { verify } from './verify.ts';

const SETTINGS = { host: { name: 'server1' }, images: { source: 'debian' } };
const desired = desiredWith(SETTINGS);
let engine: FakeEngine;
let ports: FakePorts;

beforeEach(() => {
  engine = FakeEngine.running(desired);
  ports = fakePorts({ docker: engine.docker, compose: engine.compose });
  ports.files.put(
    `${DIRECTORY}/factsway.yaml`,
    'host: { name: server1 }\nimages: { source: debian }\n',
  );
});
const prove = (gates: readonly string[], timeoutMs = 0): Promise<CheckResult[]> =>
  verify({ directory: DIRECTORY, gates, timeoutMs }, ports);

describe('verify', () => {
  it('of what does not run is refused at once: of nothing nothing can be proven', async () => {
    for (const id of [...engine.containers.keys()])
      engine.change(id, { state: 'exited', health: 'none' });
    const error = await rejectionOf(prove([], 60_000));
    expect([error.code, error.exitCode]).toEqual(['FW-NOT-RUNNING', 3]);
    expect(error.hint).toContain('factsway-install up');
  });

  it('asks no migrations of a database that does not run: Compose would make networks for it', async () => {
    engine.change('container-postgres', { state: 'exited', health: 'none' });
    const [result] = await prove(['migrations']);
    expect(result).toMatchObject({ status: 'fail', details: ['PostgreSQL is exited'] });
    expect(engine.calls).toEqual([]);
  });

  it('runs the gates that are named, in their own order', async () => {
    const results = await prove(['exposure', 'containers']);
    expect(results.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'containers pass',
      'exposure pass',
    ]);
    expect(ports.reporter.events).toEqual(['gate containers: pass', 'gate exposure: pass']);
  });

  it('gives a gate its time to turn green, and no more', async () => {
    engine.change('container-edge', { health: 'starting' });
    ports.clock.onSleep = (nap) => {
      if (nap === 3) engine.change('container-edge', { health: 'healthy' });
    };
    expect((await prove(['containers'], 60_000))[0]?.status).toBe('pass');
    expect(ports.reporter.events[0]).toBe('gate containers waiting: edge is starting');
    engine.change('container-edge', { health: 'unhealthy' });
    ports.clock.elapsedMs = 0;
    expect((await prove(['containers'], 2000))[0]?.status).toBe('fail');
    expect(ports.clock.elapsedMs).toBe(2000);
  });

  it('asks every route and the runbooks through the front door, trusting the edge’s own authority alone', async () => {
    const asked: string[] = [];
    const http = {
      request: async ({ url, ca, connectTo }: { url: string; ca?: string; connectTo?: string }) => {
        asked.push(`${url} ${connectTo ?? ''} ${ca ?? ''}`);
        if (url.endsWith('/api/facts')) throw new Error('refused');
        if (url.endsWith('/runbooks/'))
          return { status: 200, headers: { 'content-type': 'text/html' }, body: '' };
        return { status: 401, headers: {}, body: '' };
      },
    };
    ports = { ...ports, http };
    ports.files.put(`${DIRECTORY}/state/root-ca.crt`, 'PEM');
    const [edge] = await prove(['edge']);
    expect(asked).toHaveLength(11);
    expect(asked).toContain('https://server1/runbooks/ 127.0.0.1 PEM');
    expect(asked).toContain('https://server1/api/templates 127.0.0.1 PEM');
    expect(edge?.details).toEqual(['/api/facts (facts-service): refused']);
  });

  it('believes no scrape from before it began, and waits for the next', async () => {
    const began = ports.clock.now().getTime();
    let lastScrape = began - 6000;
    const answer = (url: string): object =>
      url.includes('/targets')
        ? {
            activeTargets: [
              {
                labels: { job: 'node', instance: 'node:1' },
                health: 'up',
                lastError: '',
                lastScrape: new Date(lastScrape).toISOString(),
              },
            ],
          }
        : { result: [], groups: [], activeAlertmanagers: [{}] };
    const http = {
      request: async ({ url }: { url: string }) => ({
        status: 200,
        headers: {},
        body: JSON.stringify({ data: answer(url) }),
      }),
    };
    ports = { ...ports, http };
    const STALE = 'node (node:1) has not been scraped since this began';
    expect((await prove(['metrics'], 2000))[0]?.details).toContain(STALE);
    ports.clock.onSleep = () => {
      lastScrape = ports.clock.now().getTime() + 1;
    };
    expect((await prove(['metrics'], 2000))[0]?.details).not.toContain(STALE);
  });

  it('finds the value of a secret in an environment, and reads no other', async () => {
    for (const { name, readers } of desired.bundle.secrets) {
      const path = `${DIRECTORY}/secrets/${name}`;
      ports.files.put(path, `value-of-${name}\n`, 0o440);
      await ports.files.setOwner(path, readers[0]!, readers[1] ?? readers[0]!);
    }
    await ports.files.makeDirectory(`${DIRECTORY}/secrets`, 0o700);
    expect((await prove(['secrets']))[0]?.status).toBe('pass');
    await ports.files.setMode(`${DIRECTORY}/secrets/postgres-app-password`, 0);
    expect((await prove(['secrets']))[0]?.details).toEqual([
      'secrets/postgres-app-password is 0000 and closed to user 999 and 10001 of its container',
    ]);
    await ports.files.setMode(`${DIRECTORY}/secrets/postgres-app-password`, 0o440);
    const environment = ['A=1', 'URL=postgres://x:value-of-postgres-app-password@db'];
    engine.change('container-edge', { environment });
    const [result] = await prove(['secrets']);
    expect(result?.details).toEqual([
      'the value of a secret is visible in the environment of edge URL',
    ]);
    expect(JSON.stringify(result)).not.toContain('value-of');
  });

  it('asks each service once for all gates of one round, and again in the next', async () => {
    let asked = 0;
    const docker = panicking<Docker>('docker', {
      ...engine.docker,
      exec: async () => {
        asked += 1;
        return { exitCode: 0, stdout: '{}', stderr: '' };
      },
    });
    ports = { ...ports, docker };
    await prove(['versions', 'contract']);
    expect(asked).toBe(8);
    await prove(['versions', 'contract']);
    expect(asked).toBe(16);
    await prove(['versions', 'contract'], 1000);
    expect(asked % 8).toBe(0);
    expect(asked).toBeGreaterThan(24);
  });

  it('goes on when a collector falls over', async () => {
    const docker = panicking<Docker>('docker', {
      ...engine.docker,
      images: () => Promise.reject(new Error('boom')),
    });
    ports = { ...ports, docker };
    const results = await prove(['containers', 'versions']);
    expect(results.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'containers pass',
      'versions fail',
    ]);
    expect(results[1]?.found).toContain('boom');
  });

  it('has no gate for a Grafana that is not there', async () => {
    expect(await prove(['grafana'])).toEqual([]);
  });

  it('does not know every word', async () => {
    const error = await rejectionOf(prove(['metric']));
    expect(error.code).toBe('FW-USAGE');
    expect(error.hint).toMatch(/^Did you mean "metrics"\? Known: containers, /);
  });
});

describe('Docker', () => {
  it.each([
    ['25.0.0', '25.0', false],
    ['24.0.9', '25.0', true],
    ['28.1', '25.0', false],
    ['2.9.0', '2.20', true],
    ['2.20.3', '2.20', false],
    ['v5.0.1', '2.20', false],
    ['unknown', '2.20', true],
  ])('%s is older than %s: %s', (found, wanted, older) => {
    expect(isOlder(found, wanted)).toBe(older);
  });

  it('that is too old is refused by name', async () => {
    const compose = panicking('compose', { ...engine.compose, version: async () => '2.19.1' });
    const error = await rejectionOf(requireDocker({ docker: engine.docker, compose }));
    expect([error.code, error.message]).toEqual([
      'FW-DOCKER-TOO-OLD',
      'Docker Compose is 2.19.1; 2.20 or newer is needed.',
    ]);
  });
});
