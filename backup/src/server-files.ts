import type { Finding } from './check-place.ts';
import { changedCommitLog } from './commit-log.ts';
import { connectLive, withClient } from './live.ts';
import { DATA } from './paths.ts';
import { run } from './run.ts';

const AGAIN_MS = 200;
const TIMES = 3;

/**
 * Looks at the files of the live server that have no pages with checksums: the control file, the log since the last
 * checkpoint, the commit log. To be called before anything that makes the server write them anew, as a checkpoint does:
 * damage would be gone from the file and from sight. Reads only.
 *
 * @throws Problem FW-BACKUP-DATABASE when the server does not answer
 */
export async function checkServerFiles(): Promise<Finding[]> {
  const control = await damagedControl();
  // The server reads it for the questions that the others ask.
  if (control.length > 0) return control;
  return [...(await damagedLog()), ...(await changedCommitLog())];
}

const damage = (path: string, message: string): Finding => ({
  code: 'FW-DATABASE-DAMAGED',
  path,
  message,
});

/** The server may be writing it: what is torn at one moment is whole at the next. */
async function damagedControl(): Promise<Finding[]> {
  for (let time = 1; time <= TIMES; time++) {
    const ran = await run('pg_controldata', ['--pgdata', DATA]);
    // It exits 0 with a wrong checksum as well, and warns of nothing else.
    if (ran.code === 0 && ran.stderr.trim() === '') return [];
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  return [damage('./global/pg_control', 'its checksum is wrong')];
}

/** From the last checkpoint on: the log behind it is what a server that is cut off comes back by. */
async function damagedLog(): Promise<Finding[]> {
  let message = '';
  for (let time = 1; time <= TIMES; time++) {
    const { redo, end, timeline, current } = await logPositions();
    // Just after a restore the log goes on from another timeline, until the next checkpoint; there is little behind it.
    if (timeline !== current) return [];
    const range = [`--timeline=${timeline}`, `--start=${redo}`, `--end=${end}`];
    const ran = await run('pg_waldump', ['--quiet', `--path=${DATA}/pg_wal`, ...range]);
    if (ran.code === 0) return [];
    message = ran.stderr.trim().split('\n').at(-1) ?? '';
    // After another checkpoint the first segments may have been taken away while they were read.
    if ((await logPositions()).redo === redo) break;
  }
  return [damage('./pg_wal', message)];
}

interface LogPositions {
  readonly redo: string;
  /** Of the last byte that is on the disk: where the one behind it begins a segment, there is no file of that yet. */
  readonly end: string;
  /** That of the last checkpoint. */
  readonly timeline: number;
  /** The one that is written. */
  readonly current: number;
}

async function logPositions(): Promise<LogPositions> {
  return withClient(connectLive('postgres'), async (client) => {
    const { rows } = await client.query<LogPositions>(
      `SELECT redo_lsn::text AS redo, (flushed - 1)::text AS "end", timeline_id AS timeline,
              ('x' || left(pg_walfile_name(flushed), 8))::bit(32)::int AS current
         FROM pg_control_checkpoint(), pg_current_wal_flush_lsn() AS flushed`,
    );
    const [found] = rows;
    if (found === undefined) throw new Error('the server does not say where its log is');
    return found;
  });
}
