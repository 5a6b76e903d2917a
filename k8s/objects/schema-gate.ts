import { MiB } from '../../installer/src/model/units.ts';
import type { Workload } from '../../installer/src/model/workload.ts';
import { container, type PodSettings } from '../pods/pod-template.ts';

const EVERY_SECONDS = 3;

/**
 * An init container that ends as soon as nothing of this release is pending: the order of spec 01 ("migrations before
 * services") holds whatever is applied first. The program of the migrations asks, in the role of the service, which
 * may read the ledger and change nothing.
 */
export function schemaGate(service: Workload, migrations: Workload, settings: PodSettings): object {
  const [program = 'node', file = '/app/migrate.mjs'] = migrations.command;
  const database = Object.entries(service.environment).filter(
    ([name]) => name.startsWith('POSTGRES_') && name !== 'POSTGRES_POOL_MAX',
  );
  const gate: Workload = {
    ...service,
    kind: 'one-shot',
    component: 'wait-for-schema',
    image: migrations.image,
    entrypoint: ['/bin/sh', '-c'],
    command: [`until ${program} ${file} status; do sleep ${EVERY_SECONDS}; done`],
    environment: {
      ...Object.fromEntries(database),
      APP_VERSION: settings.version,
      LOG_LEVEL: 'warn',
    },
    listens: [],
    tmpfs: service.tmpfs
      .filter(({ mount }) => mount === '/tmp')
      .map((one) => ({ ...one, sizeBytes: 16 * MiB })),
    // Its limits are those of the service it waits for: a pod is given the larger of the two, and never both.
  };
  return container(gate, settings);
}
