import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { DestinationStream } from 'pino';
import { crossedEntry, tellCrossed } from './crossed.ts';
import { createHealth, type Check, type Health } from './health.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, UNMATCHED, type Metrics } from './metrics.ts';
import { startErrorReporting, type ErrorReporter } from './monitoring/sentry.ts';
import { startTracing } from './monitoring/tracing.ts';
import { contextFromHeaders, currentContext, type RequestContext } from './request-context.ts';
import { installShutdown } from './shutdown.ts';

export interface PlatformOptions {
  /** The name in logs, health and metrics: `records-service`. */
  readonly service: string;
  readonly version: string;
  readonly checks: Readonly<Record<string, Check>>;
  /** LOG_LEVEL, DRAIN_SECONDS, SHUTDOWN_DEADLINE_SECONDS and what begins with SENTRY_ and OTEL_ are read from here. */
  readonly env?: NodeJS.ProcessEnv;
  readonly secrets?: readonly string[];
  readonly logDestination?: DestinationStream;
}

/** What the platform answers itself: the endpoints of the contract. */
export interface PlatformAnswer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Platform {
  readonly service: string;
  readonly version: string;
  readonly logger: Logger;
  readonly health: Health;
  readonly metrics: Metrics;
  /** Gets every error that the logger writes as `error` or `fatal`. */
  readonly reporter: ErrorReporter;
  /** The context of a request, made on first sight and kept as long as the request lives. */
  contextOf(request: IncomingMessage): RequestContext;
  /** Gives the answer its request id, and the versions it crossed up to when its headers are sent. */
  label(request: IncomingMessage, response: ServerResponse): void;
  /** Answers /health, /health/live, /health/ready and /metrics; undefined for any other path. */
  answer(path: string): Promise<PlatformAnswer | undefined>;
  /** Says which route serves a request, for what is logged and reported while it is served. */
  routed(request: IncomingMessage, endpoint: string | undefined): void;
  /** Counts a finished request and writes its log line. */
  finished(request: IncomingMessage, endpoint: string | undefined, status: number): void;
  /** Installs the shutdown on a server without saying that the service has started. */
  guard(server: Server, onClosed: () => Promise<unknown>): void;
  /** `guard`, and the service takes traffic from now on. */
  start(server: Server, onClosed: () => Promise<unknown>): void;
}

/** Paths the platform answers, with the statuses each can have. */
export const PLATFORM_ROUTES: Readonly<Record<string, readonly number[]>> = {
  '/health': [200, 503],
  '/health/live': [200],
  '/health/ready': [200, 503],
  '/metrics': [200, 503],
};

/** The status counted when the client left before the answer was complete (nginx's 499). */
export const CLIENT_GONE = 499;

/** The same for traces; what is left of them is forgotten. */
const TRACES_CLOSE_MS = 2000;

/** What waits is delivered for this long when a service stops; the rest is on disk for the next one. */
const REPORTS_CLOSE_MS = 2000;

/** Joins health, metrics, logs, shutdown and request context for one process. */
export function createPlatform(options: PlatformOptions): Platform {
  const { service, version, checks, env = process.env } = options;
  const logger = createLogger({
    service,
    version,
    level: env['LOG_LEVEL'] ?? '',
    onError: (error, level) => {
      reporter.report(error, level);
    },
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    ...(options.logDestination === undefined ? {} : { destination: options.logDestination }),
  });
  const tell = (level: 'info' | 'warn', message: string, fields: object): void => {
    logger[level](fields, message);
  };
  const reporter = startErrorReporting({ service, version, env, tell });
  const tracing = startTracing({ service, version, env, tell });
  const health = createHealth({ service, version, checks });
  const counted = createMetrics(service, version);
  const metrics: Metrics = {
    ...counted,
    observeQuery: (name, seconds) => {
      counted.observeQuery(name, seconds);
      currentContext()?.spans?.queried(name, seconds);
    },
  };
  metrics.trackReports(reporter.counts);
  const known = new WeakMap<IncomingMessage, { context: RequestContext; begin: number }>();

  for (const [path, statuses] of Object.entries(PLATFORM_ROUTES)) {
    for (const method of ['GET', 'HEAD']) metrics.declareRoute(method, path, statuses);
  }
  const entry = (request: IncomingMessage) => {
    let found = known.get(request);
    if (found === undefined) {
      found = { context: contextFromHeaders(request.headers, tracing), begin: performance.now() };
      known.set(request, found);
    }
    return found;
  };
  const guard: Platform['guard'] = (server, onClosed) => {
    installShutdown({
      server,
      health,
      metrics,
      logger,
      drainSeconds: seconds(env['DRAIN_SECONDS'], 8),
      deadlineSeconds: seconds(env['SHUTDOWN_DEADLINE_SECONDS'], 55),
      onClosed: async () => {
        try {
          await onClosed();
        } finally {
          await Promise.all([reporter.close(REPORTS_CLOSE_MS), tracing.close(TRACES_CLOSE_MS)]);
        }
      },
    });
    endOnUncaught(logger, reporter);
  };

  return {
    service,
    version,
    logger,
    health,
    metrics,
    reporter,
    guard,
    contextOf: (request) => entry(request).context,
    label(request, response) {
      const { context } = entry(request);
      response.setHeader('x-request-id', context.requestId);
      tellCrossed(response, crossedEntry(service, version), context.crossed);
    },
    answer: (path) => answerPath(path, health, metrics),
    routed(request, endpoint) {
      const { context } = entry(request);
      if (endpoint !== undefined) context.route = { method: request.method ?? 'GET', endpoint };
    },
    finished(request, endpoint, status) {
      const { context, begin } = entry(request);
      const elapsed = (performance.now() - begin) / 1000;
      const method = request.method ?? 'GET';
      const clientId = context.clientId;
      metrics.observeRequest({ method, endpoint, status, seconds: elapsed, clientId });
      const line = {
        request_id: context.requestId,
        trace_id: context.traceId,
        client_id: clientId,
        context: { method, endpoint, status, duration_ms: Math.round(elapsed * 1000) },
      };
      const quiet = endpoint !== undefined && endpoint in PLATFORM_ROUTES;
      logger[quiet ? 'debug' : status >= 500 ? 'error' : 'info'](line, 'request completed');
      if (quiet) return;
      reporter.finished({ context, method, endpoint, status, seconds: elapsed });
      tracing.finished({ context, method, endpoint: endpoint ?? UNMATCHED, status });
    },
    start(server, onClosed) {
      guard(server, onClosed);
      health.markStarted();
    },
  };
}

/**
 * Node's own answer to an error nobody caught is to print it whole, with whatever it quotes. This says the same in our
 * words, keeps the report, and ends.
 */
function endOnUncaught(logger: Logger, reporter: ErrorReporter): void {
  if (process.listenerCount('uncaughtException') > 0) return;
  process.on('uncaughtException', (error: unknown, origin) => {
    const err =
      error instanceof Error ? error : new Error('something else than an error was thrown');
    logger.fatal({ err, origin }, 'an error nobody caught');
    void reporter.save().then(() => process.exit(1));
  });
}

async function answerPath(
  path: string,
  health: Health,
  metrics: Metrics,
): Promise<PlatformAnswer | undefined> {
  if (path === '/metrics') {
    if (!health.isStarted) {
      return { statusCode: 503, contentType: 'text/plain; charset=utf-8', body: 'starting\n' };
    }
    const { registry } = metrics;
    return { statusCode: 200, contentType: registry.contentType, body: await registry.metrics() };
  }
  const outcome =
    path === '/health'
      ? await health.report()
      : path === '/health/live'
        ? health.live()
        : path === '/health/ready'
          ? await health.ready()
          : undefined;
  if (outcome === undefined) return undefined;
  return {
    statusCode: outcome.statusCode,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(outcome.body),
  };
}

function seconds(text: string | undefined, fallback: number): number {
  const value = Number(text ?? '');
  return text === undefined || text === '' || !(value >= 0) ? fallback : value;
}
