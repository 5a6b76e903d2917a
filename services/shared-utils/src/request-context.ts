import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Crossed, CROSSED_HEADER } from './crossed.ts';
import { newSpanId, SpanLog } from './monitoring/spans.ts';

/** What identifies one request across services. W3C Trace Context level 1 for the trace part. */
export interface RequestContext {
  readonly requestId: string;
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 2 lower-case hex digits, as received ("00" when we started the trace: not sampled). */
  readonly traceFlags: string;
  readonly traceState: string | undefined;
  /** This service's part of the trace: 16 lower-case hex digits. */
  readonly spanId: string;
  /** The caller's part, where it said one. */
  readonly parentSpanId: string | undefined;
  /** The desktop installation that sent the request, from `x-client-id`. */
  readonly clientId: string | undefined;
  /** The other services that took part in the answer so far. */
  readonly crossed: Crossed;
  /** Which route serves it, once that is known: a template, never what was asked for. */
  route: { readonly method: string; readonly endpoint: string } | undefined;
  /** What it did, where its trace is exported: bit 0 of `traceFlags`. */
  readonly spans: SpanLog | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Identifiers end up in log lines and headers, so only harmless characters are taken over. */
const SAFE_ID = /^[\w.:-]{1,128}$/;
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/** Whether traces are exported, and which of those that begin here. */
export interface Sampling {
  readonly isOn: boolean;
  samples(traceId: string): boolean;
}

/**
 * Reads the context of an incoming request; whatever is absent or malformed is generated anew. Whoever began a trace has
 * decided whether it is exported.
 */
export function contextFromHeaders(
  headers: IncomingHttpHeaders,
  sampling?: Sampling,
): RequestContext {
  const trace = parseTraceparent(single(headers['traceparent']));
  const traceId = trace?.traceId ?? randomBytes(16).toString('hex');
  const traceFlags = trace?.flags ?? (sampling?.samples(traceId) === true ? '01' : '00');
  const isExported = sampling?.isOn === true && (Number.parseInt(traceFlags, 16) & 1) === 1;
  return {
    requestId: safeId(single(headers['x-request-id'])) ?? randomUUID(),
    traceId,
    traceFlags,
    traceState: trace === undefined ? undefined : boundedState(single(headers['tracestate'])),
    spanId: newSpanId(),
    parentSpanId: trace?.span,
    clientId: safeId(single(headers['x-client-id'])),
    crossed: new Crossed(),
    route: undefined,
    spans: isExported ? new SpanLog() : undefined,
  };
}

/** Runs `work` so that every log line and outgoing call below it carries this context. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the request being served, or undefined outside of one. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/**
 * Notes that the service `peer` answered this request, and what its answer crossed itself. Nothing
 * outside of a request.
 *
 * @param peer short name, such as `records`
 * @param headers of its answer
 */
export function noteCrossed(peer: string, headers: Headers): void {
  currentContext()?.crossed.add(peer, headers.get(CROSSED_HEADER));
}

/**
 * Headers that pass the context on to another service. Each call is a new span of the same trace,
 * so the parent id is fresh.
 */
export function outgoingHeaders(context = currentContext()): Record<string, string> {
  if (context === undefined) return {};
  const span = newSpanId();
  context.spans?.called(span);
  const headers: Record<string, string> = {
    'x-request-id': context.requestId,
    traceparent: `00-${context.traceId}-${span}-${context.traceFlags}`,
  };
  if (context.traceState !== undefined) headers['tracestate'] = context.traceState;
  if (context.clientId !== undefined) headers['x-client-id'] = context.clientId;
  return headers;
}

/**
 * Says that a call is over, for its trace; it ends with the request where nobody says so.
 *
 * @param headers what `outgoingHeaders` gave for it
 * @param call short name of the service, such as `records`, method, and status of its answer where there was one
 */
export function callEnded(
  headers: Readonly<Record<string, string>>,
  call: { readonly peer: string; readonly method: string; readonly status?: number },
): void {
  const span = parseTraceparent(headers['traceparent'])?.span;
  if (span !== undefined) currentContext()?.spans?.callEnded(span, call);
}

function parseTraceparent(value: string | undefined) {
  const match = TRACEPARENT.exec(value ?? '');
  const [traceId, span, flags] = [match?.[1], match?.[2], match?.[3]];
  if (traceId === undefined || span === undefined || flags === undefined) return undefined;
  if (value?.startsWith('ff') === true || traceId === NO_TRACE || span === NO_SPAN) {
    return undefined;
  }
  return { traceId, span, flags };
}

function safeId(value: string | undefined): string | undefined {
  return value !== undefined && SAFE_ID.test(value) ? value : undefined;
}

/** 512 characters is what the recommendation asks a vendor to propagate at least. */
function boundedState(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= 512 ? value : undefined;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
