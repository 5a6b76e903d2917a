import pg from 'pg';
import type { Logger } from '../../shared-utils/src/logger.ts';
import type { MigrateConfig } from './config.ts';
import { MigrateError } from './result.ts';

/** Names our advisory lock among all others of the database: "FACT" in ASCII. */
const LOCK_ID = BigInt(0x46414354).toString();
const RETRY_MS = 500;

/** Errors that time may heal: nobody listens yet, or Postgres is starting, stopping or full. */
const TRANSIENT = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08001',
]);

/** Lets a signal end waiting and cancel the statement that is running. */
export interface Interrupt {
  requested: boolean;
  /** Cancels what runs now; set while a session is open. */
  cancel: (() => Promise<void>) | undefined;
}

/**
 * Connects as the owner role, waiting for Postgres up to the configured time.
 *
 * @throws MigrateError FW-DB-UNREACHABLE when the time is over, FW-DB-REFUSED when Postgres answers
 *   and says no (password, role, database), FW-MIGRATION-INTERRUPTED
 */
export async function openSession(
  config: MigrateConfig,
  logger: Logger,
  interrupt: Interrupt,
): Promise<pg.Client> {
  const deadline = performance.now() + config.connectTimeoutMs;
  for (let attempt = 1; ; attempt += 1) {
    refuseIfInterrupted(interrupt);
    try {
      return await connect(config, interrupt);
    } catch (error) {
      const code = codeOf(error);
      if (!TRANSIENT.has(code)) throw refused(config, error, code);
      if (performance.now() >= deadline) throw unreachable(config, code);
      if (attempt === 1) {
        logger.info({ host: config.host, port: config.port, code }, 'waiting for Postgres');
      }
      await sleep(RETRY_MS);
    }
  }
}

async function connect(config: MigrateConfig, interrupt: Interrupt): Promise<pg.Client> {
  const client = new pg.Client(connectionOf(config));
  // A connection that breaks between queries reports here; the next query fails and says so.
  client.on('error', () => undefined);
  await client.connect();
  // Lets the server notice within seconds that a killed run is gone, and free its lock.
  await client.query(`SET client_connection_check_interval = '2s'`).catch(() => undefined);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const pid = rows[0]?.pid;
  interrupt.cancel = async () => {
    const other = new pg.Client(connectionOf(config));
    await other.connect();
    await other.query('SELECT pg_cancel_backend($1)', [pid]);
    await other.end();
  };
  return client;
}

function connectionOf(config: MigrateConfig): pg.ClientConfig {
  return {
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    password: config.password,
    ssl: config.tls,
    application_name: 'factsway-migrate',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  };
}

/**
 * Takes the advisory lock, waiting while another run holds it.
 *
 * @throws MigrateError FW-MIGRATION-LOCKED after the configured wait
 */
export async function takeLock(
  client: pg.Client,
  config: MigrateConfig,
  logger: Logger,
  interrupt: Interrupt,
): Promise<void> {
  const deadline = performance.now() + config.lockWaitMs;
  for (let attempt = 1; ; attempt += 1) {
    refuseIfInterrupted(interrupt);
    const { rows } = await client.query<{ held: boolean }>(
      `SELECT pg_try_advisory_lock(${LOCK_ID}) AS held`,
    );
    if (rows[0]?.held === true) return;
    if (performance.now() >= deadline) {
      throw new MigrateError(
        'FW-MIGRATION-LOCKED',
        'Another migration run holds the lock and did not finish in time.',
        'Wait for it, or look at pg_stat_activity for application_name factsway-migrate.',
      );
    }
    if (attempt === 1) logger.info('another migration run is under way, waiting for it');
    await sleep(RETRY_MS);
  }
}

/** Is the connection still good? Ends a failed transaction as a side effect. */
export async function recover(client: pg.Client): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

function refuseIfInterrupted(interrupt: Interrupt): void {
  if (!interrupt.requested) return;
  throw new MigrateError('FW-MIGRATION-INTERRUPTED', 'Stopped by a signal.', 'Run it again.');
}

/** The answer to a connection that broke before anything was changed; undefined for other errors. */
export function lostConnection(config: MigrateConfig, error: unknown): MigrateError | undefined {
  const code = codeOf(error);
  if (!TRANSIENT.has(code)) return undefined;
  return new MigrateError(
    'FW-DB-UNREACHABLE',
    `The connection to Postgres at ${config.host}:${config.port} broke (${code}); nothing was changed.`,
    'Is PostgreSQL running, and can this container reach it? Then run it again.',
  );
}

function unreachable(config: MigrateConfig, code: string): MigrateError {
  const seconds = config.connectTimeoutMs / 1000;
  return new MigrateError(
    'FW-DB-UNREACHABLE',
    `Postgres at ${config.host}:${config.port} did not answer within ${seconds} s (${code}).`,
    'Is PostgreSQL running, and can this container reach it?',
  );
}

function refused(config: MigrateConfig, error: unknown, code: string): MigrateError {
  const reason = error instanceof Error ? error.message : 'unknown';
  return new MigrateError(
    'FW-DB-REFUSED',
    `Postgres at ${config.host}:${config.port} refused ${config.user} on ${config.database}: ${reason} (${code}).`,
    'Compare the role, its password file and the database name with those of the server.',
  );
}

/** `code` of an error, or of the first of several (a host name with several addresses). */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  // pg gives its own timeouts and terminated connections no code.
  const text = error instanceof Error ? error.message : '';
  return /timeout|terminated|not queryable/i.test(text) ? 'ETIMEDOUT' : 'unknown';
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
