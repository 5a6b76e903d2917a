import {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { CLIENT_GONE, PLATFORM_ROUTES, type Platform } from './platform.ts';
import { runInContext } from './request-context.ts';

/** What each method can answer besides the successes: enough for every series to exist at boot. */
const STATUSES: Readonly<Record<string, readonly number[]>> = {
  GET: [200, 400, 404, 500, 503],
  HEAD: [200, 400, 404, 500, 503],
  POST: [200, 201, 400, 404, 409, 413, 415, 500, 503],
  PUT: [200, 400, 404, 409, 413, 415, 500, 503],
  PATCH: [200, 400, 404, 409, 413, 415, 500, 503],
  DELETE: [204, 400, 404, 409, 500, 503],
};

/**
 * Options for `Fastify(...)`: the platform's logger, no second log line per request, and requests
 * that arrive while the server closes are served and not refused.
 */
export function fastifyOptions(platform: Platform) {
  return {
    loggerInstance: platform.logger,
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: false,
  };
}

/**
 * Labels the answer (request id, versions crossed), and counts and logs it once it is out. For answers outside of
 * every hook (`frameworkErrors`); within `useFastify` it happens by itself.
 */
export function observe(platform: Platform, request: FastifyRequest, reply: FastifyReply): void {
  platform.label(request.raw, reply.raw);
  platform.routed(request.raw, request.routeOptions.url);
  // `close` and not onResponse: a client that goes away before the answer must be counted too.
  reply.raw.once('close', () => {
    const status = reply.raw.writableEnded ? reply.raw.statusCode : CLIENT_GONE;
    platform.finished(request.raw, request.routeOptions.url, status);
  });
}

/**
 * Adds the platform to a Fastify application: endpoints, request context, one log line and one
 * observation per request. Call it before the routes are registered: each later route's series
 * then exist at 0 from boot.
 */
export function useFastify(app: FastifyInstance, platform: Platform): void {
  app.addHook('onRoute', (route) => {
    if (route.url in PLATFORM_ROUTES) return;
    for (const method of [route.method].flat()) {
      platform.metrics.declareRoute(method, route.url, STATUSES[method] ?? [200, 500]);
    }
  });
  app.addHook('onRequest', (request, reply, done) => {
    observe(platform, request, reply);
    runInContext(platform.contextOf(request.raw), done);
  });
  for (const path of Object.keys(PLATFORM_ROUTES)) {
    app.get(path, { exposeHeadRoute: true }, async (_request, reply) => {
      const answer = await platform.answer(path);
      if (answer === undefined) return reply.code(404).send();
      return reply.code(answer.statusCode).type(answer.contentType).send(answer.body);
    });
  }
}
