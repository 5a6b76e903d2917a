import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../../shared-utils/src/logger.ts';
import { createPlatform } from '../../shared-utils/src/platform.ts';
import { createApp } from './app.ts';
import { AUDIT_SINCE } from './audit.ts';
import { startAuditVerifier } from './audit-verifier.ts';
import { ConfigError, readConfig, type ServiceConfig } from './config.ts';
import { openDatabase, type PooledDatabase } from './database.ts';
import { createSchemaCheck } from './schema-check.ts';
import { BUILD_VERSION, isSince } from './version.ts';

declare const FACTSWAY_SCHEMA_HEAD: string | undefined;

/** sysexits.h EX_CONFIG: the environment is wrong; starting again will not help. */
const EXIT_CONFIG = 78;
/** sysexits.h EX_OSERR: the port is taken, or the like. */
const EXIT_OS = 71;

/** The last migration of this release; unknown when running from source. */
const SCHEMA_HEAD = typeof FACTSWAY_SCHEMA_HEAD === 'string' ? FACTSWAY_SCHEMA_HEAD : undefined;

async function start(config: ServiceConfig): Promise<void> {
  const checks = {
    database: () => db.ping(),
    schema: () => checkSchema(),
  };
  const platform = createPlatform({
    service: config.service,
    version: config.version,
    checks,
    secrets: [config.database.password],
  });
  const db: PooledDatabase = openDatabase(config.database, platform.metrics, platform.logger);
  const checkSchema = createSchemaCheck(db, SCHEMA_HEAD);
  platform.metrics.declareQueries(['ping', 'schema']);

  const app = createApp(config, platform, db);
  // A build from before the audit log has nothing to go through, whatever the environment says.
  const verifier =
    config.verifiesAudit && isSince(AUDIT_SINCE, config.version)
      ? startAuditVerifier(db, platform.metrics, platform.logger)
      : undefined;
  platform.guard(app.server, () => {
    verifier?.stop();
    return db.close();
  });
  await app.ready();
  await listen(app.server, config.port).catch((error: unknown) => {
    platform.logger.fatal({ err: error, port: config.port }, 'cannot listen');
    process.exit(EXIT_OS);
  });
  await sleep(config.faults?.start_delay_ms ?? 0);
  platform.health.markStarted();
  platform.logger.info({ port: config.port }, 'started');
}

/** Node's own listen: Fastify's would write a line for every address of the machine. */
function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Every interface: inside a container the network decides who may come.
    server.listen({ host: '0.0.0.0', port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function readConfigOrExit(): ServiceConfig {
  try {
    return readConfig(process.env, BUILD_VERSION);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const service = `${process.env['SERVICE_NAME'] ?? 'unknown'}-service`;
    const version = BUILD_VERSION ?? process.env['APP_VERSION'] ?? 'unknown';
    createLogger({ service, version }).fatal(
      { variable: error.variable },
      `cannot start: ${error.message}`,
    );
    process.exit(EXIT_CONFIG);
  }
}

await start(readConfigOrExit());
