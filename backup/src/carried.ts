import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { writeDurably } from './history.ts';
import { STATE } from './paths.ts';
import { systemOf } from './system.ts';

const carriedSchema = z.object({
  /** The newest segment that reached the place. */
  name: z.string(),
  /** When PostgreSQL closed it. */
  closedAt: z.string(),
  pushedAt: z.string(),
  /** The cluster it is of: another one begins with the same names again. */
  system: z.string().optional(),
});
export type Carried = z.infer<typeof carriedSchema>;

const fileOf = (place: string): string => `${STATE}/carried-${place}.json`;

/** null before the first segment of this cluster. A file of its own: the daemon writes it, without the lock. */
export function readCarried(place: string, live = systemOf()): Carried | null {
  try {
    const carried = carriedSchema.parse(JSON.parse(readFileSync(fileOf(place), 'utf8')));
    return carried.system === undefined || live === null || carried.system === live
      ? carried
      : null;
  } catch {
    return null;
  }
}

export function writeCarried(place: string, carried: Carried): void {
  writeDurably(fileOf(place), `${JSON.stringify(carried)}\n`);
}
