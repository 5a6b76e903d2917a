import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Http, HttpRequest, HttpResponse } from '../ports/http.ts';

const DEFAULT_TIMEOUT_MS = 5000;

export const nodeHttp: Http = {
  request: (request: HttpRequest) =>
    new Promise<HttpResponse>((resolve, reject) => {
      const url = new URL(request.url);
      const secure = url.protocol === 'https:';
      const options: RequestOptions & { servername?: string; ca?: string } = {
        method: request.method ?? 'GET',
        host: request.connectTo ?? url.hostname,
        port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
        path: `${url.pathname}${url.search}`,
        headers: { host: url.host, ...request.headers },
        ...(secure ? { servername: url.hostname } : {}),
        ...(secure && request.ca !== undefined ? { ca: request.ca } : {}),
        agent: false,
      };
      const message = (secure ? httpsRequest : httpRequest)(options, (response) => {
        collect(response).then(resolve, reject);
      });
      message.setTimeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS, () =>
        message.destroy(
          new Error(`no answer within ${request.timeoutMs ?? DEFAULT_TIMEOUT_MS} ms`),
        ),
      );
      message.once('error', reject);
      message.end(request.body);
    }),
};

async function collect(response: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return {
    status: response.statusCode ?? 0,
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
