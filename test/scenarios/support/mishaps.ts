import { execa } from 'execa';
import { expect } from 'vitest';
import { BACKED, inBackup, REPOSITORY } from './backed-up.ts';
import { docker, query } from './docker.ts';

const inServer = (text: string): Promise<string> => query(BACKED.project, text, 'postgres');

/**
 * As with the wrong window open: the database is dropped and made again with nothing in it, and is put back afterwards.
 * Returns a moment at which it was empty, and one right before the empty one was dropped in its turn.
 */
export async function whileEmpty(
  work: () => Promise<void>,
): Promise<{ moment: string; doomed: string }> {
  await inServer('ALTER DATABASE factsway ALLOW_CONNECTIONS false');
  await inServer(
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = 'factsway'`,
  );
  await inServer('ALTER DATABASE factsway RENAME TO aside');
  try {
    await inServer('CREATE DATABASE factsway');
    await work();
    const now = () =>
      inServer(
        `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
      );
    const moment = await now();
    await inServer('SELECT txid_current()');
    const doomed = await now();
    return { moment, doomed };
  } finally {
    await inServer('DROP DATABASE IF EXISTS factsway WITH (FORCE)');
    await inServer('ALTER DATABASE aside RENAME TO factsway');
    await inServer('ALTER DATABASE factsway ALLOW_CONNECTIONS true');
  }
}

/** The repository is that of another database, with the same key, and is put back afterwards. */
export async function whileForeign(work: () => Promise<void>): Promise<void> {
  const stranger = '/var/lib/postgresql/next/stranger';
  const moveIn = `set -e; cd ${REPOSITORY}; mkdir aside; mv archive backup aside; initdb --no-sync --pgdata=${stranger} >&2; pgbackrest --config=/tmp/pgbackrest-local.conf --stanza=factsway --no-online --pg1-path=${stranger} stanza-create`;
  const moveOut = `set -e; cd ${REPOSITORY}; rm -rf archive backup ${stranger}; mv aside/* .; rmdir aside`;
  try {
    expect(await inBackup('bash', '-c', moveIn)).toMatchObject({ exitCode: 0 });
    await work();
  } finally {
    expect(await inBackup('bash', '-c', moveOut)).toMatchObject({ exitCode: 0 });
  }
}

/** Stops everything and takes a volume away. */
export async function downWithout(volume: string): Promise<void> {
  expect((await BACKED.runJson('down', '--yes')).errors).toEqual([]);
  await docker('volume', 'rm', volume);
}

/** These containers alone, as a person starts them by hand. */
export const startByHand = (...services: string[]) =>
  execa('docker', ['compose', 'up', '--detach', '--no-deps', ...services], {
    cwd: BACKED.directory,
  });
