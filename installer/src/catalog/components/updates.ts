import { UPDATES_DIRECTORY } from '../../model/updates/places.ts';
import type { Workload } from '../../model/workload.ts';
import type { CatalogContext } from '../context.ts';
import type { ResolvedImage } from '../images.ts';
import { hardened, httpHealth } from './hardened.ts';

export const UPDATES = 'updates';
export const UPDATES_PORTS = { http: 8090, metrics: 9855 } as const;
export const UPDATES_MOUNT = '/var/lib/factsway-updates';

/** Hands out updates of the desktop app; `release mirror` fills what it reads. */
export function updates(context: CatalogContext, image: ResolvedImage): Workload {
  const { sizing } = context;
  return hardened({
    component: UPDATES,
    id: UPDATES,
    group: 'core',
    purpose: 'hands out updates of the desktop app, behind the edge proxy under /updates/',
    image: image.reference,
    user: image.user,
    listens: [
      { name: 'http', port: UPDATES_PORTS.http },
      { name: 'metrics', port: UPDATES_PORTS.metrics },
    ],
    command: ['node', '/app/updates.mjs'],
    environment: {
      PORT: String(UPDATES_PORTS.http),
      METRICS_PORT: String(UPDATES_PORTS.metrics),
      UPDATES_DIRECTORY: UPDATES_MOUNT,
    },
    ...place(context),
    networks: [{ name: 'monitoring' }],
    health: httpHealth(UPDATES_PORTS.metrics, '/health'),
    memory: sizing.fixed.updates,
    cpus: sizing.fixedCpus,
    pids: 64,
    // An installer that is being sent is sent to its end; a client whose download breaks off resumes it.
    stopGraceSeconds: 30,
  });
}

/** On a server a directory that it only reads; in a cluster a volume that is filled through the pod. */
function place({
  config,
  target,
}: CatalogContext): Partial<Pick<Workload, 'volumes' | 'hostMounts' | 'stateDirectories'>> {
  if (target === 'kubernetes') return { volumes: [{ name: 'updates-data', mount: UPDATES_MOUNT }] };
  const { directory } = config.updates;
  return directory === undefined
    ? { stateDirectories: [{ directory: UPDATES_DIRECTORY, mount: UPDATES_MOUNT }] }
    : { hostMounts: [{ host: directory, mount: UPDATES_MOUNT, mustExist: true }] };
}
