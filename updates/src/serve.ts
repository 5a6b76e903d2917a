import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  CACHE_CONTROL,
  CONTENT_TYPES,
  RETRY_AFTER_SECONDS,
  servedAs,
  type Served,
} from '../../installer/src/model/updates/protocol.ts';
import { whoAsks } from './client-address.ts';
import { openFile, servedName, type OpenFile } from './files.ts';
import { createLimiter, type Limit } from './limiter.ts';
import { rangesOf } from './ranges.ts';
import { refuse, sendFile, type Headers } from './respond.ts';

export type Limits = Readonly<Record<Served, Limit>>;

/**
 * Per address. A client asks for its manifest once a day and in a storm of retries four times a minute; the changed
 * blocks of an installer are up to a hundred requests. Behind one address there may be an office.
 */
export const LIMITS: Limits = {
  manifest: { requests: 300, seconds: RETRY_AFTER_SECONDS.manifest },
  installer: { requests: 3000, seconds: RETRY_AFTER_SECONDS.installer },
};

/** Clients a load balancer may have behind it; and as much as one may gain that only says it is one. */
const CLIENTS_BEHIND = 20;
const behindOne = ({ requests, seconds }: Limit): Limit => ({
  requests: requests * CLIENTS_BEHIND,
  seconds,
});

export type Serving = {
  readonly directory: string;
  readonly limits: Limits;
  /** Milliseconds. */
  readonly now: () => number;
  /** Something of the server's own went wrong. */
  readonly onFailure: (name: string, error: unknown) => void;
};

/** Answers whatever an app asks of an update server (spec 07), from a directory. */
export function createServing({
  directory,
  limits,
  now,
  onFailure,
}: Serving): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const within = {
    manifest: createLimiter(limits.manifest),
    installer: createLimiter(limits.installer),
  };
  const behind = {
    manifest: createLimiter(behindOne(limits.manifest)),
    installer: createLimiter(behindOne(limits.installer)),
  };
  const isWithin = (kind: Served, request: IncomingMessage): boolean => {
    const { peer, client } = whoAsks(request);
    if (client !== peer && !behind[kind](peer, now())) return false;
    return within[kind](client, now());
  };
  return async (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const kind = servedAs(path);
    // Read to the end in any case: what is left over would be taken for the next request.
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'methodNotAllowed', { Allow: 'GET, HEAD' });
      return;
    }
    if (!isWithin(kind, request)) {
      const after = { 'Retry-After': RETRY_AFTER_SECONDS[kind] };
      refuse(response, 429, kind === 'manifest' ? 'manifestTooMany' : 'installerTooMany', after);
      return;
    }
    const name = path.slice(1);
    let file: OpenFile | undefined;
    try {
      file = servedName(name) === undefined ? undefined : await openFile(directory, name);
    } catch (error) {
      onFailure(name, error);
      refuse(response, 503, 'unavailable');
      return;
    }
    if (file === undefined) {
      refuse(response, 404, kind === 'manifest' ? 'manifestNotFound' : 'installerNotFound');
      return;
    }
    try {
      await answer(request, response, file, kind);
    } finally {
      await file.handle.close();
    }
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  file: OpenFile,
  kind: Served,
): Promise<void> {
  const headers: Headers = {
    ETag: file.etag,
    'Last-Modified': file.modified.toUTCString(),
    'Cache-Control': CACHE_CONTROL[kind],
    'Accept-Ranges': 'bytes',
  };
  if (isKnown(request, file)) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const ranges = isSame(request.headers['if-range'], file)
    ? rangesOf(request.headers.range, file.size)
    : 'whole';
  if (ranges === 'none') {
    refuse(response, 416, 'rangeNotSatisfiable', { 'Content-Range': `bytes */${file.size}` });
    return;
  }
  await sendFile(response, file, ranges, { 'Content-Type': CONTENT_TYPES[kind], ...headers });
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Whether the client has what it would get; the ETag counts where both are asked (RFC 9110, 13.2.2). */
function isKnown({ headers }: IncomingMessage, { etag, modified }: OpenFile): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined)
    return tags
      .split(',')
      .map((tag) => tag.trim().replace(/^W\//, ''))
      .some((tag) => tag === '*' || tag === etag);
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && seconds(modified.getTime()) <= seconds(since);
}

/** Whether a piece would fit to what the client has of the file. */
function isSame(condition: string | string[] | undefined, { etag, modified }: OpenFile): boolean {
  if (condition === undefined) return true;
  return condition === etag || condition === modified.toUTCString();
}
