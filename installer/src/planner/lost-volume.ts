import { generationOf } from '../catalog/data-volume.ts';

/** What there is to tell which volume the database is in, where that is not on record. */
export type VolumeSigns = {
  /** Of the project, without its prefix. */
  readonly volumes: readonly string[];
  /** Generation that compose.yaml on disk names. */
  readonly rendered?: number;
  /** Generation that the container of PostgreSQL was made with. */
  readonly mounted?: number;
};

/** The room for the first restore is there from the day backups are switched on, and has never held what is served. */
const ROOM_FOR_THE_FIRST = 2;

/**
 * Generations the database may be in, where its record is lost; undefined where it can only be in the first. Whoever
 * moves to a generation makes the room for the next one with it, so one beyond the second tells of a move. Pure.
 */
export function lostVolume({ volumes, rendered, mounted }: VolumeSigns): number[] | undefined {
  const found = volumes.map(generationOf).filter((one) => one !== undefined);
  const signs = [rendered, mounted].filter((one) => one !== undefined);
  const isMoved = found.some((one) => one > ROOM_FOR_THE_FIRST) || signs.some((one) => one > 1);
  return isMoved ? found.sort((a, b) => a - b) : undefined;
}
