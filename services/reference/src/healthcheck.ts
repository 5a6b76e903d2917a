import { get } from 'node:http';

/**
 * `node /app/healthcheck.mjs [PATH=/health/ready] [--print]`: asks this container's own service.
 * Exit 0 on status 200, else 1. It runs every few seconds in every container, so it imports
 * nothing but node:http.
 */
const TIMEOUT_MS = 3000;
const MAX_BODY_BYTES = 4_194_304;

const args = process.argv.slice(2);
const print = args.includes('--print');
const path = args.find((argument) => argument.startsWith('/')) ?? '/health/ready';

function finish(status: number, contentType: string, body: string): void {
  process.exitCode = status === 200 ? 0 : 1;
  if (print) process.stdout.write(`${JSON.stringify({ status, contentType, body })}\n`);
}

const request = get(
  { host: '127.0.0.1', port: process.env['PORT'] ?? '', path, agent: false },
  (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      if (body.length < MAX_BODY_BYTES) body += chunk;
    });
    response.on('end', () => {
      clearTimeout(timer);
      finish(response.statusCode ?? 0, response.headers['content-type'] ?? '', body);
    });
  },
);
const timer = setTimeout(() => {
  request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`));
}, TIMEOUT_MS);
request.on('error', (error) => {
  clearTimeout(timer);
  // Status 0: nobody answered.
  finish(0, 'text/plain', error.message);
});
