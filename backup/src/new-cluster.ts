import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Client } from 'pg';
import { NEXT, RESTORED, TMP } from './paths.ts';
import { tail } from './place.ts';
import { Problem } from './problem.ts';
import { run } from './run.ts';

/** Renamed once it is whole and the same: what has this name was never served from. */
export const UNFINISHED = `${RESTORED}.unfinished`;

interface Locale {
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
}

/** What sorts and how it is encoded, in a new cluster as in the one it takes over from. */
export async function readLocale(client: Client): Promise<Locale> {
  const { rows } = await client.query<Locale>(
    `SELECT pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype
       FROM pg_database WHERE datname = 'template0'`,
  );
  const [found] = rows;
  if (found !== undefined) return found;
  throw new Problem('FW-POSTGRES-COPY', 'the database does not say how it sorts');
}

/** An empty cluster with the options of a first start (images/postgres/first-start.sh). */
export async function makeCluster({ encoding, collate, ctype }: Locale): Promise<void> {
  for (const left of [UNFINISHED, RESTORED]) {
    if (existsSync(left)) rmSync(left, { recursive: true, force: true });
  }
  mkdirSync(NEXT, { recursive: true });
  const password = `${TMP}/initdb-password`;
  // One nobody knows: the roles, this one too, come from the former cluster with their verifiers.
  writeFileSync(password, crypto.randomUUID() + crypto.randomUUID(), { mode: 0o600 });
  const ran = await run('initdb', [
    `--pgdata=${UNFINISHED}`,
    '--username=postgres',
    `--pwfile=${password}`,
    `--encoding=${encoding}`,
    `--lc-collate=${collate}`,
    `--lc-ctype=${ctype}`,
    '--locale=C.UTF-8',
    '--data-checksums',
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '--no-instructions',
  ]);
  rmSync(password, { force: true });
  if (ran.code !== 0)
    throw new Problem('FW-POSTGRES-COPY', 'no new cluster can be made', tail(ran));
  const settings = `\nlisten_addresses = '*'\npassword_encryption = 'scram-sha-256'\n`;
  appendFileSync(`${UNFINISHED}/postgresql.conf`, settings);
  const clients = '\n# Clients of other containers and hosts.\nhost all all all scram-sha-256\n';
  appendFileSync(`${UNFINISHED}/pg_hba.conf`, clients);
}
