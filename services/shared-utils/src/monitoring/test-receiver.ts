import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it is on the wire: https://opentelemetry.io/docs/specs/otlp/, JSON form. */
export type WireSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
};
type Wire = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: WireSpan['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
};

/**
 * A receiver of OTLP over HTTP for tests: what it was sent, by service; `answer` may be 500, or undefined to hang.
 * @param port any that is free unless said
 */
export async function startReceiver(
  answer: () => number | undefined = () => 200,
  host = '127.0.0.1',
  port = 0,
) {
  const bodies: string[] = [];
  const asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ path: request.url ?? '', headers: request.headers });
      bodies.push(Buffer.concat(chunks).toString('utf8'));
      const status = answer();
      if (status !== undefined)
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const { port: actual } = server.address() as AddressInfo;
  const spans = () =>
    bodies.flatMap((body) =>
      (JSON.parse(body) as Wire).resourceSpans.flatMap(({ resource, scopeSpans }) => {
        const named = resource.attributes.find(({ key }) => key === 'service.name');
        const service = String(named?.value['stringValue']);
        return scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service })));
      }),
    );
  return {
    url: `http://${host}:${actual}`,
    asked,
    bodies,
    spans,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
