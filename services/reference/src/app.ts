import Fastify, { type FastifyInstance } from 'fastify';
import { fastifyOptions, useFastify } from '../../shared-utils/src/fastify.ts';
import type { Platform } from '../../shared-utils/src/platform.ts';
import { answerProblems } from './answer-problems.ts';
import { createAudit } from './audit.ts';
import type { ServiceConfig } from './config.ts';
import type { PooledDatabase } from './database.ts';
import { registerDocumentRoute, titleFromDraft } from './export-routes.ts';
import { registerFaults } from './fault-routes.ts';
import { refusals } from './refusals.ts';
import { resourceAt } from './resource.ts';
import { registerResource } from './routes.ts';

/** A client may take this long to send a request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 60_000;

/** The HTTP application of one service, not yet listening. */
export function createApp(
  config: ServiceConfig,
  platform: Platform,
  db: PooledDatabase,
): FastifyInstance {
  const app = Fastify({
    ...fastifyOptions(platform),
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...refusals(platform),
  });
  readJsonOnly(app);
  useFastify(app, platform);
  answerProblems(app, platform);
  if (config.faults !== undefined) registerFaults(app, platform, db, config.faults);

  const audit = createAudit(config.service, config.version);
  const isExport = config.definition.name === 'export';
  for (const definition of config.definition.resources) {
    const resource = resourceAt(definition, config.version);
    const prepare = isExport ? titleFromDraft(config.peers) : undefined;
    registerResource(app, platform, db, resource, { prepare, audit });
    if (isExport) registerDocumentRoute(app, platform, db, resource, config.exportMsPerPage, audit);
  }
  return app;
}

/** Anything but JSON is 415. */
function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      // Many clients send the type with every request, also with those that have no body.
      if (body === '') done(null, undefined);
      else void parse(request, body, done);
    },
  );
}
