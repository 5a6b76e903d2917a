import {
  configureRequestOptions,
  configureRequestUrl,
  HttpExecutor,
  type DownloadOptions,
  type RequestHeaders,
} from 'builder-util-runtime';
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { RequestOptions } from 'node:https';

export type RecordedRequest = {
  /** With its query. */
  readonly path: string;
  readonly range: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  status: number | undefined;
  /** Bytes of the body that arrived. */
  received: number;
};

function plain(headers: RequestHeaders | undefined): Record<string, string> {
  const given = Object.entries(headers ?? {});
  return Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/**
 * What electron-updater does its requests with, over Node instead of Electron's network stack. Everything above it
 * (digests, errors, block maps) is the client's own code.
 */
export class RecordingExecutor extends HttpExecutor<ClientRequest> {
  readonly requests: RecordedRequest[] = [];
  readonly #ca: string | undefined;

  /** `ca`: PEM of an authority to trust besides those of Node. */
  constructor(ca?: string) {
    super();
    this.#ca = ca;
  }

  /** Begins at the first byte, always: what the client does as well where Electron is below it. */
  async download(url: URL, destination: string, options: DownloadOptions): Promise<string> {
    const { cancellationToken } = options;
    return cancellationToken.createPromise<string>((resolve, reject, onCancel) => {
      const requestOptions: RequestOptions = {
        ...(options.headers && { headers: options.headers }),
      };
      configureRequestUrl(url, requestOptions);
      configureRequestOptions(requestOptions);
      const callback = (error: Error | null): void => {
        if (error === null || (error as unknown) === undefined) resolve(destination);
        else reject(error);
      };
      const call = { destination, options, onCancel, callback, responseHandler: null };
      this.doDownload(requestOptions, call, 0);
    });
  }

  override createRequest(
    options: RequestOptions,
    callback: (response: IncomingMessage) => void,
  ): ClientRequest {
    const headers = plain(options.headers as RequestHeaders | undefined);
    const recorded: RecordedRequest = {
      path: options.path ?? '',
      range: headers['range'],
      headers,
      status: undefined,
      received: 0,
    };
    this.requests.push(recorded);
    const send = options.protocol === 'http:' ? requestHttp : requestHttps;
    const trust = this.#ca === undefined ? {} : { ca: this.#ca };
    const request = send({ ...options, ...trust, agent: false }, (response) => {
      recorded.status = response.statusCode;
      // Counted where it is pushed, so that nobody has to listen before the client does.
      const push = response.push.bind(response);
      response.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
        if (chunk !== null) recorded.received += chunk.length;
        return push(chunk, encoding);
      };
      callback(response);
    });
    return request;
  }
}
