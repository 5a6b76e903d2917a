import pg from 'pg';
import { readSecretFile } from '../../shared-utils/src/secret-file.ts';
import type { Metrics } from '../../shared-utils/src/metrics.ts';
import type { Logger } from '../../shared-utils/src/logger.ts';
import type { DatabaseConfig } from './config.ts';
import { Problem } from './problem.ts';

type Rows = readonly Record<string, unknown>[];
/** `query_timeout` is in milliseconds; pg knows it, its types do not. */
type Statement = pg.QueryConfig & { readonly query_timeout?: number };

/** What the routes need of Postgres. */
export interface Database {
  /**
   * Runs one statement. `name` is the `query` label of its duration.
   *
   * @throws Problem 503 when Postgres is away or too slow, or no connection is free; Postgres' own
   *   error otherwise
   */
  query(name: string, text: string, values?: readonly unknown[]): Promise<Rows>;
}

export interface PooledDatabase extends Database {
  /** Resolves when Postgres answers. */
  ping(): Promise<unknown>;
  /** Keeps `count` connections to itself until called with another number. */
  hold(count: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A free connection must come within this time; a client should hear 503 and not wait for ever. Not less: while a
 * release starts beside another one, a small server takes seconds for what it otherwise does at once.
 */
const CONNECT_TIMEOUT_MS = 5000;

/**
 * The client gives up this long after Postgres should have: what never answers (a paused server, a
 * network that swallows packets) must not keep a request, a connection and the health check for ever.
 */
const ANSWER_GRACE_MS = 1000;
/** A health check may take 2 s in all. */
const PING_TIMEOUT_MS = 1500;
/** SQLSTATE of a statement that ran into its timeout; the connection is as good as before. */
const QUERY_CANCELED = '57014';

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
    ssl: config.tls,
    max: config.poolMax,
    application_name: config.applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    statement_timeout: config.statementTimeoutMs,
    query_timeout: config.statementTimeoutMs + ANSWER_GRACE_MS,
    keepAlive: true,
    types,
  });
  metrics.trackPool(pool, config.poolMax);
  // An idle connection that breaks would end the process if nobody listened.
  pool.on('error', (error) => {
    metrics.connectionErrors.inc();
    logger.warn({ err: error }, 'an idle database connection broke');
  });
  // The same for one that breaks while somebody holds it and asks nothing.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const held: pg.PoolClient[] = [];

  const connect = async () => {
    try {
      return await pool.connect();
    } catch (error) {
      metrics.connectionErrors.inc();
      throw away(error);
    }
  };
  const run = async (name: string, statement: Statement): Promise<Rows> => {
    const begin = performance.now();
    const client = await connect();
    let broken: Error | undefined;
    try {
      return (await client.query<Rows[number]>(statement)).rows;
    } catch (error) {
      if (codeOf(error) === QUERY_CANCELED) throw tooSlow(error);
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
    query: (name, text, values = []) => run(name, { text, values: [...values] }),
    ping: async () => {
      try {
        return await run('ping', { text: 'SELECT 1', query_timeout: PING_TIMEOUT_MS });
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

function tooSlow(cause: unknown): Problem {
  const message = 'The database took too long; nothing was changed.';
  return new Problem(503, 'database_unavailable', message, [], cause);
}

function away(cause: unknown): Problem {
  return new Problem(503, 'database_unavailable', 'The database is not reachable.', [], cause);
}
