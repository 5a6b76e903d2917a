import type { Event, NodeOptions } from '@sentry/node';
import { chainOf, codeOf, framesOf, typeOf, WITHHELD, wordsOf } from '../error-words.ts';
import type { RequestContext } from '../request-context.ts';

type Exceptions = NonNullable<NonNullable<Event['exception']>['values']>;
type Parser = NodeOptions['stackParser'];

/** One answered request, in words that hold nothing of what was asked. */
export interface FinishedRequest {
  readonly context: RequestContext;
  readonly method: string;
  /** Route template; undefined when none matched. */
  readonly endpoint: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

const MOST_FRAMES = 60;
/** Tags that this library sets; a tag of anybody else may hold anything. */
const TAGS = new Set(['service', 'request_id', 'code', 'method', 'endpoint', 'status']);
const CONTEXTS = new Set(['trace', 'runtime']);
const FIELDS = new Set([
  ...['type', 'event_id', 'timestamp', 'start_timestamp', 'level', 'platform', 'environment'],
  ...['release', 'sdk', 'transaction', 'transaction_info', 'sdkProcessingMetadata'],
]);
/** Neither values of variables nor lines of the source. */
const PLACE = new Set(['filename', 'function', 'lineno', 'colno', 'in_app', 'module']);

/** The error and what caused it, the cause first, as the ingest wants it. */
export function exceptionsOf(error: Error, parser: Parser): Exceptions {
  return chainOf(error)
    .map((one, index) => {
      const frames = typeof parser === 'function' ? parser(framesOf(one)).slice(-MOST_FRAMES) : [];
      return {
        type: typeOf(one),
        value: wordsOf(one),
        mechanism: { type: index === 0 ? 'generic' : 'chained', handled: true },
        ...(frames.length === 0 ? {} : { stacktrace: { frames } }),
      };
    })
    .reverse();
}

/** An event of one error, with the request it belongs to. */
export function errorEvent(
  error: Error,
  level: 'error' | 'fatal',
  context: RequestContext | undefined,
  parser: Parser,
): Event {
  const code = chainOf(error)
    .map(codeOf)
    .find((found) => found !== undefined);
  const event: Event = {
    level,
    exception: { values: exceptionsOf(error, parser) },
    tags: code === undefined ? {} : { code },
  };
  if (context === undefined) return event;
  const { requestId, traceId, spanId, route } = context;
  return {
    ...event,
    ...(route === undefined ? {} : { transaction: `${route.method} ${route.endpoint}` }),
    tags: { ...event.tags, request_id: requestId, ...route },
    contexts: { trace: { trace_id: traceId, span_id: spanId } },
  };
}

/** A transaction of one request: its route, how long it took, and how it ended. */
export function transactionOf(request: FinishedRequest): Event {
  const { context, method, endpoint = 'unmatched', status, seconds } = request;
  const end = Date.now() / 1000;
  return {
    type: 'transaction',
    transaction: `${method} ${endpoint}`,
    transaction_info: { source: 'route' },
    start_timestamp: end - seconds,
    timestamp: end,
    tags: { request_id: context.requestId, status: String(status) },
    contexts: {
      trace: {
        trace_id: context.traceId,
        span_id: context.spanId,
        ...(context.parentSpanId === undefined ? {} : { parent_span_id: context.parentSpanId }),
        op: 'http.server',
        status: status < 400 ? 'ok' : status < 500 ? 'invalid_argument' : 'internal_error',
      },
    },
    spans: [],
  };
}

/**
 * An event with what this library knows to be harmless, and nothing else: whoever made it. Messages, extras, breadcrumbs,
 * requests and users of others do not leave.
 */
export function onlyKnown<T extends Event>(event: T, thrown?: unknown, parser?: Parser): T {
  const { message, logentry, tags, contexts, exception } = event;
  const known: T = only(event, FIELDS);
  if (tags !== undefined) known.tags = only(tags, TAGS);
  if (contexts !== undefined) known.contexts = only(contexts, CONTEXTS);
  if (message !== undefined || logentry !== undefined) known.message = WITHHELD;
  if (thrown instanceof Error) known.exception = { values: exceptionsOf(thrown, parser) };
  else if (exception?.values !== undefined) {
    known.exception = { values: exception.values.map(withheld) };
  }
  return known;
}

/** Of an error that nobody gave us: its type and the places alone. */
function withheld({ type = '', stacktrace }: Exceptions[number]): Exceptions[number] {
  return {
    type: /^[A-Za-z][\w$.]{0,60}$/.test(type) ? type : 'Error',
    value: WITHHELD,
    ...(stacktrace?.frames === undefined
      ? {}
      : {
          stacktrace: {
            frames: stacktrace.frames.slice(-MOST_FRAMES).map((frame) => only(frame, PLACE)),
          },
        }),
  };
}

function only<T extends object>(from: T, names: ReadonlySet<string>): T {
  return Object.fromEntries(
    Object.entries(from).filter(([name, value]) => names.has(name) && value !== undefined),
  ) as T;
}
