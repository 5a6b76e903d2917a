import * as z from 'zod';
import { FactswayError } from '../model/errors.ts';
import { shellWord } from '../model/shell.ts';
import type { Files } from '../ports/files.ts';
import { instancePaths } from './paths.ts';

/** A move to another major version of PostgreSQL: what it came from, which is there until somebody removes it. */
const moveSchema = z.object({
  from: z.object({ generation: z.number().int().min(1), postgres: z.number().int() }),
  at: z.string(),
  /** That it was the way back: what it left is not to be returned to. */
  back: z.boolean().optional(),
});
export type Move = z.output<typeof moveSchema>;

const volumeSchema = z.object({
  /** Which volume the database is in, from 1. */
  generation: z.number().int().min(1),
  /** The highest one that was ever served from, where that is not this one. */
  newest: z.number().int().optional(),
  /** The one it was in before. */
  left: z.number().int().optional(),
  /** Major version that made the volume; absent in a record of before, and then it is that of the configuration. */
  postgres: z.number().int().optional(),
  /** Of the restore that led here: what was asked for, and when it was done; absent where another version did. */
  target: z.string().optional(),
  restoredAt: z.string().optional(),
  /** Time of the last change in it; null where none was made after the backup. */
  recoveredTo: z.string().nullish(),
  /** That the services serve from it. */
  finished: z.boolean().default(true),
  /** The last change of the major version. */
  move: moveSchema.optional(),
});
/** With the record of before, for as long as it may be gone back to. */
const recordSchema = volumeSchema.extend({ former: volumeSchema.optional() });

/** state/data-volume.json: absent until the first restore from a backup or the first change of the major version, and never again after that. */
export type DataVolumeRecord = z.output<typeof recordSchema>;

/** With what a person need not know. */
export const readRecord = (record: z.input<typeof volumeSchema>): z.output<typeof volumeSchema> =>
  volumeSchema.parse(record);

/** Without the one before it. */
export const withoutFormer = (record: DataVolumeRecord): z.output<typeof volumeSchema> =>
  readRecord(record);

/** A move that was cut off once PostgreSQL was to run from the other volume. */
export const unfinishedMove = (record: DataVolumeRecord | undefined): Move | undefined =>
  record && !record.finished && record.target === undefined ? record.move : undefined;

/** The volume that a restore or a move goes into: one that nobody ever was served from. */
export const nextGeneration = (record: DataVolumeRecord | undefined): number =>
  Math.max(record?.generation ?? 1, record?.newest ?? 1) + 1;

/** Undefined where the database never moved. Throws FW-DATA-VOLUME-UNKNOWN where nobody can read what. Reads only. */
export async function readDataVolume(
  directory: string,
  files: Pick<Files, 'readText'>,
): Promise<DataVolumeRecord | undefined> {
  const path = instancePaths(directory).dataVolume;
  const text = await files.readText(path);
  if (text === undefined) return undefined;
  const parsed = recordSchema.safeParse(parseOrNothing(text));
  if (parsed.success) return parsed.data;
  throw new FactswayError(
    'FW-DATA-VOLUME-UNKNOWN',
    'state/data-volume.json cannot be read; it says in which of its volumes the database is. Nothing was changed.',
    `Set it aside, and the next command tells what speaks for which volume: mv ${shellWord(path)} ${shellWord(`${path}.broken`)}`,
    [z.prettifyError(parsed.error)],
  );
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function writeDataVolume(
  directory: string,
  record: DataVolumeRecord,
  files: Pick<Files, 'write'>,
): Promise<void> {
  const { dataVolume } = instancePaths(directory);
  await files.write(dataVolume, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o644 });
}
