import { createServer, request, Agent, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHealth } from './health.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { installShutdown } from './shutdown.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let agents: Agent[] = [];

afterEach(() => {
  for (const agent of agents) agent.destroy();
  agents = [];
});

async function start(drainSeconds: number, deadlineSeconds = 5) {
  const server: Server = createServer((incoming, response) => {
    const delay = Number(incoming.url?.slice(1));
    setTimeout(() => response.end('served'), delay);
  });
  const health = createHealth({ service: 's', version: '1.0.0', checks: {} });
  health.markStarted();
  const exit = vi.fn();
  const closed = vi.fn(() => Promise.resolve());
  const metrics = createMetrics('s', '1.0.0');
  const drain = installShutdown({
    server,
    health,
    metrics,
    logger: createLogger({ service: 's', version: '1.0.0', level: 'silent' }),
    drainSeconds,
    deadlineSeconds,
    onClosed: closed,
    exit,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  const get = (path: string) =>
    new Promise<{ status: number; connection: string; body: string }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, agent }, (answer: IncomingMessage) => {
        let body = '';
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
        answer.on('end', () => {
          const connection = answer.headers.connection ?? '';
          resolve({ status: answer.statusCode ?? 0, connection, body });
        });
      })
        .on('error', reject)
        .end();
    });
  return { server, health, metrics, exit, closed, drain, get };
}

describe('leaving', () => {
  it('turns not ready at once, serves on with Connection: close, then exits 0', async () => {
    const { health, exit, closed, drain, get } = await start(0.3);
    expect((await get('/0')).connection).toBe('keep-alive');

    const left = drain('SIGTERM');
    expect((await health.ready()).statusCode).toBe(503);
    expect(await get('/0')).toEqual({ status: 200, connection: 'close', body: 'served' });
    expect(exit).not.toHaveBeenCalled();

    await left;
    expect(exit.mock.calls).toEqual([[0]]);
    expect(closed).toHaveBeenCalledTimes(1);
    await expect(get('/0')).rejects.toThrow('ECONNREFUSED');
  });

  it('lets a request finish that outlasts the drain window', async () => {
    const { exit, drain, get } = await start(0.05);
    const long = get('/400');
    await sleep(20);
    const left = drain('SIGTERM');
    await sleep(200);
    expect(exit).not.toHaveBeenCalled();

    expect(await long).toEqual({ status: 200, connection: 'close', body: 'served' });
    await left;
    expect(exit.mock.calls).toEqual([[0]]);
  });

  it('waits for nobody who connected and never asked', async () => {
    const { server, exit, drain } = await start(0.05);
    const silent = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const closed = new Promise((resolve) => silent.once('close', resolve));
    await new Promise((resolve) => silent.once('connect', resolve));
    await drain('SIGTERM');
    expect(exit.mock.calls).toEqual([[0]]);
    await closed;
  });

  it('cuts a request off at the deadline, and says so with exit code 1', async () => {
    const { server, exit, drain, get } = await start(0, 0.1);
    const endless = get('/60000').catch(() => 'cut');
    await sleep(20);
    void drain('SIGTERM');
    await sleep(200);
    expect(exit.mock.calls).toEqual([[1]]);
    server.closeAllConnections();
    expect(await endless).toBe('cut');
  });

  it('drains once, however many signals come', async () => {
    const { exit, closed, drain } = await start(0);
    await Promise.all([drain('SIGTERM'), drain('SIGINT'), drain('SIGTERM')]);
    expect(exit).toHaveBeenCalledTimes(1);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('keeps idle connections longer than a proxy does', async () => {
    const { server, drain } = await start(0);
    expect(server.keepAliveTimeout).toBe(75_000);
    expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
    await drain('test');
  });

  it('counts connections and requests in flight', async () => {
    const { metrics, drain, get } = await start(0);
    const running = get('/100');
    await sleep(40);
    const text = await metrics.registry.metrics();
    expect(text).toContain('factsway_active_connections 1\n');
    expect(text).toContain('factsway_http_requests_in_flight 1\n');
    await running;
    expect(await metrics.registry.metrics()).toContain('factsway_http_requests_in_flight 0\n');
    await drain('test');
  });
});
