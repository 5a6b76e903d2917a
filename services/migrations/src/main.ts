import { createLogger, type Logger } from '../../shared-utils/src/logger.ts';
import { parseCommand, readConfig } from './config.ts';
import { exitCodeOf, MigrateError, resultOf, type MigrateResult } from './result.ts';
import { runCommand } from './run.ts';
import { codeOf, type Interrupt } from './session.ts';

declare const FACTSWAY_BUILD_VERSION: string | undefined;

/** The release this program was built for; outside of a bundle, the one the environment names. */
const buildVersion =
  typeof FACTSWAY_BUILD_VERSION === 'string'
    ? FACTSWAY_BUILD_VERSION
    : (process.env['APP_VERSION'] ?? '0.0.0');

const interrupt: Interrupt = { requested: false, cancel: undefined };

async function main(): Promise<MigrateResult> {
  const args = process.argv.slice(2);
  const facts = { command: args[0] ?? '', version: buildVersion };
  let logger: Logger = createLogger({ service: 'migrations', version: buildVersion });
  try {
    const command = parseCommand(args);
    const config = readConfig(process.env, buildVersion);
    logger = createLogger({
      service: 'migrations',
      version: config.version,
      level: config.logLevel,
      secrets: [config.password],
    });
    stopOnSignals(logger);
    return await runCommand(command, config, logger, interrupt);
  } catch (error) {
    if (error instanceof MigrateError) return resultOf(facts, error);
    logger.fatal({ err: error }, 'unexpected error');
    const reason = error instanceof Error ? error.message : 'unknown error';
    const failed = { migration: null, reason, sqlState: null, detail: codeOf(error) };
    const hint = 'Look at the log lines above; run status before anything else.';
    return resultOf(facts, new MigrateError('FW-MIGRATION-FAILED', reason, hint, failed), false);
  }
}

/** As process 1 of a container nothing stops us unless we listen; a stop must put things back. */
function stopOnSignals(logger: Logger): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      logger.warn({ signal }, 'asked to stop');
      interrupt.requested = true;
      interrupt.cancel?.().catch((error: unknown) => {
        logger.warn({ err: error }, 'the running statement could not be cancelled');
      });
    });
  }
}

const result = await main();
process.exitCode = exitCodeOf(result);
process.stdout.write(`${JSON.stringify(result)}\n`);
