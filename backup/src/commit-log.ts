import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import type { Finding } from './check-place.ts';
import { readHistory, updateHistory, type CommitLog } from './history.ts';
import { connectLive, withClient } from './live.ts';
import { DATA } from './paths.ts';
import { sha256 } from './reports.ts';

/** Two bits for each transaction; a file for 2^20 of them. Source: PostgreSQL, src/backend/access/transam/clog.c. */
const FILE_BITS = 20n;
const IN_FILE = (1n << FILE_BITS) - 1n;
const FILE_BYTES = 1 << 18;
/** Names begin anew where the numbers of transactions do, after 2^32. */
const NAMES = 1n << 12n;
/** Further apart than PostgreSQL lets two transactions of one cluster be: the names may be of others. */
const FURTHEST = 1n << 31n;

/** Which cluster it is, in which course of events, and the oldest transaction that had not ended. */
export interface Horizon {
  readonly system: string;
  readonly timeline: number;
  readonly upTo: string;
}

/**
 * How many bytes of each file are about transactions that have ended, by name; nobody ever changes those.
 *
 * @param upTo number of a transaction, with its epoch
 */
export function settledBytes(names: readonly string[], upTo: bigint): Map<string, number> {
  const current = upTo >> FILE_BITS;
  const settled = new Map<string, number>();
  for (const name of names) {
    if (!/^[0-9A-F]{4}$/.test(name)) continue;
    const behind = (current - BigInt(`0x${name}`) + NAMES) % NAMES;
    const bytes = behind === 0n ? Number((upTo & IN_FILE) / 4n) : FILE_BYTES;
    // Half a turn away is before, what is further is of transactions that are yet to come.
    if (behind < NAMES / 2n && bytes > 0) settled.set(name, bytes);
  }
  return settled;
}

/** Whether a record says anything about this cluster. */
export function isComparable(record: CommitLog, now: Horizon): boolean {
  const ahead = BigInt(now.upTo) - BigInt(record.upTo);
  return (
    record.system === now.system &&
    record.timeline === now.timeline &&
    ahead >= 0n &&
    ahead < FURTHEST
  );
}

/** Files in which a transaction that had ended at the last check has ended otherwise by now. */
export async function changedCommitLog(): Promise<Finding[]> {
  const record = readHistory()?.commitLog ?? null;
  if (record === null || !isComparable(record, await horizon())) return [];
  const settled = settledBytes(Object.keys(record.files), BigInt(record.upTo));
  return [...settled]
    .filter(([name, bytes]) => ![record.files[name], null].includes(digestOf(name, bytes)))
    .map(([name]) => ({
      code: 'FW-DATABASE-DAMAGED',
      path: `./pg_xact/${name}`,
      message: 'is not what it was at the last check',
    }));
}

/**
 * Remembers for the next check what has been settled by now.
 *
 * @param before taken before a checkpoint that is over: all of it is in the files
 */
export function rememberCommitLog(before: Horizon): void {
  const files: Record<string, string> = {};
  for (const [name, bytes] of settledBytes(readdirSync(`${DATA}/pg_xact`), BigInt(before.upTo))) {
    const digest = digestOf(name, bytes);
    if (digest !== null) files[name] = digest;
  }
  updateHistory((history) => {
    history.commitLog = { ...before, files };
  });
}

export async function horizon(): Promise<Horizon> {
  return withClient(connectLive('postgres'), async (client) => {
    const { rows } = await client.query<{ system: string; timeline: number; upto: string }>(
      `SELECT system_identifier::text AS system, timeline_id AS timeline,
              pg_snapshot_xmin(pg_current_snapshot())::text AS upto
         FROM pg_control_system(), pg_control_checkpoint()`,
    );
    const { system = '', timeline = 0, upto = '0' } = rows[0] ?? {};
    return { system, timeline, upTo: upto };
  });
}

/** Of the first bytes of a file; null where there are not so many any more: PostgreSQL forgets what is old. */
function digestOf(name: string, bytes: number): string | null {
  let file: number;
  try {
    file = openSync(`${DATA}/pg_xact/${name}`, 'r');
  } catch {
    return null;
  }
  try {
    if (fstatSync(file).size < bytes) return null;
    const content = Buffer.alloc(bytes);
    readSync(file, content, 0, bytes, 0);
    return sha256(content);
  } finally {
    closeSync(file);
  }
}
