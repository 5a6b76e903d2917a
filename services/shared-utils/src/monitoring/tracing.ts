import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as Api from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import type { BatchSpanProcessor, ReadableSpan } from '@opentelemetry/sdk-trace';
import type { RequestContext } from '../request-context.ts';
import { isSampled, readSampleRate } from './sampling.ts';
import type { DoneSpan } from './spans.ts';

/** More spans than this are forgotten: a receiver that hangs costs no memory. */
const QUEUE = { maxQueueSize: 2048, maxExportBatchSize: 256 };
const SEND_EVERY_MS = 2000;
/** An attempt takes no longer, whatever the other end does. */
const ANSWER_MS = 5000;

export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  /** OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS_FILE, OTEL_TRACES_SAMPLER_ARG, DEPLOYMENT_ENV. */
  readonly env: NodeJS.ProcessEnv;
  readonly tell: (level: 'info' | 'warn', message: string, fields: object) => void;
}

/** An answered request; `endpoint` is the template of its route. */
export interface TracedRequest {
  readonly context: RequestContext;
  readonly method: string;
  readonly endpoint: string;
  readonly status: number;
}

/** Takes traces to a receiver of OTLP over HTTP. No method ever throws or waits for the network. */
export interface Tracing {
  readonly isOn: boolean;
  /** Whether a trace that begins here is one that is exported. */
  samples(traceId: string): boolean;
  finished(request: TracedRequest): void;
  /** Sends what waits, for at most so long; the rest is forgotten. */
  close(milliseconds: number): Promise<void>;
}

/** Where there is no endpoint, or one that is none. */
export const NO_TRACING: Tracing = {
  isOn: false,
  samples: () => false,
  finished: () => undefined,
  close: () => Promise.resolve(),
};

type Sdk = {
  readonly processor: BatchSpanProcessor;
  readonly resource: ReadableSpan['resource'];
  readonly api: Pick<typeof Api, 'SpanKind' | 'SpanStatusCode'>;
};

/**
 * Exports spans to OTEL_EXPORTER_OTLP_ENDPOINT. They are put together here from what is known to be harmless: route
 * template, method, status, name of a service or of a query, and the ids of the log. Nothing instruments anything by
 * itself. Source: https://opentelemetry.io/docs/specs/otlp/.
 */
export function startTracing(options: TracingOptions): Tracing {
  const endpoint = options.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  if (endpoint === '') return NO_TRACING;
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    options.tell('warn', 'OTEL_EXPORTER_OTLP_ENDPOINT is no address; nothing is traced', {});
    return NO_TRACING;
  }
  return new Exporting(endpoint, options);
}

class Exporting implements Tracing {
  readonly isOn = true;
  readonly #rate: number;
  readonly #ready: Promise<Sdk | undefined>;
  #sdk: Sdk | undefined;

  constructor(endpoint: string, options: TracingOptions) {
    this.#rate = readSampleRate(options.env['OTEL_TRACES_SAMPLER_ARG']);
    this.#ready = load(endpoint, options).then(
      (sdk) => (this.#sdk = sdk),
      (error: unknown) => {
        options.tell('warn', 'tracing could not be started', { err: error });
        return undefined;
      },
    );
  }

  samples(traceId: string): boolean {
    return isSampled(traceId, this.#rate);
  }

  finished(request: TracedRequest): void {
    // What is answered while the library is being loaded is not traced: a service starts no later for it.
    const sdk = this.#sdk;
    if (sdk === undefined) return;
    try {
      for (const span of spansOf(request, sdk)) sdk.processor.onEnd(span);
    } catch {
      // A trace that cannot be told is not worth a request.
    }
  }

  async close(milliseconds: number): Promise<void> {
    const sent = async (): Promise<void> => {
      await (await this.#ready)?.processor.shutdown();
    };
    const done = new AbortController();
    await Promise.race([
      sent().catch(() => undefined),
      sleep(milliseconds, undefined, { ref: false, signal: done.signal }).catch(() => undefined),
    ]);
    done.abort();
  }
}

/** Loads the library, which a service without an endpoint never does. */
async function load(endpoint: string, { service, version, env }: TracingOptions): Promise<Sdk> {
  const [api, { BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: readHeaders(env['OTEL_EXPORTER_OTLP_HEADERS_FILE']),
    timeoutMillis: ANSWER_MS,
    concurrencyLimit: 2,
  });
  return {
    api,
    processor: new BatchSpanProcessor({
      exporter,
      ...QUEUE,
      scheduledDelayMillis: SEND_EVERY_MS,
      exportTimeoutMillis: ANSWER_MS,
    }),
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'deployment.environment.name': env['DEPLOYMENT_ENV'] ?? 'enterprise',
    }),
  };
}

/** `name=value` on each line, or with commas between, as OTEL_EXPORTER_OTLP_HEADERS has it. */
function readHeaders(file: string | undefined): Record<string, string> {
  if (file === undefined || file === '') return {};
  const pairs = readFileSync(file, 'utf8')
    .split(/[\n,]/)
    .flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 1 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const];
    });
  return Object.fromEntries(pairs);
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const FLAGS = 1;

function spansOf(request: TracedRequest, { api, resource }: Sdk): ReadableSpan[] {
  const { context, endpoint, status } = request;
  const { spans: log, traceId, spanId, parentSpanId } = context;
  if (log === undefined) return [];
  const { SpanKind, SpanStatusCode } = api;
  const codeOf = (failed: boolean) => (failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
  const method = METHODS.has(request.method) ? request.method : 'OTHER';
  const { end, spans } = log.close();
  const made = (span: Omit<Made, 'traceId' | 'resource'>): ReadableSpan =>
    readable({ ...span, traceId, resource });
  return [
    made({
      spanId,
      parentSpanId,
      kind: SpanKind.SERVER,
      name: `${method} ${endpoint}`,
      begin: log.begin,
      end,
      code: codeOf(status >= 500),
      attributes: {
        'http.request.method': method,
        'http.route': endpoint,
        'http.response.status_code': status,
        'factsway.request_id': context.requestId,
      },
    }),
    ...spans.map((span) =>
      made({
        spanId: span.spanId,
        parentSpanId: spanId,
        kind: SpanKind.CLIENT,
        name: span.name,
        begin: span.begin,
        end: span.end,
        code: codeOf(span.kind === 'call' && (span.status ?? 500) >= 500),
        attributes: attributesOf(span),
      }),
    ),
  ];
}

function attributesOf({ kind, name, peer, method, status }: DoneSpan): Attributes {
  if (kind === 'query') return { 'db.system.name': 'postgresql', 'db.query.summary': name };
  return {
    ...(peer === undefined ? {} : { 'peer.service': peer }),
    ...(method === undefined ? {} : { 'http.request.method': method }),
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
  };
}

type Made = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly kind: ReadableSpan['kind'];
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  readonly code: ReadableSpan['status']['code'];
  readonly attributes: Attributes;
  readonly resource: ReadableSpan['resource'];
};

/** What the library's own tracer would have made, with the ids that are in the log already. */
function readable(made: Made): ReadableSpan {
  const { traceId, spanId, parentSpanId, begin, end } = made;
  const identity = (id: string) => ({ traceId, spanId: id, traceFlags: FLAGS });
  return {
    name: made.name,
    kind: made.kind,
    spanContext: () => identity(spanId),
    ...(parentSpanId === undefined ? {} : { parentSpanContext: identity(parentSpanId) }),
    startTime: time(begin),
    endTime: time(end),
    duration: time(Math.max(0, end - begin)),
    status: { code: made.code },
    attributes: made.attributes,
    links: [],
    events: [],
    ended: true,
    resource: made.resource,
    instrumentationScope: { name: '@factsway/shared-utils' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function time(milliseconds: number): [number, number] {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
