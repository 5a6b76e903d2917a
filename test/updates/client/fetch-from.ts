import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { UpdateServer } from './update-server.ts';

export type Fetched = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** One request without a client's rules around it; `name` relative to the server's base. */
export async function fetchFrom(
  { url, ca }: Pick<UpdateServer, 'url' | 'ca'>,
  name: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Fetched> {
  const target = new URL(name, url.endsWith('/') ? url : `${url}/`);
  const send = target.protocol === 'http:' ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const trust = ca === undefined ? {} : { ca };
    const request = send(target, { method, headers, agent: false, ...trust }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const pairs = Object.entries(response.headers);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(pairs.map(([key, value]) => [key, String(value)])),
          body: Buffer.concat(chunks),
        });
      });
    });
    request.on('error', reject);
    request.end();
  });
}
