import { mebibytes, MiB } from '../../model/units.ts';
import type { Slot, Workload } from '../../model/workload.ts';
import { hardened, reason } from '../components/hardened.ts';
import { MIGRATIONS } from '../components/migrations.ts';
import { POSTGRES_PORT } from '../components/postgres.ts';
import type { CatalogContext } from '../context.ts';
import type { ResolvedImage } from '../images.ts';
import { ROLES } from '../roles.ts';
import type { ServiceEntry } from './service.ts';

const COMMAND = ['node', '/app/service.mjs'] as const;
const PASSWORD_FILE = '/run/secrets/postgres-app-password';
const WRAPPER_MOUNT = '/factsway';

/** Name of the variable that carries a service's address: `RECORDS_SERVICE_URL`. */
export const urlVariable = (service: ServiceEntry): string =>
  `${service.shortName.toUpperCase()}_SERVICE_URL`;

/** One service in one slot, as the platform contract (spec 01) asks for it. */
export function serviceWorkload(
  { config, sizing }: CatalogContext,
  entry: ServiceEntry,
  all: readonly ServiceEntry[],
  image: ResolvedImage,
  slot: Slot,
): Workload {
  const memory = sizing.serviceUnit.value * entry.memoryWeight;
  // The rest of the limit is for buffers, code and the stacks of Node's own threads.
  const heap = mebibytes(memory * 0.75);
  const compatibility = config.services.passwordCompatibility;
  return hardened({
    component: entry.name,
    id: `${entry.name}-${slot}`,
    slot,
    group: 'app',
    purpose: entry.purpose,
    image: image.reference,
    user: image.user,
    ...(compatibility ? { entrypoint: ['/bin/sh', `${WRAPPER_MOUNT}/with-password.sh`] } : {}),
    command: COMMAND,
    environment: {
      ...sortedByKey(config.services.environment),
      DEPLOYMENT_ENV: 'enterprise',
      SERVICE_NAME: entry.shortName,
      PORT: String(entry.port),
      APP_VERSION: config.release.version,
      LOG_LEVEL: config.services.logLevel,
      POSTGRES_HOST: 'postgres',
      POSTGRES_PORT: String(POSTGRES_PORT),
      POSTGRES_DB: config.postgres.database,
      POSTGRES_USER: ROLES.app,
      POSTGRES_PASSWORD_FILE: PASSWORD_FILE,
      POSTGRES_POOL_MAX: reason(String(sizing.poolPerService.value), sizing.poolPerService.because),
      DRAIN_SECONDS: String(config.services.drainSeconds),
      NODE_OPTIONS: reason(
        `--max-old-space-size=${heap}`,
        'three quarters of the memory limit, in MiB',
      ),
      ...Object.fromEntries(
        all.map((peer) => [urlVariable(peer), `http://${peer.name}:${peer.port}`]),
      ),
    },
    secrets: ['postgres-app-password'],
    ...(compatibility ? { extraConfig: [{ directory: 'services', mount: WRAPPER_MOUNT }] } : {}),
    // The plain name is an alias inside the slot's own network: a request never crosses into the other slot.
    networks: [{ name: `app-${slot}`, aliases: [entry.name] }, { name: 'data' }],
    dependsOn: [{ id: `${MIGRATIONS}-${slot}`, condition: 'completed' }],
    health: {
      argv: ['node', '/app/healthcheck.mjs'],
      intervalSeconds: 15,
      timeoutSeconds: 5,
      retries: 3,
      startPeriodSeconds: 60,
    },
    memory: reason(
      memory,
      entry.memoryWeight === 1
        ? sizing.serviceUnit.because
        : `${entry.memoryWeight} × ${mebibytes(sizing.serviceUnit.value)} MiB: ${sizing.serviceUnit.because}`,
    ),
    cpus: sizing.serviceCpus,
    pids: 128,
    tmpfs: [{ mount: '/tmp', sizeBytes: 128 * MiB }],
    // Longer than the drain window plus the longest request the drain waits for.
    stopGraceSeconds: 60,
  });
}

/** The order of keys in a file says nothing and must change nothing. */
function sortedByKey(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
