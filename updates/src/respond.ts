import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CACHE_CONTROL,
  CONTENT_TYPES,
  ERROR_BODIES,
} from '../../installer/src/model/updates/protocol.ts';
import type { ByteRange } from './ranges.ts';

export type Headers = Readonly<Record<string, string | number>>;

/** Methods that others may use against a file server, and nobody against this one. */
const NOT_ALLOWED = { error: 'Method not allowed', code: 'METHOD_NOT_ALLOWED' } as const;
const BODIES = { ...ERROR_BODIES, methodNotAllowed: NOT_ALLOWED } as const;

/** What is not answered with a file: JSON, and never from a cache. */
export function refuse(
  response: ServerResponse,
  status: number,
  body: keyof typeof BODIES,
  headers: Headers = {},
): void {
  const text = JSON.stringify(BODIES[body]);
  response.writeHead(status, {
    ...headers,
    'Content-Type': CONTENT_TYPES.error,
    'Cache-Control': CACHE_CONTROL.error,
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

/** Pieces of an open file, one after the other; the connection decides how fast. */
async function* bytesOf(handle: FileHandle, ranges: readonly ByteRange[], parts?: Parts) {
  for (const [at, { start, end }] of ranges.entries()) {
    if (parts) yield parts.before[at] ?? '';
    if (start <= end) yield* handle.createReadStream({ start, end, autoClose: false });
  }
  if (parts) yield parts.end;
}

type Parts = {
  readonly boundary: string;
  readonly before: readonly string[];
  readonly end: string;
};

/** What stands between the pieces where several are asked for at once (RFC 9110, 14.6). */
function partsOf(ranges: readonly ByteRange[], size: number): Parts {
  const boundary = randomBytes(16).toString('hex');
  const before = ranges.map(
    ({ start, end }, at) =>
      `${at === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${CONTENT_TYPES.installer}\r\nContent-Range: bytes ${start}-${end}/${size}\r\n\r\n`,
  );
  return { boundary, before, end: `\r\n--${boundary}--\r\n` };
}

/** The file, or the pieces of it that were asked for. A client that goes away in the middle is no error. */
export async function sendFile(
  response: ServerResponse,
  { handle, size }: { readonly handle: FileHandle; readonly size: number },
  ranges: readonly ByteRange[] | 'whole',
  headers: Headers,
): Promise<void> {
  const wanted = ranges === 'whole' ? [{ start: 0, end: size - 1 }] : ranges;
  const [only] = wanted;
  const parts = wanted.length > 1 ? partsOf(wanted, size) : undefined;
  const content = wanted.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  const between = parts ? Buffer.byteLength([...parts.before, parts.end].join('')) : 0;
  response.writeHead(ranges === 'whole' ? 200 : 206, {
    ...headers,
    'Content-Length': content + between,
    ...(parts ? { 'Content-Type': `multipart/byteranges; boundary=${parts.boundary}` } : {}),
    ...(ranges !== 'whole' && !parts && only
      ? { 'Content-Range': `bytes ${only.start}-${only.end}/${size}` }
      : {}),
  });
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(Readable.from(bytesOf(handle, wanted, parts)), response).catch(() => undefined);
}
