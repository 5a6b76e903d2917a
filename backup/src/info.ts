import * as z from 'zod';

const backupSchema = z.object({
  annotation: z.record(z.string(), z.string()).optional(),
  archive: z.object({ start: z.string().nullable(), stop: z.string().nullable() }),
  database: z.object({ id: z.number() }),
  error: z.boolean().nullish(),
  info: z.object({
    delta: z.number(),
    size: z.number(),
    repository: z.object({ delta: z.number().optional(), size: z.number().nullish() }),
  }),
  label: z.string(),
  lsn: z.object({ start: z.string(), stop: z.string() }).optional(),
  reference: z.array(z.string()).nullable(),
  timestamp: z.object({ start: z.number(), stop: z.number() }),
  type: z.enum(['full', 'diff', 'incr']),
});

const infoSchema = z.array(
  z.object({
    name: z.string(),
    archive: z.array(
      z.object({
        database: z.object({ id: z.number() }),
        id: z.string(),
        max: z.string().nullish(),
        min: z.string().nullish(),
      }),
    ),
    backup: z.array(backupSchema),
    db: z
      .array(z.object({ id: z.number(), 'system-id': z.string(), version: z.string() }))
      .default([]),
    status: z.object({
      lock: z
        .object({
          backup: z.object({
            held: z.boolean(),
            size: z.number().nullish(),
            'size-cplt': z.number().nullish(),
          }),
        })
        .optional(),
    }),
    repo: z.array(z.object({ status: z.object({ code: z.number(), message: z.string() }) })),
  }),
);

export type BackupType = 'full' | 'diff' | 'incr';

export interface Backup {
  readonly label: string;
  readonly type: BackupType;
  readonly startedAt: Date;
  readonly stoppedAt: Date;
  readonly databaseBytes: number;
  /** What this backup added to the place. */
  readonly storedBytes: number;
  readonly walStart: string;
  readonly walStop: string;
  readonly lsnStop: string;
  readonly annotation: Readonly<Record<string, string>>;
  /** Backups without which this one cannot be restored. */
  readonly needs: readonly string[];
  /** Of the database (pgBackRest's own count) to which it belongs. */
  readonly databaseId: number;
  /** Pages whose checksum was wrong already when the backup was made. */
  readonly pageErrors: boolean;
}

/** A cluster as the place came to know it; one that comes back after another gets a second number. */
export interface KnownDatabase {
  readonly id: number;
  readonly system: string;
  readonly version: string;
}

export interface PlaceInfo {
  /** Oldest first. */
  readonly backups: readonly Backup[];
  /** Identities of the databases it has ever been of, oldest first. Too long for a number of JavaScript. */
  readonly systemIds: readonly string[];
  readonly archives: readonly { id: string; databaseId: number; max: string | null }[];
  /** In the order in which they were adopted: the last one is that of today. */
  readonly databases: readonly KnownDatabase[];
  /** pgBackRest's own word on the repository: 0 ok, 1 no stanza, 2 no backup yet, … 99 anything else. */
  readonly status: number;
  readonly message: string;
  /** Bytes of the backup that runs at this moment. */
  readonly running: { readonly done: number; readonly total: number } | null;
}

/** Reads `pgbackrest info --output=json` for one stanza and one repository. */
export function parseInfo(json: string): PlaceInfo {
  // Numbers of clusters are longer than what JavaScript keeps exactly.
  const exact = json.replaceAll(/("system-id":)(\d+)/g, '$1"$2"');
  const [stanza] = infoSchema.parse(JSON.parse(exact));
  if (stanza === undefined) {
    return {
      backups: [],
      systemIds: [],
      archives: [],
      databases: [],
      status: 1,
      message: 'no stanza',
      running: null,
    };
  }
  const status = stanza.repo[0]?.status ?? { code: 0, message: 'ok' };
  const lock = stanza.status.lock?.backup;
  const running =
    lock?.held === true && typeof lock.size === 'number'
      ? { done: lock['size-cplt'] ?? 0, total: lock.size }
      : null;
  return {
    backups: stanza.backup.map(toBackup),
    systemIds: [...json.matchAll(/"system-id":(\d+)/g)].map(([, id = '']) => id),
    archives: stanza.archive.map(({ id, database, max }) => ({
      id,
      databaseId: database.id,
      max: max ?? null,
    })),
    databases: stanza.db.map(({ id, version, ...rest }) => ({
      id,
      system: rest['system-id'],
      version,
    })),
    status: status.code,
    message: status.message.split('\n')[0] ?? '',
    running,
  };
}

function toBackup(raw: z.infer<typeof backupSchema>): Backup {
  return {
    label: raw.label,
    type: raw.type,
    startedAt: new Date(raw.timestamp.start * 1000),
    stoppedAt: new Date(raw.timestamp.stop * 1000),
    databaseBytes: raw.info.size,
    storedBytes: raw.info.repository.delta ?? raw.info.repository.size ?? 0,
    walStart: raw.archive.start ?? '',
    walStop: raw.archive.stop ?? '',
    lsnStop: raw.lsn?.stop ?? '0/0',
    annotation: raw.annotation ?? {},
    needs: raw.reference ?? [],
    databaseId: raw.database.id,
    pageErrors: raw.error === true,
  };
}
