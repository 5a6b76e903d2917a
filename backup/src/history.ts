import {
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
  openSync,
  fsyncSync,
  closeSync,
} from 'node:fs';
import * as z from 'zod';
import { STATE } from './paths.ts';

const success = z.object({ at: z.string(), seconds: z.number() });

const recordSchema = z.object({
  lsn: z.string(),
  at: z.string(),
  exact: z.boolean(),
  release: z.string().nullable(),
  head: z.string().nullable(),
  tables: z.record(z.string(), z.number()),
});

const placeHistory = z.object({
  lastAttemptAt: z.string().nullable().default(null),
  /** In a row, so that the schedule knows when to try again. */
  failedInARow: z.number().default(0),
  failures: z.number().default(0),
  successes: z.partialRecord(z.enum(['full', 'diff', 'incr']), success).default({}),
  databaseBytes: z.number().default(0),
  storedBytes: z.number().default(0),
  checkedAt: z.string().nullable().default(null),
  damage: z.boolean().default(false),
  damagedBackups: z.array(z.string()).default([]),
  instanceCopyAt: z.string().nullable().default(null),
  proven: z
    .record(
      z.string(),
      z.object({ at: z.string(), rtoSeconds: z.number(), rpoSeconds: z.number() }),
    )
    .default({}),
});

/** What was settled in the commit log when all was read last: PostgreSQL has no checksums for it. */
const commitLogSchema = z.object({
  system: z.string(),
  timeline: z.number(),
  /** Number of the oldest transaction that had not ended, with its epoch. */
  upTo: z.string(),
  files: z.record(z.string(), z.string()),
});

const historySchema = z.object({
  /** When this keeper first ran on this instance. */
  startedAt: z.string(),
  /** Random; spreads the schedules of many installations. */
  instance: z.string(),
  places: z.record(z.string(), placeHistory).default({}),
  database: z
    .object({ checkedAt: z.string().nullable(), damage: z.boolean() })
    .default({ checkedAt: null, damage: false }),
  commitLog: commitLogSchema.nullable().default(null),
  /** What was known of the live database, newest last. */
  records: z.array(recordSchema).default([]),
  /** When all was read last, or was to be; and when the places outside this server were among it. */
  check: z
    .object({ lastAttemptAt: z.string(), outsideAt: z.string().nullable() })
    .nullable()
    .default(null),
  drill: z
    .object({
      lastAttemptAt: z.string(),
      lastSuccessAt: z.string().nullable(),
      ok: z.boolean(),
      /** Of a drill that did not get so far nothing is known. */
      rpoSeconds: z.number().nullable(),
      rtoSeconds: z.number().nullable(),
      report: z.unknown(),
    })
    .nullable()
    .default(null),
});

export type History = z.infer<typeof historySchema>;
export type PlaceHistory = z.infer<typeof placeHistory>;
/** What is known of a database at one position of its log. */
export type DatabaseRecord = z.infer<typeof recordSchema>;
export type CommitLog = z.infer<typeof commitLogSchema>;

const FILE = `${STATE}/history.json`;

export function parseHistoryFile(text: string): History {
  return historySchema.parse(JSON.parse(text));
}

export function newHistory(now: Date, instance: string): History {
  return historySchema.parse({ startedAt: now.toISOString(), instance });
}

/** null before the first run. */
export function readHistory(file = FILE): History | null {
  try {
    return parseHistoryFile(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** What is known of a place; one that was never used has an empty history. */
export function ofPlace(history: History | null, name: string): PlaceHistory {
  return history?.places[name] ?? placeHistory.parse({});
}

/** What was known of backups that are not in the place any more. Failures are about the place, and stay. */
export function forgetBackups(place: PlaceHistory): void {
  place.successes = {};
  place.proven = {};
  place.damage = false;
  place.damagedBackups = [];
  place.checkedAt = null;
  place.instanceCopyAt = null;
}

/** Reads, changes and writes the history. Only commands that hold the lock do this. */
export function updateHistory(change: (history: History) => void, file = FILE): void {
  const history = readHistory(file) ?? newHistory(new Date(), crypto.randomUUID());
  change(history);
  writeDurably(file, `${JSON.stringify(history, null, 2)}\n`);
}

export function updatePlace(name: string, change: (place: PlaceHistory) => void): void {
  updateHistory((history) => {
    const place = ofPlace(history, name);
    change(place);
    history.places[name] = place;
  });
}

/** The old text or the new one, whatever happens in between. */
export function writeDurably(file: string, text: string, mode = 0o600): void {
  mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true });
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, text, { mode });
  const descriptor = openSync(unfinished, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(unfinished, file);
}
