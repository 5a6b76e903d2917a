import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { useExpress } from './express.ts';
import { createPlatform } from './platform.ts';
import { currentContext, noteCrossed } from './request-context.ts';

type Middleware = (q: IncomingMessage, r: ServerResponse, next: (e?: unknown) => void) => void;

/** What Express does with one middleware and one route, `GET /api/cases/:id`. */
function expressLike() {
  let middleware: Middleware | undefined;
  const server = createServer((incoming, response) => {
    middleware?.(incoming, response, () => {
      if (incoming.url?.startsWith('/api/cases/') === true) {
        Object.assign(incoming, { baseUrl: '/api', route: { path: '/cases/:id' } });
        noteCrossed('facts', new Headers({ 'x-factsway-crossed': 'facts@1.0.0' }));
        response.end(currentContext()?.requestId);
        return;
      }
      response.statusCode = 404;
      response.end();
    });
  });
  return { server, use: (added: Middleware) => (middleware = added) };
}

describe('useExpress', () => {
  it('adds endpoints, context and metrics labelled with the route template', async () => {
    const lines: string[] = [];
    const platform = createPlatform({
      service: 'records-service',
      version: '1.0.0',
      checks: {},
      env: { LOG_LEVEL: 'info' },
      logDestination: { write: (line) => void lines.push(line) },
    });
    const app = expressLike();
    useExpress(app, platform);
    await new Promise<void>((resolve) => app.server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

    expect((await fetch(`${base}/metrics`)).status).toBe(503);
    platform.health.markStarted();
    const ready = await fetch(`${base}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ok' }]);
    const head = await fetch(`${base}/health/ready`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(ready.headers.get('x-factsway-crossed')).toBe('records@1.0.0');
    expect(head.headers.get('content-type')).toBe(ready.headers.get('content-type'));
    expect(head.headers.get('content-length')).toBe(ready.headers.get('content-length'));
    const found = await fetch(`${base}/api/cases/42?x=1`, { headers: { 'x-request-id': 'q-1' } });
    expect([found.headers.get('x-request-id'), await found.text()]).toEqual(['q-1', 'q-1']);
    expect(found.headers.get('x-factsway-crossed')).toBe('records@1.0.0, facts@1.0.0');
    await (await fetch(`${base}/wp-admin.php`)).text();

    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toContain(
      'http_requests_total{method="GET",endpoint="/api/cases/:id",status="200"} 1\n',
    );
    expect(text).toContain(
      'http_requests_total{method="GET",endpoint="__unmatched__",status="404"} 1\n',
    );
    expect(text).not.toContain('wp-admin');
    expect(lines.join('')).toContain('"request_id":"q-1"');
    app.server.closeAllConnections();
    app.server.close();
  });
});
