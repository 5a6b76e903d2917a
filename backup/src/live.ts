import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { DATA, SOCKET } from './paths.ts';
import { Problem } from './problem.ts';
import { run } from './run.ts';
import { isBegun } from './system.ts';
import { lastCommit } from './waldump.ts';

/** A connection to a server through its socket, as superuser. Close it. */
export async function connect(database: string, socket = SOCKET): Promise<Client> {
  const client = new Client({
    host: socket,
    user: 'postgres',
    database,
    application_name: 'factsway-backup',
    connectionTimeoutMillis: 5000,
    // The server's own limit would end a count of a large table.
    options: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c timezone=UTC',
  });
  // A server that goes away shall fail the query, not the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The live database. @throws Problem FW-BACKUP-DATABASE when it does not answer */
export async function connectLive(database: string): Promise<Client> {
  try {
    return await connect(database);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem('FW-BACKUP-DATABASE', 'the database does not answer', [reason], error);
  }
}

/** Runs `use` with a connection, and closes it. */
export async function withClient<T>(
  opening: Promise<Client>,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await opening;
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Segments in the live log that were begun, newest last. Files that wait under a name in advance still begin as what they were. */
function liveSegments(): string[] {
  try {
    return readdirSync(`${DATA}/pg_wal`)
      .filter((name) => isBegun(`${DATA}/pg_wal/${name}`))
      .sort();
  } catch {
    return [];
  }
}

/**
 * The newest commit in the live data directory, read from its log, so that it is known even when the
 * server is down; null when none is found.
 *
 * @param after only in segments behind this one
 */
export async function newestLiveCommit(after: string | null = null): Promise<Date | null> {
  const names = liveSegments()
    .filter((name) => after === null || name > after)
    .reverse();
  // A day without a commit is told from its last few.
  for (const name of names.slice(0, 24)) {
    const ran = await run('pg_waldump', ['--rmgr=Transaction', `${DATA}/pg_wal/${name}`]);
    const at = lastCommit(ran.stdout);
    if (at !== null) return at;
  }
  return null;
}
