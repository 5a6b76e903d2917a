import type { Database } from './database.ts';

/** The ledger's schema or table is absent, or the first migration has not yet given us access. */
const NOT_MIGRATED = ['3F000', '42P01', '42501'];

/**
 * Is the schema this release needs in place? A service that came up before its migrations is alive
 * and not ready, and becomes ready by itself once they have run.
 *
 * @param head the last migration of this release, or undefined when the build does not say
 */
export function createSchemaCheck(db: Database, head: string | undefined): () => Promise<void> {
  let seen = false;
  return async () => {
    if (head === undefined || seen) return;
    const rows = await db
      .query('schema', 'SELECT 1 FROM factsway_migrations.ledger WHERE name = $1', [head])
      .catch((error: unknown) => {
        const { code } = error as { code?: unknown };
        if (NOT_MIGRATED.some((known) => known === code)) return [];
        throw error;
      });
    if (rows.length === 0) {
      throw Object.assign(new Error('schema is behind'), { code: 'not_migrated' });
    }
    // Asked again only after a restart: a schema that goes back while we run is an operator's act.
    seen = true;
  };
}
