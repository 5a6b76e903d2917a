import { readdirSync } from 'node:fs';
import { readCarried } from './carried.ts';
import { connectLive, withClient } from './live.ts';
import type { Tell } from './ndjson.ts';
import { DATA, SPOOL } from './paths.ts';
import { Problem, toProblem } from './problem.ts';
import type { Settings } from './settings.ts';
import { spooled } from './spool.ts';
import { systemOfSegment } from './system.ts';

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

/**
 * Whether all that was written is in a place: by what a flush found, and without one (the database is down) where
 * nothing is on its way. On a busy platform something always is, so the flush counts where there was one.
 */
export function hasArrived(place: string, flushed: Flushed | null): boolean {
  const found = flushed?.places.find(({ name }) => name === place);
  if (found !== undefined) return found.waiting === 0;
  const own = readCarried(place)?.system;
  // What another cluster handed over, in the place of the one that is lost, never gets there and is missed by nobody.
  const isOurs = (directory: string, name: string): boolean => {
    const system = systemOfSegment(`${SPOOL}/${directory}/${name}`);
    return own === undefined || system === null || system === own;
  };
  const waiting = ['new', place].flatMap((directory) =>
    spooled(directory).filter((name) => isOurs(directory, name)),
  );
  return notHandedOver().length + waiting.length === 0;
}

/**
 * Flushes, and says so where that does not work: a database that is down, or a place that is away, keeps nobody from
 * looking at what could be restored, nor from restoring it. null: it did not work.
 */
export async function flushIfAlive(
  settings: Settings,
  place: string | null,
  tell: Tell,
  seconds = 30,
): Promise<Flushed | null> {
  try {
    return await flush(settings, tell, seconds, place === null ? 'any' : { place });
  } catch (error) {
    tell(
      `the newest changes may not be in the backups: ${toProblem(error, 'FW-BACKUP-FLUSH').message}`,
    );
    return null;
  }
}

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
