import type { Client } from 'pg';
import { Problem } from './problem.ts';
import type { RestorePlan } from './restore-plan.ts';
import { lsn, segmentName, SEGMENT_BYTES } from './wal-name.ts';

/** Behind the last record that recovery applied, on a server that has not been started again since; null for none. */
export async function replayedTo(client: Client): Promise<bigint | null> {
  const { rows } = await client.query<{ replayed: string | null }>(
    'SELECT pg_last_wal_replay_lsn()::text AS replayed',
  );
  const text = rows[0]?.replayed ?? null;
  return text === null ? null : lsn(text);
}

/** The segment with the byte before a position. */
const segmentBefore = (position: bigint): number =>
  position === 0n ? 0 : Number((position - 1n) / BigInt(SEGMENT_BYTES));

/**
 * For a recovery that was to go to the end of the log. PostgreSQL takes whatever cannot be fetched for that end, also a
 * segment that is damaged or a place that went away meanwhile, and opens the database there.
 *
 * @param replayed as replayedTo has it
 * @throws Problem FW-RESTORE-WAL-MISSING
 */
export function refuseTooShort(
  { place, survey, chosen }: Pick<RestorePlan, 'place' | 'survey' | 'chosen'>,
  replayed: bigint | null,
): void {
  const timeline = chosen.timeline.id;
  const known = survey.archive.segments.filter((segment) => segment.timeline === timeline);
  // When the plan was made; what came later only leads further.
  const newest = Math.max(-1, ...known.map(({ number }) => number));
  const reached = replayed === null ? -1 : segmentBefore(replayed);
  if (reached >= newest) return;
  const from = segmentName({ timeline, number: Math.max(0, reached) });
  throw new Problem(
    'FW-RESTORE-WAL-MISSING',
    `recovery ended in segment ${from} of the log, and ${place.name} has it up to ${segmentName({ timeline, number: newest })}: one between them cannot be read`,
  );
}
