/** What is known of a state of the database that can be gone back to. */
export type RestorePoint = {
  /** As `pointId` makes it: the moment it was asked for, in UTC. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Release that served when it was made. */
  readonly release: string;
  /** Why it was made, readable after "because". */
  readonly reason: string;
  /** Name of the last migration applied; null before the first. */
  readonly head: string | null;
  /** Size of the database when it was made: what a restore needs on the disk of the database. */
  readonly databaseBytes: number;
  /** What the point itself takes. */
  readonly storedBytes: number;
  readonly postgresVersion: string;
  /** damaged: known without reading all of it; `check` reads all of it. */
  readonly state: 'whole' | 'damaged';
};

export type PointWish = Pick<RestorePoint, 'id' | 'createdAt' | 'release' | 'reason'>;

/** Bytes an operation may need at most, and bytes that are free where it needs them. */
export type PointSpace = { readonly neededBytes: number; readonly freeBytes: number };

/**
 * States of the platform's own database that can be gone back to. Whatever was cut off half way is either not there
 * or whole, and the same call again finishes it. Each call throws FW-NOT-RUNNING where PostgreSQL does not run.
 */
export type RestorePoints = {
  /** What making one now would need. Reads only. */
  space(): Promise<PointSpace>;
  /**
   * Makes a point of the database as it is at one moment, while it serves. One of this id that is there is kept
   * and given back. Throws FW-RESTORE-POINT-SPACE before anything is written, FW-RESTORE-POINT-FAILED.
   */
  create(wish: PointWish): Promise<RestorePoint>;
  /** Latest first. Reads only. */
  list(): Promise<RestorePoint[]>;
  /**
   * Reads all of a point and the room there is for it; changes nothing. Throws FW-RESTORE-POINT-MISSING,
   * FW-RESTORE-POINT-DAMAGED, FW-RESTORE-POINT-SPACE.
   */
  check(id: string): Promise<RestorePoint>;
  /**
   * Puts the database back to a point, in one go at the end: until then the one that is there stays in place, and it
   * is set aside afterwards, not removed. Ends every connection to it; nobody should write meanwhile, because what
   * is written after the point is not in the database any more. Throws what `check` does, and FW-RESTORE-FAILED with
   * the database as it was.
   */
  restore(id: string): Promise<RestorePoint>;
  /** One that is gone already is as good as removed. */
  remove(id: string): Promise<void>;
  /** Names of the databases that restores set aside. Reads only. */
  replaced(): Promise<string[]>;
  /** Removes these databases for good; names that no restore made are refused. */
  removeReplaced(names: readonly string[]): Promise<void>;
};
