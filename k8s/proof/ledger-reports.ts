import type { Case, Entry } from './ledger-entry.ts';
import { same } from './leaves.ts';
import { isService, REPORTS_MOUNT } from './ledger-terms.ts';

const BYTES = 24 * 1024 ** 2;

/** By field, what Compose and Kubernetes have: a volume on the one side, memory of the pod on the other. */
const EXPECTED = (one: Case): Readonly<Record<string, readonly [unknown, unknown]>> => {
  const others = Object.entries(one.all.compose.components)
    .filter(([name, { volumes }]) => name !== one.component && REPORTS_MOUNT in volumes)
    .map(([name]) => `${name}:${REPORTS_MOUNT}`)
    .sort();
  return {
    'volumes kind': ['persistent', undefined],
    'volumes bytes': [null, undefined],
    'volumes writable': [true, undefined],
    'volumes sharedWith': [others, undefined],
    'tmpfs bytes': [undefined, BYTES],
    'tmpfs mode': [undefined, null],
    'tmpfs flags': [undefined, null],
    'tmpfs uid': [undefined, null],
    'tmpfs gid': [undefined, null],
    'tmpfs sharedWith': [undefined, []],
  };
};

/** What differs because reports of errors wait with the pod in a cluster. */
export const REPORTS_ENTRIES: readonly Entry[] = [
  {
    id: 'reports-wait-in-the-pod',
    relation: 'DECLARED',
    reason:
      'Error reports that cannot be delivered wait in a volume of the server, and in a cluster in memory of the pod, which outlives its containers: a claim for each service would outlive what it is for.',
    field: /^(volumes|tmpfs) \/var\/lib\/factsway\/error-reports( |$)/,
    about: isService,
    holds: (one) => {
      const [here, there] = EXPECTED(one)[one.field.replace(` ${REPORTS_MOUNT}`, '')] ?? ['', ''];
      return same(one.compose, here) && same(one.kubernetes, there);
    },
    asksFor: (pair) =>
      isService(pair) && 'SENTRY_DSN' in pair.here.environment
        ? [`volumes ${REPORTS_MOUNT} kind`, `tmpfs ${REPORTS_MOUNT} bytes`]
        : [],
  },
];
