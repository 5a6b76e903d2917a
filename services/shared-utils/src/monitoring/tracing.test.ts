import { mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import Fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { fastifyOptions, useFastify } from '../fastify.ts';
import { createPlatform } from '../platform.ts';
import { callEnded, contextFromHeaders, outgoingHeaders } from '../request-context.ts';
import { startReceiver } from './test-receiver.ts';
import { NO_TRACING, startTracing } from './tracing.ts';

const CANARY = 'Okonkwo';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A service as they all are; `peer` is asked for what it has not. */
async function serve(service: string, endpoint: string, rate: string, peer?: string) {
  const lines: Record<string, unknown>[] = [];
  const logDestination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)) as Record<string, unknown>);
      done();
    },
  });
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: rate };
  const platform = createPlatform({ service, version: '1.2.3', checks: {}, env, logDestination });
  const app = Fastify(fastifyOptions(platform));
  useFastify(app, platform);
  app.all('/api/cases/:id', async (request) => {
    platform.metrics.observeQuery('cases.get', 0.002);
    if (request.url.includes('fail')) throw new Error(`no ${CANARY}`);
    if (peer === undefined) return { name: CANARY };
    const headers = outgoingHeaders();
    const { status } = await fetch(`${peer}/api/cases/${CANARY}?q=${CANARY}`, { headers });
    callEnded(headers, { peer: 'records', method: 'GET', status });
    return {};
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  closers.push(() => app.close());
  await loaded();
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, lines };
}

/** The library is loaded beside the start of a service. */
const loaded = async (): Promise<void> => {
  await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  await new Promise((resolve) => setTimeout(resolve, 50));
};
const arrived = async (receiver: Awaited<ReturnType<typeof startReceiver>>, count: number) => {
  await expect.poll(() => receiver.spans().length, { timeout: 8000 }).toBeGreaterThanOrEqual(count);
  return receiver.spans();
};
const receiverOf = async (answer?: () => number | undefined) => {
  const receiver = await startReceiver(answer);
  closers.push(receiver.close);
  return receiver;
};

describe('traces', () => {
  it('are one over two services, with the parents and ids that are in headers and logs, and nothing else', async () => {
    const receiver = await receiverOf();
    const records = await serve('records-service', receiver.url, '1');
    const exports = await serve('export-service', receiver.url, '1', records.url);
    await fetch(`${exports.url}/api/cases/${CANARY}?q=${CANARY}`, {
      method: 'POST',
      body: JSON.stringify({ name: CANARY }),
      headers: {
        'content-type': 'application/json',
        'x-request-id': 'q-1',
        cookie: `a=${CANARY}`,
        authorization: `Bearer ${CANARY}`,
        'user-agent': CANARY,
      },
    });
    const spans = await arrived(receiver, 5);
    const of = (service: string, name: string) =>
      spans.find((span) => span.service === service && span.name === name)!;
    const root = of('export-service', 'POST /api/cases/:id');
    const call = of('export-service', 'GET records');
    const served = of('records-service', 'GET /api/cases/:id');
    const query = of('records-service', 'cases.get');
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(root.parentSpanId).toBeUndefined();
    expect([call.parentSpanId, served.parentSpanId, query.parentSpanId]).toEqual([
      root.spanId,
      call.spanId,
      served.spanId,
    ]);
    expect([root.kind, call.kind, served.kind, query.kind]).toEqual([2, 3, 2, 3]);
    expect(exports.lines.at(-1)).toMatchObject({ trace_id: root.traceId, request_id: 'q-1' });
    expect(Object.fromEntries(root.attributes.map(({ key, value }) => [key, value]))).toEqual({
      'http.request.method': { stringValue: 'POST' },
      'http.route': { stringValue: '/api/cases/:id' },
      'http.response.status_code': { intValue: 200 },
      'factsway.request_id': { stringValue: 'q-1' },
    });
    const [begin, end] = [BigInt(root.startTimeUnixNano), BigInt(root.endTimeUnixNano)];
    expect(begin <= BigInt(call.startTimeUnixNano) && BigInt(call.endTimeUnixNano) <= end).toBe(
      true,
    );
    expect(Math.abs(Number(begin / 1_000_000n) - Date.now())).toBeLessThan(60_000);
    expect(receiver.asked[0]?.path).toBe('/v1/traces');
    expect(receiver.bodies.join('\n')).not.toContain(CANARY);
  }, 20_000);

  it('go by the decision of whoever began them', async () => {
    const receiver = await receiverOf();
    const { url } = await serve('records-service', receiver.url, '0');
    const parent = '00f067aa0ba902b7';
    await fetch(`${url}/api/cases/1`);
    await fetch(`${url}/api/cases/1`, {
      headers: { traceparent: `00-${'a'.repeat(32)}-${parent}-00` },
    });
    await fetch(`${url}/api/cases/fail`, { headers: { traceparent: `00-${TRACE}-${parent}-01` } });
    await fetch(`${url}/health/live`, { headers: { traceparent: `00-${TRACE}-${parent}-01` } });
    const spans = await arrived(receiver, 2);
    expect(spans.map(({ traceId, name }) => [traceId, name])).toEqual([
      [TRACE, 'GET /api/cases/:id'],
      [TRACE, 'cases.get'],
    ]);
    expect([spans[0]?.parentSpanId, spans[0]?.status.code]).toEqual([parent, 2]);
    expect(receiver.bodies.join('\n')).not.toContain(CANARY);
  }, 20_000);
});

describe('a receiver', () => {
  const finish = (tracing: ReturnType<typeof startTracing>): void => {
    const context = contextFromHeaders({}, tracing);
    tracing.finished({ context, method: 'GET', endpoint: '/x', status: 200 });
  };
  const start = (endpoint: string, more: NodeJS.ProcessEnv = {}) => {
    const told: string[] = [];
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: '1', ...more };
    const tell = (_level: string, message: string) => void told.push(message);
    return { tracing: startTracing({ service: 's', version: '1', env, tell }), told };
  };

  it.each([
    ['hangs', async () => (await receiverOf(() => undefined)).url],
    ['answers 500', async () => (await receiverOf(() => 500)).url],
    ['refuses', () => Promise.resolve('http://127.0.0.1:1')],
  ])(
    'that %s costs a request nothing, keeps little and holds nobody who stops',
    async (_, make) => {
      const { tracing } = start(await make());
      await loaded();
      const begin = performance.now();
      for (let count = 0; count < 10_000; count++) finish(tracing);
      expect(performance.now() - begin).toBeLessThan(2000);
      const stopping = performance.now();
      await tracing.close(300);
      expect(performance.now() - stopping).toBeLessThan(1500);
    },
  );

  it('is sent what waits when a service stops, with its headers from a file', async () => {
    const receiver = await receiverOf();
    const file = join(mkdtempSync(join(tmpdir(), 'factsway-')), 'headers');
    writeFileSync(file, 'authorization=Bearer a=b\nx-tenant=firm\n');
    const { tracing } = start(`${receiver.url}/otlp/`, { OTEL_EXPORTER_OTLP_HEADERS_FILE: file });
    await loaded();
    finish(tracing);
    await tracing.close(2000);
    expect(receiver.spans()).toHaveLength(1);
    expect(receiver.asked[0]).toMatchObject({
      path: '/otlp/v1/traces',
      headers: { authorization: 'Bearer a=b', 'x-tenant': 'firm' },
    });
  });

  it('that is none is told once, without its name, and nothing is traced', () => {
    const { tracing, told } = start(`nowhere-${CANARY}`);
    expect(tracing).toBe(NO_TRACING);
    expect(told).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT is no address; nothing is traced']);
    expect(start('').tracing).toBe(NO_TRACING);
    expect(contextFromHeaders({}).spans).toBeUndefined();
  });

  it('that cannot be reached for want of the headers stops no service', async () => {
    const { tracing, told } = start('http://127.0.0.1:1', {
      OTEL_EXPORTER_OTLP_HEADERS_FILE: '/nowhere',
    });
    await loaded();
    finish(tracing);
    await tracing.close(100);
    expect(told).toEqual(['tracing could not be started']);
  });
});
