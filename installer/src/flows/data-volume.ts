import { z } from 'zod';
import { FactswayError } from '../model/errors.ts';
import { shellWord } from '../model/shell.ts';
import type { Files } from '../ports/files.ts';
import { instancePaths } from './paths.ts';

/** Of a record that a person wrote, because ours was lost: only the generation can be known then. */
const NEVER = new Date(0).toISOString();

const restoreSchema = z.object({
  /** Which volume the database is in, from 1; the next restore goes into the one after it. */
  generation: z.number().int().min(1),
  /** Of the restore that led here: what was asked for, and when it was done. */
  target: z.string().default('latest'),
  restoredAt: z.string().default(NEVER),
  /** Time of the last change in it; null where none was made after the backup. */
  recoveredTo: z.string().nullable().default(null),
  /** That the services serve from it. */
  finished: z.boolean().default(true),
});
/** With the record of before, for as long as it may be gone back to. */
const recordSchema = restoreSchema.extend({ former: restoreSchema.optional() });

/** state/data-volume.json: absent until the first restore from a backup, and never again after that. */
export type DataVolumeRecord = z.output<typeof recordSchema>;

/** With what a person need not know. */
export const readRecord = (record: z.input<typeof restoreSchema>): z.output<typeof restoreSchema> =>
  restoreSchema.parse(record);

/** Without the one before it. */
export const withoutFormer = (record: DataVolumeRecord): z.output<typeof restoreSchema> =>
  readRecord(record);

/** Undefined where nothing was ever restored. Throws FW-DATA-VOLUME-UNKNOWN where nobody can read what. Reads only. */
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
