import type { Answer, EdgeRequest } from './answer.ts';

/** What is in the cache, as this request wants it; undefined where only the origin can say it (a range there is not). */
export function fromWhole(whole: Answer, { headers, method }: EdgeRequest): Answer | undefined {
  const etag = whole.headers['etag'];
  if (etag !== undefined && headers['if-none-match'] === etag)
    return { status: 304, headers: whole.headers, body: Buffer.alloc(0) };
  const condition = headers['if-range'];
  const range = /^bytes=(\d*)-(\d*)$/.exec(headers['range'] ?? '');
  const isWhole = range === null || (condition !== undefined && condition !== etag);
  if (isWhole || method !== 'GET') return whole;
  const size = whole.body.length;
  const [, first = '', last = ''] = range;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (from >= size || to < from) return undefined;
  const body = whole.body.subarray(from, to + 1);
  const partial = {
    ...whole.headers,
    'content-range': `bytes ${from}-${to}/${size}`,
    'content-length': String(body.length),
  };
  return { status: 206, headers: partial, body };
}
