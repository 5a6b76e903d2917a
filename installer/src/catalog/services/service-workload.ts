import { mebibytes, MiB } from '../../model/units.ts';
import type { Slot, Workload } from '../../model/workload.ts';
import { hardened, reason } from '../components/hardened.ts';
import { MIGRATIONS } from '../components/migrations.ts';
import type { CatalogContext } from '../context.ts';
import { errorReportQueue } from '../error-reports.ts';
import { tracesSecrets } from '../traces.ts';
import { databaseAuthority, externalPostgres } from '../database-access.ts';
import type { ResolvedImage } from '../images.ts';
import { serviceEnvironment } from '../service-environment.ts';
import type { ServiceEntry } from './service.ts';

const COMMAND = ['node', '/app/service.mjs'] as const;
const WRAPPER_MOUNT = '/factsway';

/** One service in one slot, as the platform contract (spec 01) asks for it. */
export function serviceWorkload(
  { config, target, sizing }: CatalogContext,
  entry: ServiceEntry,
  addresses: Readonly<Record<string, string>>,
  image: ResolvedImage,
  slot: Slot,
): Workload {
  const memory = sizing.serviceUnit.value * entry.memoryWeight;
  const queue = errorReportQueue(config, target);
  const compatibility = config.services.passwordInEnvironment;
  return hardened({
    component: entry.name,
    id: `${entry.name}-${slot}`,
    slot,
    group: 'app',
    purpose: entry.purpose,
    speaksOut: 'may ask services of the internet, error reports among them',
    image: image.reference,
    user: image.user,
    listens: [{ name: 'http', port: entry.port }],
    ...(compatibility ? { entrypoint: ['/bin/sh', `${WRAPPER_MOUNT}/with-password.sh`] } : {}),
    command: COMMAND,
    environment: serviceEnvironment({ config, target, sizing, entry, slot, memory }, addresses),
    secrets: ['postgres-app-password', ...tracesSecrets(config)],
    ...databaseAuthority(config),
    ...(compatibility ? { extraConfig: [{ directory: 'services', mount: WRAPPER_MOUNT }] } : {}),
    // The plain name is an alias inside the slot's own network: a request never crosses into the other slot.
    // A PostgreSQL elsewhere is reached the way the network of the slot has out anyway.
    networks: [
      { name: `app-${slot}`, aliases: [entry.name] },
      ...(externalPostgres(config) ? [] : [{ name: 'data' as const }]),
    ],
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
    volumes: queue.volumes,
    tmpfs: [{ mount: '/tmp', sizeBytes: 128 * MiB }, ...queue.tmpfs],
    // Longer than the drain window plus the longest request the drain waits for.
    stopGraceSeconds: 60,
  });
}
