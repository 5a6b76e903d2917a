import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from './history.ts';
import { STATE } from './paths.ts';

const carriedSchema = z.object({
  /** The newest segment that reached the place. */
  name: z.string(),
  /** When PostgreSQL closed it. */
  closedAt: z.string(),
  pushedAt: z.string(),
});
export type Carried = z.infer<typeof carriedSchema>;

const fileOf = (place: string): string => `${STATE}/carried-${place}.json`;

/** null before the first segment. A file of its own: the daemon writes it, without the lock. */
export function readCarried(place: string): Carried | null {
  try {
    return carriedSchema.parse(JSON.parse(readFileSync(fileOf(place), 'utf8')));
  } catch {
    return null;
  }
}

export function writeCarried(place: string, carried: Carried): void {
  writeDurably(fileOf(place), `${JSON.stringify(carried)}\n`);
}
