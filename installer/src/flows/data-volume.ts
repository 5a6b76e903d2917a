import { z } from 'zod';
import type { Files } from '../ports/files.ts';
import { instancePaths } from './paths.ts';

const restoreSchema = z.object({
  /** Which volume the database is in, from 1; the next restore goes into the one after it. */
  generation: z.number().int().min(1),
  /** Of the restore that led here: what was asked for, and when it was done. */
  target: z.string(),
  restoredAt: z.string(),
  /** Time of the last change in it; null where none was made after the backup. */
  recoveredTo: z.string().nullable(),
  /** That the services serve from it. */
  finished: z.boolean(),
});
/** With the record of before, for as long as it may be gone back to. */
const recordSchema = restoreSchema.extend({ former: restoreSchema.optional() });

/** state/data-volume.json: absent until the first restore from a backup. */
export type DataVolumeRecord = z.output<typeof recordSchema>;

/** Without the one before it. */
export const withoutFormer = (record: DataVolumeRecord): z.output<typeof restoreSchema> =>
  restoreSchema.parse(record);

/** Undefined where nothing was ever restored, or nobody can read what. Reads only. */
export async function readDataVolume(
  directory: string,
  files: Pick<Files, 'readText'>,
): Promise<DataVolumeRecord | undefined> {
  const text = await files.readText(instancePaths(directory).dataVolume);
  if (text === undefined) return undefined;
  return recordSchema.parse(JSON.parse(text));
}

export async function writeDataVolume(
  directory: string,
  record: DataVolumeRecord,
  files: Pick<Files, 'write'>,
): Promise<void> {
  const { dataVolume } = instancePaths(directory);
  await files.write(dataVolume, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o644 });
}
