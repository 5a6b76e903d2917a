import type { Client } from 'pg';
import { connect, withClient } from './live.ts';
import { run } from './run.ts';

export interface Amchecked {
  readonly ok: boolean;
  /** What it found, or why it could not look. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** Exit code of pg_amcheck when it found corruption; 0 is none, anything else is that it could not look. */
const CORRUPT = 2;
const MOST_LINES = 20;

/**
 * Runs pg_amcheck on every database of a server that was restored and serves nobody. Its extension is added where it is
 * missing and taken away again. The live databases are looked through without that (amcheck-live.ts).
 */
export async function amcheck(socket: string, thorough: boolean): Promise<Amchecked> {
  const begun = Date.now();
  const databases = await withClient(connect('postgres', socket), databaseNames);
  const added: string[] = [];
  for (const name of databases) {
    if (await withClient(connect(name, socket), addExtension)) added.push(name);
  }
  const args = [
    '--host',
    socket,
    '--username',
    'postgres',
    '--all',
    '--jobs',
    '2',
    '--no-password',
  ];
  const ran = await run('pg_amcheck', thorough ? [...args, '--heapallindexed'] : args);
  for (const name of added) {
    await withClient(connect(name, socket), (client) => client.query('DROP EXTENSION amcheck'));
  }
  const lines = (ran.code === CORRUPT ? ran.stdout : `${ran.stderr}\n${ran.stdout}`)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(0, MOST_LINES);
  return {
    ok: ran.code === 0,
    problems: ran.code === 0 ? [] : lines.length > 0 ? lines : [silent(ran.code)],
    seconds: Math.round((Date.now() - begun) / 1000),
  };
}

/** Killed, or cut off: to have found nothing is not to have looked. */
const silent = (code: number): string => `pg_amcheck ended with ${code} and said nothing`;

export async function databaseNames(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE datallowconn ORDER BY 1',
  );
  return rows.map(({ name }) => name);
}

async function addExtension(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT 1 FROM pg_extension WHERE extname = 'amcheck'`);
  if (rowCount !== 0) return false;
  await client.query('CREATE EXTENSION amcheck');
  return true;
}
