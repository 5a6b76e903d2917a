import { MiB } from '../../model/units.ts';
import type { Slot, Workload } from '../../model/workload.ts';
import type { CatalogContext } from '../context.ts';
import {
  databaseAddress,
  databaseAuthority,
  databaseNetwork,
  externalPostgres,
  tlsVariables,
} from '../database-access.ts';
import type { ResolvedImage } from '../images.ts';
import { deploymentEnvironment } from '../service-environment.ts';
import { hardened, reason } from './hardened.ts';

export const MIGRATIONS = 'migrations';

/** The migrations of one release: they live in the slot's file because each slot may be of another release. */
export function migrations(
  { config, target }: CatalogContext,
  image: ResolvedImage,
  slot: Slot,
): Workload {
  const { host, port, users } = databaseAddress(config);
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
      DEPLOYMENT_ENV: deploymentEnvironment(target),
      APP_VERSION: config.release.version,
      LOG_LEVEL: config.services.logLevel,
      POSTGRES_HOST: host,
      POSTGRES_PORT: String(port),
      POSTGRES_DB: config.postgres.database,
      POSTGRES_USER: users.owner,
      POSTGRES_PASSWORD_FILE: '/run/secrets/postgres-owner-password',
      ...tlsVariables(config),
    },
    secrets: ['postgres-owner-password'],
    ...databaseAuthority(config),
    networks: [{ name: databaseNetwork(config) }],
    dependsOn: externalPostgres(config) ? [] : [{ id: 'postgres', condition: 'healthy' }],
    memory: reason(256 * MiB, 'one connection, one statement at a time'),
    cpus: reason(1, 'one connection, one statement at a time'),
    pids: 64,
    // A migration cut off by a stop is rolled back by PostgreSQL; it is given the time to finish first.
    stopGraceSeconds: 60,
  });
}
