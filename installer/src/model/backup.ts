import * as z from 'zod';

/**
 * What the keeper of backups answers (backup/src, `factsway-backup COMMAND`). Times are RFC 3339, sizes bytes, durations
 * seconds.
 */
export const BACKUP_TYPES = ['auto', 'full', 'diff', 'incr'] as const;
export type BackupType = (typeof BACKUP_TYPES)[number];

const failure = z.object({ place: z.string(), code: z.string(), message: z.string() });

const madeSchema = z.object({
  place: z.string(),
  label: z.string(),
  type: z.string(),
  startedAt: z.string(),
  stoppedAt: z.string(),
  databaseBytes: z.number(),
  storedBytes: z.number(),
  seconds: z.number(),
});
export const createdSchema = z.object({ backups: z.array(madeSchema), failures: z.array(failure) });

const proof = z.object({ at: z.string(), rtoSeconds: z.number(), rpoSeconds: z.number() });

const listedSchema = z.object({
  label: z.string(),
  type: z.string(),
  startedAt: z.string(),
  stoppedAt: z.string(),
  databaseBytes: z.number(),
  storedBytes: z.number(),
  walStart: z.string().nullable(),
  walStop: z.string().nullable(),
  reason: z.string().nullish(),
  release: z.string().nullish(),
  head: z.string().nullish(),
  /** Of the drill that restored it; null where none has. */
  proven: proof.nullable(),
  damaged: z.boolean(),
});
export type ListedBackup = z.output<typeof listedSchema>;

const placeSchema = z.object({
  name: z.string(),
  reachable: z.boolean(),
  /** Why it cannot be reached. */
  problem: z.object({ code: z.string(), message: z.string() }).optional(),
  backups: z.array(listedSchema),
  instanceCopies: z.array(z.object({ name: z.string(), at: z.string() })),
  walNewestAt: z.string().nullable(),
  waitingSegments: z.number(),
  waitingBytes: z.number(),
  oldestWaitingSeconds: z.number(),
});
export const backupListSchema = z.object({
  places: z.array(placeSchema),
  lastDrill: z.object({ at: z.string(), ok: z.boolean() }).loose().nullable(),
});
export type BackupList = z.output<typeof backupListSchema>;

const problem = z.object({ code: z.string(), path: z.string().optional(), message: z.string() });
export const checkedSchema = z.object({
  places: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      problems: z.array(problem),
      seconds: z.number().nullish(),
    }),
  ),
  database: z.object({ ok: z.boolean(), problems: z.array(problem) }),
});
export type CheckedBackups = z.output<typeof checkedSchema>;

export const drillSchema = z.object({
  id: z.string(),
  at: z.string(),
  place: z.string(),
  label: z.string().nullable(),
  ok: z.boolean(),
  problems: z.array(z.union([z.string(), problem])),
  rpoSeconds: z.number().nullable(),
  rtoSeconds: z.number().nullable(),
  databaseBytes: z.number().nullable(),
  tables: z.number().nullable(),
  rows: z.number().nullable(),
  head: z.string().nullable(),
  keyFingerprint: z.string(),
  /** A person's own copy of the key opened the backups; a keeper of an earlier version did not say. */
  keyShown: z.boolean().default(false),
  reportFile: z.string(),
  signature: z.string(),
  publicKey: z.string(),
});
export type DrillReport = z.output<typeof drillSchema>;

export const restorePlanSchema = z.object({
  place: z.string(),
  label: z.string(),
  type: z.string(),
  backupStoppedAt: z.string(),
  target: z.string(),
  neededBytes: z.number(),
  freeBytes: z.number(),
  lastDrill: z.object({ rtoSeconds: z.number() }).loose().nullable(),
  /** Of the database that serves; null where it does not answer. */
  newestCommitAt: z.string().nullable(),
  wouldLoseSeconds: z.number().nullable(),
  /** Whether the log has reached the place; a keeper of an earlier version did not say. */
  arrived: z.boolean().default(true),
  /** Up to which moment everything would be there again. */
  reachesUntil: z.string().optional(),
});
export type RestoreOutlook = z.output<typeof restorePlanSchema>;

export const restoredSchema = z.object({
  place: z.string(),
  label: z.string(),
  /** null where nothing was written after the backup. */
  recoveredTo: z.string().nullable(),
  timeline: z.number(),
  databaseBytes: z.number(),
  seconds: z.number(),
  head: z.string().nullable(),
  tables: z.number(),
  rows: z.number(),
});
export type RestoredDatabase = z.output<typeof restoredSchema>;
