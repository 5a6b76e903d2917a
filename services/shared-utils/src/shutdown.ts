import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Health } from './health.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Longer than the proxy keeps its idle connections, so that the proxy is the one who closes. */
const KEEP_ALIVE_MS = 75_000;

export interface ShutdownOptions {
  readonly server: Server;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** How long requests are still taken after the signal, in seconds. */
  readonly drainSeconds: number;
  /** When the process leaves even if a request is still running, in seconds after the signal. */
  readonly deadlineSeconds: number;
  /** Runs after the last response: close pools, flush. */
  readonly onClosed: () => Promise<unknown>;
  /** Replaced in tests. */
  readonly exit?: (code: number) => void;
}

/**
 * Makes a server leave without a failed request: on SIGTERM or SIGINT `ready` turns 503 at once,
 * requests are served for the drain window with `Connection: close`, then the server closes, what
 * is in flight finishes, and the process exits 0 (1 when the deadline cut something off).
 *
 * @returns the drain itself, for whoever must leave without a signal
 */
export function installShutdown(options: ShutdownOptions): (reason: string) => Promise<void> {
  const { server, health, metrics } = options;
  const responses = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 5000;

  server.on('connection', (socket) => {
    metrics.connections.inc();
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      metrics.connections.dec();
    });
  });
  // Before the framework's own listener, so that it finds the header already set.
  server.prependListener('request', (_request, response) => {
    responses.add(response);
    metrics.inFlight.inc();
    if (health.isDraining) response.setHeader('Connection', 'close');
    response.once('close', () => {
      responses.delete(response);
      metrics.inFlight.dec();
    });
  });

  let leaving: Promise<void> | undefined;
  const drain = (reason: string) => {
    leaving ??= leave(options, responses, sockets, reason);
    return leaving;
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void drain(signal));
  }
  return drain;
}

async function leave(
  options: ShutdownOptions,
  responses: ReadonlySet<ServerResponse>,
  sockets: ReadonlySet<Socket>,
  reason: string,
): Promise<void> {
  const { server, health, logger, drainSeconds, deadlineSeconds } = options;
  const exit = options.exit ?? ((code: number) => process.exit(code));
  health.markDraining();
  for (const response of responses) {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  }
  logger.info({ reason, drain_seconds: drainSeconds, in_flight: responses.size }, 'draining');
  const deadline = setTimeout(() => {
    logger.error({ in_flight: responses.size }, 'deadline passed, requests are cut off');
    exit(1);
  }, deadlineSeconds * 1000);

  await new Promise((resolve) => setTimeout(resolve, drainSeconds * 1000));
  await closeServer(server, sockets);
  try {
    await options.onClosed();
  } catch (error) {
    logger.warn({ err: error }, 'closing was not clean');
  }
  clearTimeout(deadline);
  logger.info('stopped');
  exit(0);
}

async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  if (!server.listening) return;
  // Node counts a connection on which nothing was ever asked as busy; a load balancer keeps some.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  // A response that was under way at the signal may have promised keep-alive; its connection is
  // idle only once it has finished, after close() has looked.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, 100);
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  clearInterval(sweep);
}
