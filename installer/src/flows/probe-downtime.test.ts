import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { catalogWith, DIRECTORY } from '../../../test/fakes/builders.ts';
import { MemoryFiles } from '../../../test/fakes/memory-files.ts';
import { SteppedClock } from '../../../test/fakes/stepped-clock.ts';
import { nodeHttp } from '../adapters/node-http.ts';
import { nodeClock } from '../adapters/node-host.ts';
import type { HttpRequest, HttpResponse } from '../ports/http.ts';
import { probeDowntime, probeRequest } from './probe-downtime.ts';

const REQUEST: HttpRequest = { url: 'http://edge.example/api/templates' };

/** An edge that says what the moment says, after so many milliseconds. */
class Edge {
  readonly clock = new SteppedClock();
  readonly asked: HttpRequest[] = [];
  /** A status, or a message for no answer, by the time in milliseconds. */
  says: (ms: number) => number | string = () => 200;
  takesMs: (ms: number) => number = () => 10;

  readonly http = {
    request: async (request: HttpRequest): Promise<HttpResponse> => {
      const sentMs = this.clock.monotonicMs();
      this.asked.push(request);
      await this.clock.sleep(this.takesMs(sentMs));
      const said = this.says(sentMs);
      if (typeof said === 'string') throw new Error(said);
      return { status: said, headers: {}, body: '' };
    },
  };

  /** The probe, once its first request was answered. */
  async probe() {
    const probe = probeRequest(REQUEST, this);
    await this.clock.pass(10);
    return probe;
  }

  async stopped(probe: Awaited<ReturnType<Edge['probe']>>) {
    const result = probe.stop();
    await this.clock.pass(20_000);
    return result;
  }
}

const between = (from: number, to: number, said: number | string) => (ms: number) =>
  ms >= from && ms < to ? said : 200;

describe('while a plan is carried out', () => {
  it('the edge is asked ten times a second, and nothing fails: no downtime', async () => {
    const edge = new Edge();
    const probe = await edge.probe();
    await edge.clock.pass(3000);
    expect(await edge.stopped(probe)).toEqual({
      requests: 31,
      failed: 0,
      downtimeMs: { total: 0, longest: 0 },
      p99Ms: 10,
      failures: [],
    });
    expect(edge.asked).toHaveLength(31);
  });

  it('700 ms without a service are between 700 and 900', async () => {
    const edge = new Edge();
    edge.says = between(1000, 1700, 502);
    const probe = await edge.probe();
    await edge.clock.pass(3000);
    const result = await edge.stopped(probe);
    expect(result).toMatchObject({ failed: 7, downtimeMs: { total: 800, longest: 800 } });
    expect(result?.failures.map(({ problem }) => problem)).toEqual(['answered 502']);
  });

  it('a slow answer holds no other request up, and is no failure', async () => {
    const edge = new Edge();
    edge.takesMs = (ms) => (ms >= 1000 && ms < 2000 ? 4000 : 10);
    const probe = await edge.probe();
    await edge.clock.pass(3000);
    const result = await edge.stopped(probe);
    expect(result).toMatchObject({ requests: 31, failed: 0, p99Ms: 4000 });
  });

  it('one without an answer ends with its limit, also after the probe was stopped', async () => {
    const edge = new Edge();
    edge.takesMs = (ms) => (ms >= 1000 ? Number.POSITIVE_INFINITY : 10);
    const probe = await edge.probe();
    await edge.clock.pass(1500);
    const result = await edge.stopped(probe);
    expect(result?.failures.map(({ problem }) => problem)).toEqual(['no answer within 10 s']);
    expect(result?.downtimeMs.total).toBeGreaterThanOrEqual(500);
    expect(result?.downtimeMs.total).toBeLessThan(800);
  });

  it.each([
    [200, 0],
    [302, 0],
    [401, 0],
    [429, 0],
    [404, 1],
    [500, 1],
    [503, 1],
    ['connect ECONNREFUSED', 1],
  ])('%s is an answer of the service, or a failure', async (said, failed) => {
    const edge = new Edge();
    edge.says = between(1000, 1100, said);
    const probe = await edge.probe();
    await edge.clock.pass(2000);
    expect(await edge.stopped(probe)).toMatchObject({ failed });
  });

  it('once stopped it asks no more, and says the same again', async () => {
    const edge = new Edge();
    const probe = await edge.probe();
    await edge.clock.pass(500);
    const result = await edge.stopped(probe);
    const asked = edge.asked.length;
    await edge.clock.pass(5000);
    expect(edge.asked).toHaveLength(asked);
    expect(await probe.stop()).toBe(result);
  });
});

it.each(['connect ECONNREFUSED', 502, 404])(
  'where the edge did not serve before (%s), nothing is measured',
  async (said) => {
    const edge = new Edge();
    edge.says = () => said;
    const probe = await edge.probe();
    await edge.clock.pass(3000);
    expect(await probe.stop()).toBeUndefined();
    expect(edge.asked).toHaveLength(1);
  },
);

describe('the edge is asked as a client would', () => {
  const asked = async (settings: object, files: MemoryFiles = new MemoryFiles()) => {
    const edge = new Edge();
    edge.says = () => 'enough';
    const probe = probeDowntime(
      {
        catalog: catalogWith({ host: { name: 'law.example' }, edge: settings }),
        directory: DIRECTORY,
      },
      { files, http: edge.http, clock: edge.clock },
    );
    await edge.clock.pass(10);
    await (await probe).stop();
    return edge.asked[0];
  };

  it('by its name at this host, trusting its own authority', async () => {
    const files = new MemoryFiles({ [`${DIRECTORY}/state/root-ca.crt`]: 'PEM' });
    expect(await asked({ tls: { mode: 'internal' } }, files)).toMatchObject({
      url: 'https://law.example/api/templates',
      connectTo: '127.0.0.1',
      ca: 'PEM',
    });
  });

  it('or those everybody trusts', async () => {
    const acme = { mode: 'acme', email: 'admin@law.example' };
    expect(await asked({ tls: acme })).toMatchObject({ alsoTrust: '' });
  });

  it('or without TLS', async () => {
    const request = await asked({ tls: { mode: 'off' } });
    expect(request?.url).toMatch(/^http:/);
    expect(request).not.toHaveProperty('ca');
  });

  it('and what cannot be read is no reason to fail a plan', async () => {
    const files = new MemoryFiles();
    files.readText = () => Promise.reject(new Error('unreadable'));
    expect(await asked({ tls: { mode: 'internal' } }, files)).toBeUndefined();
  });
});

describe('against a real server', () => {
  let server: Server | undefined;
  const listen = async (port: number): Promise<number> => {
    const made = createServer((_request, response) => {
      response.end('[]');
    });
    server = made;
    await once(made.listen(port, '127.0.0.1'), 'listening');
    return (made.address() as AddressInfo).port;
  };
  const close = async (): Promise<void> => {
    if (server?.listening !== true) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
  afterEach(close);

  it('that goes away and comes back: at least as long as it was away', async () => {
    const port = await listen(0);
    const request = { url: `http://127.0.0.1:${port}/` };
    const probe = await probeRequest(request, { http: nodeHttp, clock: nodeClock });
    await nodeClock.sleep(300);
    await close();
    const goneMs = nodeClock.monotonicMs();
    await nodeClock.sleep(700);
    // Not when it ends but for how long it was: a machine that is busy makes the pause longer, never shorter.
    const awayMs = nodeClock.monotonicMs() - goneMs;
    await listen(port);
    await nodeClock.sleep(300);
    const result = await probe.stop();
    expect(result?.failed).toBeGreaterThan(0);
    expect(result?.downtimeMs.total).toBeGreaterThanOrEqual(awayMs - 200);
    expect(result?.failures[0]?.problem).toMatch(/ECONNREFUSED|ECONNRESET/);
  }, 20_000);
});
