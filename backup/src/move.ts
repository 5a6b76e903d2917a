import { renameSync, statfsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { connectionTo, databaseNames, readCluster } from './cluster-facts.ts';
import { compareClusters } from './compare-clusters.ts';
import { connectLive, withClient } from './live.ts';
import type { Tell } from './ndjson.ts';
import { makeCluster, readLocale, UNFINISHED } from './new-cluster.ts';
import { NEXT, RESTORED, SOCKET } from './paths.ts';
import { tail } from './place.ts';
import { Problem } from './problem.ts';
import { run, type Ran } from './run.ts';
import { ScratchFailed, startScratch } from './scratch-server.ts';

export interface Server {
  /** Major version. */
  readonly version: number;
  readonly databaseBytes: number;
  /** Where the next volume is. */
  readonly freeBytes: number;
}

/** For loading: nothing of it is worth keeping when the machine stops, so no log is needed but its own. */
const LOADING = {
  archive_mode: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  synchronous_commit: 'off',
  maintenance_work_mem: '256MB',
  // Workers share memory in /dev/shm, of which a container has 64 MiB.
  max_parallel_maintenance_workers: '0',
  max_parallel_workers_per_gather: '0',
  // A statement that fails may hold the verifier of a password.
  log_min_error_statement: 'panic',
};

/** What the server that runs is, and what a second one would need. @throws Problem FW-BACKUP-DATABASE */
export async function describeServer(): Promise<Server> {
  return withClient(connectLive('postgres'), async (client) => {
    const { rows } = await client.query<{ version: string; bytes: string }>(
      `SELECT current_setting('server_version_num') AS version,
              (SELECT sum(pg_database_size(oid)) FROM pg_database) AS bytes`,
    );
    const { bavail, bsize } = statfsSync(NEXT);
    return {
      version: Math.floor(Number(rows[0]?.version) / 10_000),
      databaseBytes: Number(rows[0]?.bytes),
      freeBytes: bavail * bsize,
    };
  });
}

/**
 * Makes the cluster that serves anew with the programs of this image, in the next volume, and compares the two: rows,
 * sequences, definitions, rights, roles. Nobody may write meanwhile; whoever does is found out by the comparison. What
 * serves is only read.
 *
 * @throws Problem FW-BACKUP-DATABASE, FW-POSTGRES-COPY, FW-POSTGRES-DIFFERENT
 */
export async function move(tell: Tell): Promise<object> {
  const begun = Date.now();
  tell('making an empty cluster');
  const { locale, databases } = await withClient(connectLive('postgres'), async (client) => ({
    locale: await readLocale(client),
    databases: await databaseNames(client),
  }));
  await makeCluster(locale);
  const options = { data: UNFINISHED, settings: LOADING };
  const server = await startScratch(options).catch((error: unknown) => {
    if (!(error instanceof ScratchFailed)) throw error;
    throw new Problem('FW-POSTGRES-COPY', 'the new cluster did not start', error.lines.slice(-6));
  });
  let tables: number;
  try {
    tell('copying roles');
    await loadRoles(server.socket);
    for (const name of databases) {
      tell(`copying database ${name}`);
      await loadDatabase(name, server.socket);
    }
    tell('collecting statistics');
    must(await run('vacuumdb', [...to(server.socket), '--all', '--analyze-only', '--quiet']));
    tables = await compare(server.socket, tell);
  } finally {
    await server.stop();
  }
  must(await run('sync', ['--file-system', UNFINISHED]));
  renameSync(UNFINISHED, RESTORED);
  must(await run('sync', [NEXT]));
  return { databases: databases.length, tables, seconds: Math.round((Date.now() - begun) / 1000) };
}

const to = (socket: string): string[] => [
  '--no-password',
  `--host=${socket}`,
  '--username=postgres',
];

/** The one role that initdb made is there already, and gets its attributes and its password all the same. */
export const withoutSuperuser = (globals: string): string =>
  globals
    .split('\n')
    .filter((line) => line !== 'CREATE ROLE postgres;')
    .join('\n');

async function loadRoles(socket: string): Promise<void> {
  const dumped = must(await run('pg_dumpall', [...to(SOCKET), '--globals-only']));
  const stdin = Buffer.from(withoutSuperuser(dumped.stdout));
  must(await run('psql', [...psqlArgs(socket), '--dbname=postgres'], { stdin }));
}

/** From one into the other: neither a file nor a second copy is needed on the way. */
async function loadDatabase(name: string, socket: string): Promise<void> {
  // Every cluster has that one from the beginning.
  const create = name === 'postgres' ? [] : ['--create'];
  const pipe = new PassThrough();
  const loading = run('psql', [...psqlArgs(socket), '--dbname=postgres'], { stdin: pipe });
  // Where it gives up, what dumps must not wait for ever for somebody to read.
  void loading.then(() => pipe.resume());
  const dumped = await run(
    'pg_dump',
    [...to(SOCKET), ...create, `--dbname=${connectionTo(name)}`],
    {
      stdout: pipe,
    },
  );
  pipe.end();
  must(await loading);
  must(dumped);
}

const psqlArgs = (socket: string): string[] => [
  ...to(socket),
  '--no-psqlrc',
  '--quiet',
  '--output=/dev/null',
  '--set=ON_ERROR_STOP=1',
  // Without the statement, in which there may be a verifier.
  '--set=VERBOSITY=terse',
];

function must(ran: Ran): Ran {
  if (ran.code === 0) return ran;
  throw new Problem('FW-POSTGRES-COPY', 'the database cannot be copied', tail(ran));
}

async function compare(socket: string, tell: Tell): Promise<number> {
  tell('comparing the copy with what serves');
  const copy = await readCluster(socket, (table) => {
    tell(`reading ${table} of the copy`);
  });
  // Afterwards: what was written since the copy began shows.
  const former = await readCluster(SOCKET, (table) => {
    tell(`reading ${table} of what serves`);
  });
  const problems = compareClusters(former, copy);
  if (problems.length > 0)
    throw new Problem('FW-POSTGRES-DIFFERENT', 'the copy differs from what serves', problems);
  return Object.keys(copy).filter((name) => name.startsWith('rows of ')).length;
}
