import { linkSync, mkdirSync, readdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { SPOOL } from './paths.ts';

export interface Waiting {
  readonly segments: number;
  readonly bytes: number;
  readonly oldestSeconds: number;
}

/** Names handed over for a place (or `new`), oldest first; what begins with a dot is not finished. */
export function spooled(directory: string, spool = SPOOL): string[] {
  try {
    return readdirSync(`${spool}/${directory}`)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
}

/**
 * Gives every place its own link to what PostgreSQL handed over, and only then lets go of it: killed in
 * between, the next round finds the links and goes on. A place that is no longer configured loses its
 * directory, or its segments would stay for ever.
 *
 * @returns how many there were
 */
export function distribute(places: readonly string[], spool = SPOOL): number {
  for (const place of places) mkdirSync(`${spool}/${place}`, { recursive: true, mode: 0o700 });
  const names = spooled('new', spool);
  for (const name of names) {
    for (const place of places) link(`${spool}/new/${name}`, `${spool}/${place}/${name}`);
    unlinkSync(`${spool}/new/${name}`);
  }
  return names.length;
}

export function dropOtherPlaces(places: readonly string[], spool = SPOOL): string[] {
  const others = spooled('', spool).filter((name) => name !== 'new' && !places.includes(name));
  for (const name of others) rmSync(`${spool}/${name}`, { recursive: true, force: true });
  return others;
}

function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** What a place has still to get, what PostgreSQL just handed over included. */
export function waitingFor(place: string, now: Date, spool = SPOOL): Waiting {
  let bytes = 0;
  let oldest = now.getTime();
  const names = new Set<string>();
  for (const directory of [place, 'new']) {
    for (const name of spooled(directory, spool)) {
      if (names.has(name)) continue;
      try {
        const { size, mtimeMs } = statSync(`${spool}/${directory}/${name}`);
        names.add(name);
        bytes += size;
        oldest = Math.min(oldest, mtimeMs);
      } catch {
        // Carried away while we looked.
      }
    }
  }
  return {
    segments: names.size,
    bytes,
    oldestSeconds: Math.max(0, Math.round((now.getTime() - oldest) / 1000)),
  };
}
