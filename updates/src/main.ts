/**
 * The mirror of desktop updates: serves a directory by the protocol of spec 07, and measures itself beside it. As `fill`
 * it fills that directory from its standard input.
 */
import { createServer, type Server } from 'node:http';
import { answerClientError } from './client-error.ts';
import { fill } from './fill.ts';
import { createMetrics } from './metrics.ts';
import { createServing, LIMITS } from './serve.ts';

const DIRECTORY = process.env['UPDATES_DIRECTORY'] ?? '/var/lib/factsway-updates';
const PORT = Number(process.env['PORT'] ?? 8090);
const METRICS_PORT = Number(process.env['METRICS_PORT'] ?? 9855);
/** Longer than the proxy keeps its idle connections, so that the proxy is the one who closes. */
const KEEP_ALIVE_MS = 75_000;
/** Longer ones are cut off; the client resumes where it was. */
const DEADLINE_MS = 25_000;
/** A list of a thousand ranges. */
const MAX_HEADER_BYTES = 64 * 1024;

const log = (event: string, more: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...more })}\n`);
};

const metrics = createMetrics(DIRECTORY);
const serve = createServing({
  directory: DIRECTORY,
  limits: LIMITS,
  now: () => performance.now(),
  onFailure: (name, error) => {
    log('cannot be read', { name, code: (error as NodeJS.ErrnoException).code ?? String(error) });
  },
});

const files = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
  metrics.observe(request, response);
  serve(request, response).catch((error: unknown) => {
    log('failed', { error: String(error) });
    response.destroy();
  });
});
files.on('clientError', answerClientError);
files.keepAliveTimeout = KEEP_ALIVE_MS;
files.headersTimeout = KEEP_ALIVE_MS + 5000;

const inside = createServer((request, response) => {
  if (request.url === '/health') {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"ok"}');
    return;
  }
  if (request.url !== '/metrics') {
    response.writeHead(404).end();
    return;
  }
  metrics.registry.metrics().then(
    (text) => response.writeHead(200, { 'Content-Type': metrics.registry.contentType }).end(text),
    () => response.writeHead(500).end(),
  );
});

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });

/** What is being sent is sent to its end, within a time. */
function stop(signal: string): void {
  log('stopping', { signal });
  setTimeout(() => process.exit(0), DEADLINE_MS).unref();
  inside.close();
  files.close(() => process.exit(0));
  files.closeIdleConnections();
  setInterval(() => {
    files.closeIdleConnections();
  }, 200).unref();
}

if (process.argv[2] === 'fill') {
  process.exitCode = await fill(DIRECTORY, process.stdin, (line) => {
    process.stdout.write(`${line}\n`);
  });
} else {
  await listen(files, PORT);
  await listen(inside, METRICS_PORT);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  log('serving', { directory: DIRECTORY, port: PORT, metricsPort: METRICS_PORT });
}
