import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { SPOOL } from './paths.ts';
import { spooled } from './spool.ts';
import { systemOf, systemOfSegment } from './system.ts';

const SEGMENT = /^[0-9A-F]{24}$/;

/** Hidden, so that it is taken for no place. */
const asideOf = (spool: string, system: string): string => `${spool}/.of-${system}`;

/**
 * After a move to another major version the volume may hold the last of the log of the former cluster: no place takes
 * it any more, its names come again in the new one, and whoever goes back wants it. It waits in a directory of its
 * cluster until a keeper starts on that one again.
 *
 * @returns names of the segments that were set aside
 */
export function setForeignAside(
  places: readonly string[],
  spool = SPOOL,
  live = systemOf(),
): string[] {
  if (live === null) return [];
  const foreign: string[] = [];
  for (const directory of ['new', ...places]) {
    for (const name of spooled(directory, spool)) {
      const path = `${spool}/${directory}/${name}`;
      const system = SEGMENT.test(name) ? systemOfSegment(path) : null;
      if (system === null || system === live) continue;
      const aside = `${asideOf(spool, system)}/${directory}`;
      mkdirSync(aside, { recursive: true, mode: 0o700 });
      renameSync(path, `${aside}/${name}`);
      foreign.push(name);
    }
  }
  bringBack(places, spool, asideOf(spool, live));
  return [...new Set(foreign)];
}

function bringBack(places: readonly string[], spool: string, aside: string): void {
  if (!existsSync(aside)) return;
  for (const directory of readdirSync(aside)) {
    // Of a place that is not used any more nobody asks for it.
    if (directory !== 'new' && !places.includes(directory)) continue;
    mkdirSync(`${spool}/${directory}`, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(`${aside}/${directory}`))
      renameSync(`${aside}/${directory}/${name}`, `${spool}/${directory}/${name}`);
  }
  rmSync(aside, { recursive: true, force: true });
}
