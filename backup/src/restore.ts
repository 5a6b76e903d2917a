import { availableParallelism } from 'node:os';
import type { Client } from 'pg';
import { amcheck } from './amcheck.ts';
import { isNoSuchDatabase, refuseEmptyRestored } from './emptiness.ts';
import { flushIfAlive } from './flush.ts';
import { connect, withClient } from './live.ts';
import type { Tell } from './ndjson.ts';
import { RESTORED } from './paths.ts';
import { Problem, toProblem } from './problem.ts';
import { readFacts, rowsOf } from './record.ts';
import { copyBackup } from './recover.ts';
import { refuseTooShort, replayedTo } from './replay-end.ts';
import { missingSegments, planRestore, refuseTooLarge, type RestorePlan } from './restore-plan.ts';
import type { Target } from './restore-target.ts';
import { ScratchFailed, startScratch, type ScratchServer } from './scratch-server.ts';
import type { Settings } from './settings.ts';

export interface Restored {
  readonly place: string;
  readonly label: string;
  /** Time of the last commit that was replayed; null when none was. */
  readonly recoveredTo: string | null;
  readonly timeline: number;
  readonly databaseBytes: number;
  readonly seconds: number;
  readonly head: string | null;
  readonly tables: number;
  readonly rows: number;
}

const MOST_PROCESSES = 4;

/** What pgBackRest writes into postgresql.auto.conf; the server that serves this must not find it. */
const RECOVERY_SETTINGS = [
  'restore_command',
  'recovery_target',
  'recovery_target_action',
  'recovery_target_inclusive',
  'recovery_target_lsn',
  'recovery_target_name',
  'recovery_target_time',
  'recovery_target_timeline',
  'recovery_target_xid',
];

/**
 * Restores into next/pgdata, recovers, checks, and leaves a directory that the server can be started on.
 *
 * @throws Problem FW-RESTORE-…
 */
export async function restore(
  settings: Settings,
  target: Target,
  placeName: string | null,
  tell: Tell,
): Promise<Restored> {
  const begun = Date.now();
  if (target.kind !== 'label') await flushIfAlive(settings, placeName, tell);
  const plan = await planRestore(settings, target, placeName);
  refuseTooLarge(plan);
  const args = [...plan.chosen.args, `--process-max=${processesOf(settings)}`];
  await copyBackup(plan, RESTORED, args, tell);
  tell('replaying the log');
  const { server, toTheEnd } = await recover(plan, target);
  try {
    tell('checking the restored database');
    // First, for it is a matter of a moment: what is empty need not be looked through.
    const facts = await factsOf(settings, server.socket);
    refuseEmptyRestored(plan, facts);
    const checked = await amcheck(server.socket, false);
    if (!checked.ok) {
      throw new Problem('FW-RESTORE-DAMAGED', 'the restored database is damaged', checked.problems);
    }
    const end = await withClient(connect('postgres', server.socket), endOfRecovery);
    if (toTheEnd) refuseTooShort(plan, end.replayed);
    refuseTooFar(target, end.recoveredTo);
    return {
      place: plan.place.name,
      label: plan.chosen.backup.label,
      recoveredTo: end.recoveredTo?.toISOString() ?? null,
      timeline: end.timeline,
      databaseBytes: plan.chosen.backup.databaseBytes,
      seconds: Math.round((Date.now() - begun) / 1000),
      head: facts.head,
      tables: Object.keys(facts.tables).length,
      rows: rowsOf(facts),
    };
  } catch (error) {
    throw toProblem(error, 'FW-RESTORE-FAILED');
  } finally {
    await server.stop();
  }
}

/** A firm waits and nobody else needs the processor, unlike in a backup or a drill; each takes some of the keeper's memory. */
function processesOf({ processes }: Settings): number {
  return Math.max(processes, Math.min(availableParallelism(), MOST_PROCESSES));
}

type Facts = Awaited<ReturnType<typeof readFacts>>;

/** Of a cluster from which the database itself was dropped there is nothing to tell. */
async function factsOf(settings: Settings, socket: string): Promise<Facts> {
  try {
    return await withClient(connect(settings.database, socket), readFacts);
  } catch (error) {
    refuseHalfDropped(error);
    if (!isNoSuchDatabase(error)) throw error;
    return { release: null, head: null, tables: {} };
  }
}

/**
 * Recovery to a moment stops at the first commit behind it. DROP DATABASE removes the files before it commits, so right
 * before one there is no moment at which the database is whole.
 */
function refuseHalfDropped(error: unknown): void {
  if (!(error instanceof Error) || !error.message.includes('invalid database')) return;
  throw new Problem(
    'FW-RESTORE-DROPPED',
    'nothing was saved between this moment and the removal of the whole database',
  );
}

type Recovered = { readonly server: ScratchServer; readonly toTheEnd: boolean };

/** Recovers; where nothing was committed after a moment, the moment is the end of the log. */
async function recover(plan: RestorePlan, target: Target): Promise<Recovered> {
  const options = { data: RESTORED };
  try {
    return { server: await startScratch(options), toTheEnd: target.kind === 'latest' };
  } catch (error) {
    refuseGapAfter(plan);
    if (!(error instanceof ScratchFailed)) throw error;
    if (target.kind !== 'time') throw failed(error);
  }
  try {
    const server = await startScratch({ ...options, settings: { recovery_target_time: '' } });
    return { server, toTheEnd: true };
  } catch (error) {
    throw error instanceof ScratchFailed ? failed(error) : error;
  }
}

/** A gap that lay behind the moment by the dates of the files, and before it by those of the commits. */
function refuseGapAfter(plan: RestorePlan): void {
  const missing = missingSegments(plan.place, plan.survey, plan.chosen, null);
  if (missing.length === 0) return;
  throw new Problem(
    'FW-RESTORE-WAL-MISSING',
    `${missing.length} segments of the log are missing in ${plan.place.name}`,
    missing.slice(0, 10),
  );
}

function failed(error: ScratchFailed): Problem {
  return new Problem('FW-RESTORE-FAILED', error.message, error.lines.slice(-6));
}

function refuseTooFar(target: Target, recoveredTo: Date | null): void {
  if (target.kind !== 'time' || recoveredTo === null || recoveredTo <= target.at) return;
  throw new Problem(
    'FW-RESTORE-FAILED',
    `recovery went on to ${recoveredTo.toISOString()}, beyond the moment asked for`,
  );
}

async function endOfRecovery(
  client: Client,
): Promise<{ recoveredTo: Date | null; timeline: number; replayed: bigint | null }> {
  const replayed = await replayedTo(client);
  const { rows } = await client.query<{ at: Date | null; wal: string }>(
    `SELECT date_trunc('milliseconds', pg_last_xact_replay_timestamp()) AS at,
            pg_walfile_name(pg_current_wal_lsn()) AS wal`,
  );
  for (const name of RECOVERY_SETTINGS) await client.query(`ALTER SYSTEM RESET ${name}`);
  return {
    recoveredTo: rows[0]?.at ?? null,
    timeline: parseInt(rows[0]?.wal.slice(0, 8) ?? '0', 16),
    replayed,
  };
}
