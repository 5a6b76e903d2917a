import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CACHE_CONTROL,
  CONTENT_TYPES,
  ERROR_BODIES,
  RETRY_AFTER_SECONDS,
  servedAs,
  type Served,
} from '../../../installer/src/model/updates/protocol.ts';
import { sha512Of } from './release-files.ts';
import type { UpdateServer } from './update-server.ts';

/** What is wrong with a server, so that the cases can be seen to notice. */
export type Defect =
  | 'stale manifest'
  | 'ignores ranges'
  | 'ignores if-range'
  | '403 for a missing file'
  | 'error is no json'
  | 'one retry-after for all'
  | 'sees the query'
  | 'cuts files short';

export type MemoryServer = UpdateServer & { close(): Promise<void> };

type State = {
  readonly files: Map<string, Buffer>;
  readonly first: Map<string, Buffer>;
  readonly defect: Defect | undefined;
  tooMany: Served | undefined;
  isDown: boolean;
};

function fail(response: ServerResponse, state: State, status: number, body: object): void {
  const isJson = state.defect !== 'error is no json';
  response.statusCode = status;
  response.setHeader('content-type', isJson ? CONTENT_TYPES.error : 'text/html');
  response.end(isJson ? JSON.stringify(body) : '<h1>Error</h1>');
}

function refuseTooMany(response: ServerResponse, state: State, kind: Served): void {
  const like = state.defect === 'one retry-after for all' ? 'manifest' : kind;
  response.setHeader('retry-after', String(RETRY_AFTER_SECONDS[like]));
  const isManifest = like === 'manifest';
  fail(
    response,
    state,
    429,
    isManifest ? ERROR_BODIES.manifestTooMany : ERROR_BODIES.installerTooMany,
  );
}

function send(request: IncomingMessage, response: ServerResponse, state: State, name: string) {
  const kind = servedAs(name);
  const stale = state.defect === 'stale manifest' && kind === 'manifest' ? state.first : undefined;
  const content = stale?.get(name) ?? state.files.get(name);
  if (content === undefined) {
    const status = state.defect === '403 for a missing file' ? 403 : 404;
    const isManifest = kind === 'manifest';
    const body = isManifest ? ERROR_BODIES.manifestNotFound : ERROR_BODIES.installerNotFound;
    fail(response, state, status, body);
    return;
  }
  const etag = `"${sha512Of(content).slice(0, 20)}"`;
  response.setHeader('etag', etag);
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('cache-control', CACHE_CONTROL[kind]);
  response.setHeader('content-type', CONTENT_TYPES[kind]);
  const condition = request.headers['if-range'];
  const isSame =
    condition === undefined || condition === etag || state.defect === 'ignores if-range';
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (range === null || !isSame || state.defect === 'ignores ranges')
    return response.end(state.defect === 'cuts files short' ? content.subarray(0, 900) : content);
  const from = Number(range[1]);
  const to = Math.min(range[2] ? Number(range[2]) : Infinity, content.length - 1);
  response.statusCode = 206;
  response.setHeader('content-range', `bytes ${from}-${to}/${content.length}`);
  return response.end(content.subarray(from, to + 1));
}

/** A server by the book in a few lines, to try the cases themselves on; or one with a defect. */
export async function startMemoryServer(defect?: Defect): Promise<MemoryServer> {
  const state: State = {
    ...{ files: new Map(), first: new Map(), defect },
    ...{ tooMany: undefined, isDown: false },
  };
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const file = defect === 'sees the query' ? name : name.replace(/\?.*/s, '');
    if (state.isDown) fail(response, state, 503, ERROR_BODIES.unavailable);
    else if (state.tooMany === servedAs(file)) refuseTooMany(response, state, state.tooMany);
    else send(request, response, state, file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const tooMany = (kind: Served) => async () => {
    state.tooMany = kind;
    return async () => void (state.tooMany = undefined);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async put(name, content) {
      state.files.set(name, content);
      if (!state.first.has(name)) state.first.set(name, content);
    },
    async clear() {
      state.files.clear();
      state.first.clear();
    },
    tooMany: { manifest: tooMany('manifest'), installer: tooMany('installer') },
    async unavailable() {
      state.isDown = true;
      return async () => void (state.isDown = false);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
