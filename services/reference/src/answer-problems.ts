import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Platform } from '../../shared-utils/src/platform.ts';
import { Problem } from './problem.ts';
import { bodyOf } from './refusals.ts';

/** A database client may try again after this many seconds. */
const RETRY_AFTER_SECONDS = '2';

/** SQLSTATEs a request can cause. Source: PostgreSQL manual, appendix A. */
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/** Every answer that is not a success has one shape: `{error: {code, message, fields?}, request_id}`. */
export function answerProblems(app: FastifyInstance, platform: Platform): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemFrom(error, request.method);
    const { requestId } = platform.contextOf(request.raw);
    if (problem.status >= 500) {
      const err = problem.cause instanceof Error ? problem.cause : error;
      platform.logger.error({ err, code: problem.code }, 'request failed');
    }
    if (problem.status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (problem.status === 413) readToTheEnd(request, reply);
    return reply.code(problem.status).send(bodyOf(problem, requestId));
  });
  app.setNotFoundHandler((request, reply) => {
    const { requestId } = platform.contextOf(request.raw);
    return reply
      .code(404)
      .send(bodyOf(new Problem(404, 'not_found', 'No such address.'), requestId));
  });
}

/**
 * A client that is still sending when the connection closes sees a broken connection and no answer.
 * So the rest is read and dropped; the request timeout bounds it.
 */
function readToTheEnd(request: FastifyRequest, reply: FastifyReply): void {
  void reply.removeHeader('connection');
  request.raw.resume();
}

/** What a thrown value means to the client; nothing internal leaks into the answer. */
export function problemFrom(error: unknown, method: string): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  switch (code) {
    case UNIQUE_VIOLATION:
      return new Problem(409, 'conflict', 'An entry with these values already exists.', []);
    case FOREIGN_KEY_VIOLATION:
      return method === 'DELETE'
        ? new Problem(409, 'in_use', 'Other entries refer to this one.')
        : new Problem(400, 'invalid', 'The request is not valid.', [
            { field: referringColumn(error), problem: 'names an entry that does not exist' },
          ]);
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem(413, 'too_large', 'The request body is too large.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem(415, 'unsupported_media_type', 'Send application/json.');
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new Problem(statusCode, 'invalid', 'The request could not be read.');
  }
  return new Problem(500, 'internal', 'Something went wrong here.', [], error);
}

/** Postgres names the constraint `<table>_<column>_fkey`. */
function referringColumn(error: unknown): string {
  const { table, constraint } = error as { table?: unknown; constraint?: unknown };
  if (typeof table !== 'string' || typeof constraint !== 'string') return '';
  return constraint.replace(`${table}_`, '').replace(/_fkey$/, '');
}
