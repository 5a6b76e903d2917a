import type { Entry } from './ledger-entry.ts';
import { is } from './ledger-terms.ts';
import { same } from './leaves.ts';

const MOUNT = '/var/lib/factsway-updates';
const GiB = 1024 ** 3;

/** Beside the configuration, or updates.directory: an absolute one of the customer's, who alone knows which is right. */
const isDirectory = (path: unknown): boolean =>
  path === './state/updates' || (typeof path === 'string' && path.startsWith('/'));

/** What differs because the mirror of desktop updates has a volume in a cluster, and a directory of its server elsewhere. */
export const UPDATES_ENTRIES: readonly Entry[] = [
  {
    id: 'updates-in-a-volume',
    relation: 'DECLARED',
    reason:
      'On a server the mirror reads a directory that release mirror fills; in a cluster it has a volume, which is filled through its pod.',
    field: /^(hostPaths|volumes) \/var\/lib\/factsway-updates( |$)/,
    about: is('updates'),
    holds: ({ field, compose, kubernetes }) => {
      if (field === `hostPaths ${MOUNT}`) return isDirectory(compose) && kubernetes === undefined;
      if (field === `volumes ${MOUNT} bytes`)
        return compose === undefined && Number(kubernetes) >= GiB && Number(kubernetes) % GiB === 0;
      const expected: Readonly<Record<string, unknown>> = {
        [`volumes ${MOUNT} kind`]: 'persistent',
        [`volumes ${MOUNT} writable`]: true,
        [`volumes ${MOUNT} sharedWith`]: [],
      };
      return compose === undefined && field in expected && same(kubernetes, expected[field]);
    },
    asksFor: ({ component }) =>
      component === 'updates' ? [`hostPaths ${MOUNT}`, `volumes ${MOUNT} kind`] : [],
  },
];
