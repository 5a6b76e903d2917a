import * as z from 'zod';
import { backupListSchema, type ListedBackup } from '../../model/backup.ts';
import { FactswayError } from '../../model/errors.ts';
import { GiB, MiB } from '../../model/units.ts';
import type { Keeper } from '../backups/keeper.ts';

const serverSchema = z.object({
  /** Major version, by its own word. */
  version: z.number(),
  databaseBytes: z.number(),
  /** Where the next volume is. */
  freeBytes: z.number(),
});
export type ServerFacts = z.output<typeof serverSchema>;

/** Of an empty cluster, and to spare. */
const EMPTY = 128 * MiB;
/** What the log of the new cluster takes until its next checkpoint: max_wal_size. */
const MOST_LOG = 2 * GiB;
/** A restore point that was proven longer ago is made again. */
const FRESH_MS = 24 * 3_600_000;

export const askServer = (keeper: Keeper): Promise<ServerFacts> =>
  keeper.ask(serverSchema, { argv: ['server'] });

/** Throws FW-POSTGRES-SPACE. The drill takes as much, and gives it back before. */
export function refuseTooLarge({ databaseBytes, freeBytes }: ServerFacts): void {
  const needed = databaseBytes + Math.min(databaseBytes, MOST_LOG) + EMPTY;
  if (freeBytes >= needed) return;
  const mib = (bytes: number): string => `${Math.ceil(bytes / MiB)} MiB`;
  throw new FactswayError(
    'FW-POSTGRES-SPACE',
    `A second copy of the database and its log need ${mib(needed)}, and ${mib(freeBytes)} are free. Nothing was changed.`,
    'Free some space where Docker keeps its volumes: docker system df shows what takes it. Then run the command again.',
  );
}

/** The newest full backup that a drill has proven lately; undefined where there is none. */
export async function provenBackup(keeper: Keeper, now: Date): Promise<string | undefined> {
  const { places } = await keeper.ask(backupListSchema, { argv: ['list'] });
  const isFresh = ({ type, stoppedAt, proven, damaged }: ListedBackup): boolean =>
    type === 'full' &&
    proven !== null &&
    !damaged &&
    now.getTime() - Date.parse(stoppedAt) < FRESH_MS;
  return places
    .flatMap(({ backups }) => backups)
    .filter(isFresh)
    .toSorted((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))[0]?.label;
}
