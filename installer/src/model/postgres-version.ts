/**
 * Major versions of PostgreSQL that images are made of, oldest first. 15 is there so that a database of before can be
 * taken over and moved on; whoever begins takes the last.
 */
export const POSTGRES_VERSIONS = [15, 17] as const;
export type PostgresVersion = (typeof POSTGRES_VERSIONS)[number];
export const DEFAULT_POSTGRES = 17 satisfies PostgresVersion;

/** Which one a text names; undefined for any other text. */
export const postgresVersion = (text: string): PostgresVersion | undefined =>
  POSTGRES_VERSIONS.find((version) => String(version) === text.trim());
