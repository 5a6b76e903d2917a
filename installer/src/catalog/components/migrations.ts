import { MiB } from '../../model/units.ts';
import type { Slot, Workload } from '../../model/workload.ts';
import type { CatalogContext } from '../context.ts';
import type { ResolvedImage } from '../images.ts';
import { ROLES } from '../roles.ts';
import { hardened, reason } from './hardened.ts';
import { POSTGRES_PORT } from './postgres.ts';

export const MIGRATIONS = 'migrations';

/** The migrations of one release: they live in the slot's file because each slot may be of another release. */
export function migrations({ config }: CatalogContext, image: ResolvedImage, slot: Slot): Workload {
  return hardened({
    component: MIGRATIONS,
    id: `${MIGRATIONS}-${slot}`,
    slot,
    group: 'app',
    kind: 'one-shot',
    purpose: 'brings the schema to this release before any of its services starts, then exits',
    image: image.reference,
    user: image.user,
    command: ['node', '/app/migrate.mjs', 'up'],
    environment: {
      DEPLOYMENT_ENV: 'enterprise',
      APP_VERSION: config.release.version,
      LOG_LEVEL: config.services.logLevel,
      POSTGRES_HOST: 'postgres',
      POSTGRES_PORT: String(POSTGRES_PORT),
      POSTGRES_DB: config.postgres.database,
      POSTGRES_USER: ROLES.owner,
      POSTGRES_PASSWORD_FILE: '/run/secrets/postgres-owner-password',
    },
    secrets: ['postgres-owner-password'],
    networks: [{ name: 'data' }],
    dependsOn: [{ id: 'postgres', condition: 'healthy' }],
    memory: reason(256 * MiB, 'one connection, one statement at a time'),
    cpus: reason(1, 'one connection, one statement at a time'),
    pids: 64,
    // A migration cut off by a stop is rolled back by PostgreSQL; it is given the time to finish first.
    stopGraceSeconds: 60,
  });
}
