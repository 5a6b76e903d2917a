import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { CROSSED_HEADER, crossedEntry } from '../../shared-utils/src/crossed.ts';
import { observe } from '../../shared-utils/src/fastify.ts';
import type { Platform } from '../../shared-utils/src/platform.ts';
import { contextFromHeaders } from '../../shared-utils/src/request-context.ts';
import { Problem } from './problem.ts';

/** Longer than any request line Node reads: an id that is too long is a 404 like every other that is none. */
const MAX_PARAM_LENGTH = 65_536;

/** What a request that is not even HTTP is answered; the rest is 400. Source: Node's own answers. */
const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/**
 * Options for `Fastify(...)`: requests that reach no route and no hook, because their address or
 * their bytes cannot be read, are answered in the shape of every other error.
 */
export function refusals(platform: Platform) {
  return {
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
      observe(platform, request, reply);
      const problem = new Problem(error.statusCode ?? 400, 'invalid', 'The address is not valid.');
      const { requestId } = platform.contextOf(request.raw);
      void reply.code(problem.status).send(bodyOf(problem, requestId));
    },
    clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket): void {
      // The client is gone: there is nobody to answer.
      if (error.code === 'ECONNRESET' || socket.destroyed) return;
      const status = STATUS_OF[error.code ?? ''] ?? 400;
      const problem = new Problem(status, 'invalid', 'The request could not be read.');
      platform.logger.debug({ code: error.code, status }, 'a request could not be read');
      if (socket.writable)
        socket.write(rawAnswer(problem, crossedEntry(platform.service, platform.version)));
      socket.destroy();
    },
  };
}

/** The body of every answer that is not a success. */
export function bodyOf(problem: Problem, requestId: string) {
  const { code, message, fields } = problem;
  return {
    error: { code, message, ...(fields.length === 0 ? {} : { fields }) },
    request_id: requestId,
  };
}

/** A whole HTTP answer: there is no response object before a request has been read. */
function rawAnswer(problem: Problem, crossed: string): string {
  const body = JSON.stringify(bodyOf(problem, contextFromHeaders({}).requestId));
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'Connection: close',
    `${CROSSED_HEADER}: ${crossed}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
