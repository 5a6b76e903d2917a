import { statSync, unlinkSync } from 'node:fs';
import type { Bell } from './bell.ts';
import { readCarried, writeCarried, type Carried } from './carried.ts';
import { log } from './ndjson.ts';
import { SPOOL } from './paths.ts';
import { pause } from './pause.ts';
import { tail, type OpenPlace } from './place.ts';
import { distribute, spooled } from './spool.ts';
import { systemOfSegment } from './system.ts';

const AT_ONCE = 4;
const LOOK_EVERY_MS = 500;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Longer after each failure in a row, so that a place that comes back is not met by a storm. */
export function pauseAfter(failuresInARow: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failuresInARow - 1, 16));
}

export interface Carrier {
  readonly place: string;
  readonly failures: () => number;
  readonly last: () => Carried | null;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** Hands on what PostgreSQL spooled, until stopped. */
export async function keepDistributing(
  places: readonly string[],
  bells: { readonly spooled: Bell; readonly handedOn: Bell },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const rung = bells.spooled.next();
    try {
      if (distribute(places) > 0) bells.handedOn.ring();
    } catch (error) {
      log('error', 'segments of the log cannot be handed on', { error: String(error) });
    }
    await rung.within(LOOK_EVERY_MS, signal);
  }
}

/** Carries segments to one place, oldest first; nothing that another place does holds it up. */
export function carrierOf(place: OpenPlace, handedOn: Bell): Carrier {
  let failures = 0;
  let last = readCarried(place.name);

  const push = async (name: string): Promise<boolean> => {
    const path = `${SPOOL}/${place.name}/${name}`;
    const closedAt = statSync(path).mtime.toISOString();
    const system = systemOfSegment(path);
    const ran = await place.run('archive-push', [path]);
    if (ran.code !== 0) {
      failures++;
      log('warn', 'a segment did not reach its place', {
        place: place.name,
        segment: name,
        exit: ran.code,
        reason: tail(ran, 2),
      });
      return false;
    }
    if (/^[0-9A-F]{24}$/.test(name) && (last === null || name > last.name)) {
      last = {
        name,
        closedAt,
        pushedAt: new Date().toISOString(),
        ...(system === null ? {} : { system }),
      };
      writeCarried(place.name, last);
    }
    unlinkSync(path);
    return true;
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    let inARow = 0;
    while (!signal.aborted) {
      const rung = handedOn.next();
      // After a failure one segment tries the way; the others follow when it is open again.
      const names = spooled(place.name).slice(0, inARow > 0 ? 1 : AT_ONCE);
      let good = true;
      try {
        good = (await Promise.all(names.map(push))).every(Boolean);
      } catch (error) {
        good = false;
        log('error', 'segments cannot be carried', { place: place.name, error: String(error) });
      }
      inARow = good ? 0 : inARow + 1;
      if (inARow > 0) await pause(pauseAfter(inARow), signal);
      else if (names.length < AT_ONCE) await rung.within(LOOK_EVERY_MS, signal);
    }
  };

  return { place: place.name, failures: () => failures, last: () => last, run };
}
