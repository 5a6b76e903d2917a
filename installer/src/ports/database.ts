import type { PostgresTlsMode } from '../model/external-postgres.ts';

/** Where a PostgreSQL is and as whom to speak to it. */
export type DatabaseTarget = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: PostgresTlsMode;
  /** PEM of the only authority to trust; without it the public ones. */
  readonly authority: string | undefined;
};

/**
 * Why nothing was learned. unreachable: nobody there, or nobody who speaks PostgreSQL; tls: no encryption, or
 * another certificate than wanted; login: role, password or pg_hba.conf; database: no such database;
 * refused: anything else it said.
 */
export type DatabaseRefusal = 'unreachable' | 'tls' | 'login' | 'database' | 'refused';

/** What came of asking: a refusal is a fact as good as an answer. */
export type DatabaseAnswer =
  | {
      readonly row: Readonly<Record<string, unknown>>;
      readonly askedMs: number;
      readonly answeredMs: number;
    }
  | { readonly refusal: DatabaseRefusal; readonly reason: string };

/** A PostgreSQL that is not ours, asked as one of our roles. */
export type Database = {
  /** Connects, runs one statement that only reads, gives its first row and leaves. Ends by itself. */
  ask(
    target: DatabaseTarget,
    statement: string,
    values: readonly string[],
  ): Promise<DatabaseAnswer>;
};
