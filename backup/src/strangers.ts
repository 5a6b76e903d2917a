import { unlinkSync } from 'node:fs';
import { SPOOL } from './paths.ts';
import { spooled } from './spool.ts';
import { systemOfSegment } from './system.ts';

/**
 * Removes segments that wait for a place and that it will never take: of a database that is neither in the place nor
 * here any more. One of them would hold up everything behind it. While the database that is here is none of the place's
 * own nothing is removed: then nobody knows yet which of the two is to stay.
 *
 * @param known identities of the databases the place is of
 * @param live identity of the one that is here
 * @returns names of what was removed
 */
export function dropStrangers(
  place: string,
  known: readonly string[],
  live: string | null,
  spool = SPOOL,
): string[] {
  if (live === null || !known.includes(live)) return [];
  const strange = spooled(place, spool).filter((name) => {
    if (!/^[0-9A-F]{24}$/.test(name)) return false;
    const identity = systemOfSegment(`${spool}/${place}/${name}`);
    return identity !== null && !known.includes(identity);
  });
  for (const name of strange) unlinkSync(`${spool}/${place}/${name}`);
  return strange;
}
