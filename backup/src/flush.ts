import { readdirSync } from 'node:fs';
import { connectLive, withClient } from './live.ts';
import type { Tell } from './ndjson.ts';
import { DATA } from './paths.ts';
import { Problem } from './problem.ts';
import type { Settings } from './settings.ts';
import { spooled } from './spool.ts';

export interface Flushed {
  readonly lastWal: string;
  readonly places: readonly { name: string; waiting: number }[];
}

const LOOK_EVERY_MS = 250;

/** Names up to `last`; history and backup files sort by the segment or timeline they begin with. */
export function notBehind(names: readonly string[], last: string): string[] {
  return names.filter((name) => name.slice(0, 24) <= last);
}

/** Segments that PostgreSQL has not handed over yet. */
function notHandedOver(): string[] {
  try {
    return readdirSync(`${DATA}/pg_wal/archive_status`)
      .filter((name) => name.endsWith('.ready'))
      .map((name) => name.slice(0, -'.ready'.length));
  } catch {
    return [];
  }
}

/** Where the log has to have arrived: in any place, in all of them, or in the one that is named. */
export type FlushedTo = 'any' | 'all' | { readonly place: string };

const nameOf = (where: FlushedTo): string =>
  typeof where === 'object' ? where.place : where === 'any' ? 'any place' : 'every place';

/**
 * Closes the current segment and waits until everything up to it has arrived.
 *
 * @throws Problem FW-BACKUP-DATABASE; FW-BACKUP-FLUSH when it takes longer than `seconds`
 */
export async function flush(
  settings: Settings,
  tell: Tell,
  seconds = 120,
  where: FlushedTo = 'any',
): Promise<Flushed> {
  const lastWal = await withClient(connectLive('postgres'), async (client) => {
    // Something to close the segment for, and the record at which a drill knows it may stop.
    await client.query(`SELECT pg_create_restore_point('factsway-flush')`);
    const { rows } = await client.query<{ name: string }>(
      'SELECT pg_walfile_name(pg_switch_wal()) AS name',
    );
    return rows[0]?.name ?? '';
  });
  tell(`waiting for the log up to ${lastWal} to reach ${nameOf(where)}`);
  const end = Date.now() + seconds * 1000;
  for (;;) {
    // In this order: a segment is always in at least one of the three until it has arrived.
    const underWay = notBehind([...notHandedOver(), ...spooled('new')], lastWal).length;
    const places = settings.places.map(({ name }) => ({
      name,
      waiting: underWay + notBehind(spooled(name), lastWal).length,
    }));
    const asked = places.filter(({ name }) => typeof where !== 'object' || where.place === name);
    const isThere = ({ waiting }: { waiting: number }): boolean => waiting === 0;
    if (where === 'all' ? asked.every(isThere) : asked.some(isThere)) return { lastWal, places };
    if (Date.now() > end) {
      throw new Problem(
        'FW-BACKUP-FLUSH',
        `the log did not reach ${nameOf(where)} within ${seconds} s`,
        places.map(({ name, waiting }) => `${name}: ${waiting} segments wait`),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
