import { amcheckLive } from './amcheck-live.ts';
import { corruptFiles } from './basebackup-output.ts';
import type { Finding } from './check-place.ts';
import { horizon, rememberCommitLog } from './commit-log.ts';
import { updateHistory } from './history.ts';
import { connectLive, withClient } from './live.ts';
import type { Tell } from './ndjson.ts';
import { beyond, PageScan } from './page-scan.ts';
import { SOCKET } from './paths.ts';
import { tail } from './place.ts';
import { Problem, toProblem } from './problem.ts';
import { run } from './run.ts';
import { lsn } from './wal-name.ts';

/**
 * Every block and its checksum, and what no checksum tells. What is wrong is in the answer, and no error.
 *
 * @param files what was found in files without checksums
 */
export async function checkDatabase(tell: Tell, files: readonly Finding[]): Promise<object> {
  const problems = [...files];
  let looked = false;
  try {
    // All that has ended before the checkpoint of the reading is on the disk behind it.
    const before = files.length === 0 ? await horizon() : null;
    tell('reading every block of the database');
    problems.push(...(await readBlocks()));
    looked = true;
    tell('checking tables and indexes');
    problems.push(...(await amcheckLive()));
    // What is not sound is held against the same record again, until it is mended.
    if (problems.length === 0 && before !== null) rememberCommitLog(before);
  } catch (error) {
    problems.push(cannotLook(error));
  }
  const damage = problems.some(({ code }) => code === 'FW-DATABASE-DAMAGED');
  updateHistory((history) => {
    if (looked || damage) history.database = { checkedAt: new Date().toISOString(), damage };
  });
  return { ok: problems.length === 0, problems };
}

export function cannotLook(error: unknown): Finding {
  const { code, message, details } = toProblem(error, 'FW-BACKUP-DATABASE');
  return { code, message: [message, ...details].join(': ') };
}

/** pg_basebackup looks at every checksum but those of pages that claim to be newer than its beginning. */
async function readBlocks(): Promise<Finding[]> {
  const pages = new PageScan();
  const ran = await run(
    'pg_basebackup',
    [
      ...['--pgdata=-', '--format=tar', '--wal-method=none', '--checkpoint=fast', '--no-password'],
      ...[`--host=${SOCKET}`, '--username=postgres'],
    ],
    { stdout: pages },
  );
  const corrupt = corruptFiles(ran.stderr);
  if (ran.code !== 0 && corrupt.length === 0)
    throw new Problem('FW-BACKUP-DATABASE', 'the database cannot be read', tail(ran, 1));
  const unwritten = beyond(pages.newest, lsn(await endOfLog())).map(([path, block]) => ({
    path: path.startsWith('./') ? path : `./${path}`,
    message: `block ${block} is of a time that has not come yet`,
  }));
  return [...corrupt, ...unwritten].map((file) => ({ code: 'FW-DATABASE-DAMAGED', ...file }));
}

async function endOfLog(): Promise<string> {
  return withClient(connectLive('postgres'), async (client) => {
    const { rows } = await client.query<{ end: string }>(
      `SELECT pg_current_wal_insert_lsn()::text AS "end"`,
    );
    return rows[0]?.end ?? '0/0';
  });
}
