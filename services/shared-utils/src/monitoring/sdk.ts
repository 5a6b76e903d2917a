import type * as Core from '@sentry/core';
import type * as Node from '@sentry/node';
import http from 'node:http';
import https from 'node:https';

/** What of Sentry's SDK is used. */
export type Sdk = typeof Node & Pick<typeof Core, 'serializeEnvelope' | 'parseEnvelope'>;

/** An attempt takes no longer, whatever the other end does. */
const ANSWER_MS = 10_000;

type TransportOptions = Parameters<typeof Node.makeNodeTransport>[0];

/** Loads the SDK, which a service without a DSN never does. */
export async function loadSdk(): Promise<Sdk> {
  const [node, { serializeEnvelope, parseEnvelope }] = await Promise.all([
    import('@sentry/node'),
    import('@sentry/core'),
  ]);
  return { ...node, serializeEnvelope, parseEnvelope };
}

/** The SDK's own way to the ingest, proxies included, with an end to every request: by itself it waits for ever. */
export function transportTo(sdk: Sdk, options: TransportOptions): Core.Transport {
  const module = options.url.startsWith('https:') ? https : http;
  return sdk.makeNodeTransport({ ...options, httpModule: withDeadline(module) });
}

/** Category of the ingest's rate limits; undefined for what we never send. */
export function categoryOf(envelope: Core.Envelope): string | undefined {
  const type = envelope[1][0][0].type;
  if (type === 'event') return 'error';
  return type === 'transaction' ? type : undefined;
}

function withDeadline(
  module: typeof http | typeof https,
): NonNullable<TransportOptions['httpModule']> {
  return {
    request(options, callback) {
      const request = module.request(options as http.RequestOptions, callback as never);
      const timer = setTimeout(() => {
        request.destroy(new Error('no answer in time'));
      }, ANSWER_MS).unref();
      request.once('close', () => {
        clearTimeout(timer);
      });
      return request;
    },
  };
}
