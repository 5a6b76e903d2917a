import pg from 'pg';
import { readSecretFile } from '../../shared-utils/src/secret-file.ts';
import type { Metrics } from '../../shared-utils/src/metrics.ts';
import type { Logger } from '../../shared-utils/src/logger.ts';
import type { DatabaseConfig } from './config.ts';
import { Problem } from './problem.ts';

/** What the routes need of Postgres. */
export interface Database {
  /**
   * Runs one statement. `name` is the `query` label of its duration.
   *
   * @throws Problem 503 when Postgres is away or no connection is free; Postgres' own error
   *   otherwise
   */
  query(
    name: string,
    text: string,
    values?: readonly unknown[],
  ): Promise<readonly Record<string, unknown>[]>;
}

export interface PooledDatabase extends Database {
  /** Resolves when Postgres answers. */
  ping(): Promise<unknown>;
  /** Keeps `count` connections to itself until called with another number. */
  hold(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A free connection must come within this time; a client should hear 503 and not wait. */
const CONNECT_TIMEOUT_MS = 3000;

/** Columns of type bigint hold sizes and sequence numbers far below 2^53. */
const INT8_OID = 20;
/** A date is a day, not a moment: it stays the text it is. */
const DATE_OID = 1082;

/** SQLSTATE classes and codes that say "not now" and not "never". */
const AWAY = /^(08|57P|53|25006)/;

/** Opens a pool. No connection is made until the first query, so Postgres may be down meanwhile. */
export function openDatabase(
  config: DatabaseConfig,
  metrics: Metrics,
  logger: Logger,
): PooledDatabase {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8_OID, Number);
  types.setTypeParser(DATE_OID, String);
  const pool = new pg.Pool({
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    // Read for every connection: a rotated password file is used without a restart.
    password: () =>
      config.passwordFile === undefined ? config.password : readSecretFile(config.passwordFile),
    max: config.poolMax,
    application_name: config.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    statement_timeout: config.statementTimeoutMs,
    keepAlive: true,
    types,
  });
  metrics.trackPool(pool, config.poolMax);
  // An idle connection that breaks would end the process if nobody listened.
  pool.on('error', (error) => {
    metrics.connectionErrors.inc();
    logger.warn({ err: error }, 'an idle database connection broke');
  });
  const held: pg.PoolClient[] = [];

  const connect = async () => {
    try {
      return await pool.connect();
    } catch (error) {
      metrics.connectionErrors.inc();
      throw away(error);
    }
  };
  const query: Database['query'] = async (name, text, values = []) => {
    const begin = performance.now();
    const client = await connect();
    let broken: Error | undefined;
    try {
      const { rows } = await client.query<Record<string, unknown>>(text, [...values]);
      return rows;
    } catch (error) {
      if (!isAway(error)) throw error;
      broken = error instanceof Error ? error : new Error('connection lost');
      metrics.connectionErrors.inc();
      throw away(error);
    } finally {
      client.release(broken);
      metrics.observeQuery(name, (performance.now() - begin) / 1000);
    }
  };
  return {
    query,
    ping: async () => {
      try {
        return await query('ping', 'SELECT 1');
      } catch (error) {
        // The health report shows the code of what happened, not that it became a 503.
        throw error instanceof Problem ? error.cause : error;
      }
    },
    async hold(count) {
      while (held.length > count) held.pop()?.release();
      while (held.length < Math.min(count, config.poolMax)) held.push(await connect());
    },
    async close() {
      for (const client of held.splice(0)) client.release();
      await pool.end();
    },
  };
}

function isAway(error: unknown): boolean {
  const code = codeOf(error);
  // pg reports a connection that ended under a query without a code.
  return code === undefined ? true : AWAY.test(code) || /^E[A-Z]+$/.test(code);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function away(cause: unknown): Problem {
  return new Problem(503, 'database_unavailable', 'The database is not reachable.', [], cause);
}
