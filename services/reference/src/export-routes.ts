import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Platform } from '../../shared-utils/src/platform.ts';
import type { Audit } from './audit.ts';
import type { ServiceConfig } from './config.ts';
import type { Database } from './database.ts';
import { streamDocx } from './docx.ts';
import { getFromPeer } from './peer.ts';
import { invalid, notFound } from './problem.ts';
import { createQueue } from './queue.ts';
import { createRepository } from './repository.ts';
import type { Resource } from './resource.ts';
import { idOf, type Prepare } from './routes.ts';
import { isUuid } from './validate.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
/** Documents written at the same time; the others wait in the queue, so memory stays bounded. */
const MAX_WRITERS = 8;

/**
 * An export of a draft takes the draft's title from records-service, when no title is given and
 * RECORDS_SERVICE_URL is set.
 */
export function titleFromDraft(peers: ServiceConfig['peers']): Prepare {
  return async (body) => {
    if (typeof body !== 'object' || body === null || !('draft_id' in body)) return body;
    const records = peers['records'];
    if (!isUuid(body.draft_id) || 'title' in body || records === undefined) return body;
    const draft = await getFromPeer('records', records, `/api/drafts/${body.draft_id}`);
    if (draft === undefined) {
      throw invalid([{ field: 'draft_id', problem: 'names a draft that does not exist' }]);
    }
    return { ...body, title: draft['title'] };
  };
}

/** `GET /api/exports/:id/document`: the document, written page by page while the client waits. */
export function registerDocumentRoute(
  app: FastifyInstance,
  platform: Platform,
  db: Database,
  resource: Resource,
  msPerPage: number,
  audit?: Audit,
): void {
  const rows = createRepository(db, resource, audit);
  const queue = createQueue(MAX_WRITERS);
  platform.metrics.gauge(
    {
      name: 'factsway_export_queue_size',
      help: 'Documents waiting to be written, those being written not included.',
    },
    () => queue.waiting(),
  );
  app.get(`/api/${resource.path}/:id/document`, async (request, reply) => {
    // Who only asks how large it is takes nothing along.
    const id = idOf(request, resource);
    const item = await (request.method === 'HEAD' ? rows.find(id) : rows.download(id));
    if (item === undefined) throw notFound(resource.path);
    void reply.type(DOCX).header('content-disposition', `attachment; filename="${item.id}.docx"`);
    // Nobody would read it, so nobody writes it. A stream and not nothing: that would be length 0.
    if (request.method === 'HEAD') return reply.send(Readable.from([]));
    const gone = new AbortController();
    reply.raw.once('close', () => {
      gone.abort();
    });
    const leave = await queue.enter(gone.signal);
    reply.raw.once('close', leave);
    // The client may have left while waiting; then `close` will not come again.
    if (gone.signal.aborted) leave();
    const pages = writePages(Number(item['pages']), msPerPage, gone.signal);
    return reply.send(streamDocx(String(item['title']), pages));
  });
}

async function* writePages(count: number, msPerPage: number, signal: AbortSignal) {
  // Paced by the clock and not by the sum of naps, so that 2000 pages of 10 ms are 20 seconds.
  const begin = performance.now();
  for (let page = 1; page <= count; page += 1) {
    const early = begin + page * msPerPage - performance.now();
    if (early > 1) await sleep(early, undefined, { signal });
    signal.throwIfAborted();
    yield `Page ${page} of ${count}`;
  }
}
