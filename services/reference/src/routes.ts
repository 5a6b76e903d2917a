import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Platform } from '../../shared-utils/src/platform.ts';
import type { Audit } from './audit.ts';
import { decodeCursor } from './cursor.ts';
import type { Database } from './database.ts';
import { invalid, notFound, Problem } from './problem.ts';
import {
  createRepository,
  queryNames,
  type Creation,
  type Idempotency,
  type Page,
} from './repository.ts';
import type { Field, Item, Resource } from './resource.ts';
import { isUuid, problemOf, validateBody } from './validate.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,250}$/;

/** Completes a body before it is validated, say from another service. */
export type Prepare = (body: unknown) => Promise<unknown>;

/** POST, GET (list), GET, PUT and DELETE of one resource under `/api/<path>`. */
export function registerResource(
  app: FastifyInstance,
  platform: Platform,
  db: Database,
  resource: Resource,
  {
    prepare,
    audit,
  }: { readonly prepare?: Prepare | undefined; readonly audit?: Audit | undefined },
): void {
  const base = `/api/${resource.path}`;
  const rows = createRepository(db, resource, audit);
  platform.metrics.declareQueries(queryNames(resource));
  const created =
    resource.createdCounter === undefined
      ? undefined
      : platform.metrics.counter(resource.createdCounter);

  const existing = (item: Item | undefined): Item => {
    if (item === undefined) throw notFound(resource.path);
    return item;
  };

  const create = async (sent: unknown, once: Idempotency | undefined): Promise<Creation> => {
    // A repetition is answered from what is here: whoever completes bodies may be away by now, or
    // say something else.
    const earlier =
      prepare === undefined || once === undefined ? undefined : await rows.replay(once);
    if (earlier !== undefined) return earlier;
    const input = validateBody((await prepare?.(sent)) ?? sent, resource);
    return await rows.create(input.id ?? randomUUID(), input.values, once);
  };

  app.post(base, async (request, reply) => {
    const once = idempotencyOf(request, resource);
    const creation = await create(request.body, once);
    switch (creation.outcome) {
      case 'key_reused':
        throw new Problem(409, 'key_reused', 'This key or id was used for another request.');
      case 'gone':
        throw new Problem(410, 'gone', 'This request was applied, and the entry deleted since.');
      case 'replayed':
        void reply.header('idempotency-replayed', 'true');
        return answerCreated(reply, base, creation.item);
      case 'created':
        created?.inc();
        return answerCreated(reply, base, creation.item);
    }
  });
  app.get(base, async (request): Promise<Page> => {
    const { after, limit, filters } = listParameters(request.query, resource.fields);
    return await rows.list(after, limit, filters);
  });
  app.get(`${base}/:id`, async (request) => existing(await rows.find(idOf(request, resource))));
  app.put(`${base}/:id`, async (request) => {
    const id = idOf(request, resource);
    const input = validateBody(request.body, resource);
    if (input.id !== undefined && input.id !== id) {
      throw invalid([{ field: 'id', problem: 'must be the id of the address' }]);
    }
    return existing(await rows.update(id, input.values));
  });
  app.delete(`${base}/:id`, async (request, reply) => {
    if (!(await rows.remove(idOf(request, resource)))) throw notFound(resource.path);
    return reply.code(204).send();
  });
}

/** The id in the address. What is not a UUID cannot name anything, hence 404 and not 400. */
export function idOf(request: FastifyRequest, resource: Resource): string {
  const { id } = request.params as { id?: unknown };
  if (!isUuid(id)) throw notFound(resource.path);
  return id.toLowerCase();
}

function answerCreated(reply: FastifyReply, base: string, item: Item): FastifyReply {
  return reply.code(201).header('location', `${base}/${item.id}`).send(item);
}

/**
 * The Idempotency-Key header, or the id the client chose, makes a POST repeatable. The digest is of
 * what the client sent, in the order of the resource's fields.
 */
function idempotencyOf(request: FastifyRequest, resource: Resource): Idempotency | undefined {
  const sent = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const id = isUuid(sent['id']) ? sent['id'].toLowerCase() : null;
  const header = request.headers['idempotency-key'];
  if (header === undefined && id === null) return undefined;
  if (header !== undefined && !IDEMPOTENCY_KEY.test(String(header))) {
    throw invalid([{ field: 'idempotency-key', problem: 'must be 1 to 250 printable characters' }]);
  }
  const key = header === undefined ? `id:${String(id)}` : `key:${String(header)}`;
  const values = resource.fields.map((field) => sent[field.name] ?? null);
  const digest = createHash('sha256').update(JSON.stringify([id, values]));
  return { key, requestSha256: digest.digest('hex') };
}

function listParameters(query: unknown, fields: readonly Field[]) {
  const { cursor, limit = String(DEFAULT_LIMIT), ...rest } = query as Record<string, unknown>;
  const problems: { field: string; problem: string }[] = [];
  const after =
    cursor === undefined ? 0 : typeof cursor === 'string' ? decodeCursor(cursor) : undefined;
  if (after === undefined) problems.push({ field: 'cursor', problem: 'is not one of ours' });
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > MAX_LIMIT) {
    problems.push({ field: 'limit', problem: `must be a whole number from 1 to ${MAX_LIMIT}` });
  }
  const filters: [string, unknown][] = [];
  for (const [name, value] of Object.entries(rest)) {
    const field = fields.find((candidate) => candidate.name === name && candidate.filter === true);
    const problem =
      field === undefined ? 'is not a parameter of this list' : problemOf(field, value);
    if (problem !== undefined) problems.push({ field: name.slice(0, 100), problem });
    else filters.push([name, value]);
  }
  if (problems.length > 0) throw invalid(problems);
  return { after: after ?? 0, limit: count, filters };
}
