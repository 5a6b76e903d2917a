import { DATA } from './paths.ts';
import type { OpenPlace } from './place.ts';
import { Problem } from './problem.ts';
import { run } from './run.ts';
import type { Survey } from './survey.ts';

/** What PostgreSQL calls itself since it was made, from the output of pg_controldata; null where that is not to be trusted. */
export function parseIdentity(output: string): string | null {
  if (/^WARNING/m.test(output)) return null;
  return /^Database system identifier:\s+(\d+)$/m.exec(output)?.[1] ?? null;
}

/** Of the database that is here, whether it runs or not; null where there is none, or it cannot be read. */
export async function liveIdentity(): Promise<string | null> {
  const ran = await run('pg_controldata', [DATA]);
  return ran.code === 0 ? parseIdentity(`${ran.stdout}\n${ran.stderr}`) : null;
}

/**
 * Whether a place holds the backups of another database than the one that is here.
 *
 * @param known what the place has ever been of; after a new major version there are two
 * @param live null where nothing is here, or it cannot be read
 */
export const isForeign = (known: readonly string[], live: string | null): boolean =>
  live !== null && known.length > 0 && !known.includes(live);

/**
 * Somebody else's database is not put in the place of this one.
 *
 * @param live as liveIdentity has it
 * @throws Problem FW-BACKUP-FOREIGN
 */
export function refuseForeign(place: OpenPlace, { systemIds }: Survey, live: string | null): void {
  if (!isForeign(systemIds, live)) return;
  throw new Problem(
    'FW-BACKUP-FOREIGN',
    `the backups in ${place.name} are of another database than the one that is here`,
  );
}
