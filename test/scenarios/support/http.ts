import { readFileSync } from 'node:fs';
import { request } from 'node:https';

export type Answer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};

/** One request through the edge over TLS, trusting its own root certificate and nothing else. */
export function throughEdge(
  url: string,
  caFile: string,
  options: {
    method?: string;
    body?: unknown;
    headers?: Record<string, string>;
    /** The address to connect to, whatever the name leads to. */
    at?: string;
  } = {},
): Promise<Answer> {
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const message = request(
      url,
      {
        method: options.method ?? 'GET',
        ca: readFileSync(caFile),
        agent: false,
        ...(options.at === undefined
          ? {}
          : { hostname: options.at, servername: new URL(url).hostname }),
        headers: {
          host: new URL(url).host,
          ...(body === undefined
            ? {}
            : {
                'content-type': 'application/json',
                'content-length': String(Buffer.byteLength(body)),
              }),
          ...options.headers,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      },
    );
    message.setTimeout(20_000, () => message.destroy(new Error('no answer within 20 s')));
    message.on('error', reject);
    message.end(body);
  });
}
