import type { Entry } from './ledger-entry.ts';
import { is, isOfRelease, isOnce, isService, isStateful, servicesOf } from './ledger-terms.ts';
import { same } from './leaves.ts';

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

/**
 * The number of a user in a cluster: root becomes the ordinary user of our images, others below 10000 are moved up.
 * Numbers from 1 to 99 are given out by Debian (Debian Policy 9.2.2) and no container of ours has one.
 */
function raised(id: unknown): number {
  if (typeof id !== 'number' || (id > 0 && id < 100)) return NaN;
  if (id === 0) return 10_001;
  return id < 10_000 ? id + 10_000 : id;
}

/** What differs in how a container runs. */
export const POD_ENTRIES: readonly Entry[] = [
  {
    id: 'no-slots',
    relation: 'DECLARED',
    reason: 'A Deployment replaces its pods one by one: there is no second slot to switch to.',
    field: /^slot$/,
    about: isOfRelease,
    holds: ({ compose, kubernetes }) => /^[ab]$/.test(String(compose)) && kubernetes === null,
  },
  {
    id: 'deployment-environment',
    relation: 'DECLARED',
    reason:
      'DEPLOYMENT_ENV tells a service where it runs: on a server of the firm, or in a cluster.',
    field: /^environment DEPLOYMENT_ENV$/,
    about: isOfRelease,
    holds: ({ compose, kubernetes }) => compose === 'enterprise' && kubernetes === 'cloud',
  },
  {
    id: 'high-user-ids',
    relation: 'DECLARED',
    reason:
      'Below 10000 are users a node may have itself: 0 becomes 10001, others below are moved up by 10000.',
    field: /^security (uid|gid)$/,
    holds: ({ compose, kubernetes }) => raised(compose) === kubernetes,
  },
  {
    id: 'volumes-for-the-group',
    relation: 'REFINES',
    reason: 'Volumes and Secrets are given to the group of the pod, whoever made them.',
    field: /^security volumeGroup$/,
    holds: ({ compose, kubernetes, there }) =>
      compose === null && kubernetes === there.security.gid,
  },
  {
    id: 'never-root',
    relation: 'REFINES',
    reason: 'Root is refused, whatever an image says.',
    field: /^security nonRoot$/,
    holds: ({ compose, kubernetes }) => compose === null && kubernetes === true,
  },
  {
    id: 'swap-of-the-node',
    relation: 'DECLARED',
    reason: 'Whether there is swap is a setting of the node; Compose allows none.',
    field: /^resources swapBytes$/,
    holds: ({ compose, kubernetes }) => compose === 0 && kubernetes === null,
  },
  {
    id: 'processes-of-the-node',
    relation: 'DECLARED',
    reason: 'How many processes a pod may have is a setting of the node (podPidsLimit).',
    field: /^resources pids$/,
    holds: ({ compose, kubernetes }) =>
      [64, 128, 256, 512].includes(Number(compose)) && kubernetes === null,
  },
  {
    id: 'memory-set-aside',
    relation: 'REFINES',
    reason:
      'All of its memory is asked for: what a node has promised twice it takes back by killing.',
    field: /^resources requestedMemoryBytes$/,
    holds: ({ compose, kubernetes, there }) =>
      compose === null && kubernetes === there.resources.memoryBytes,
  },
  {
    id: 'processor-set-aside',
    relation: 'REFINES',
    reason: 'A tenth of its processors is asked for.',
    field: /^resources requestedCpus$/,
    holds: ({ compose, kubernetes, there }) =>
      compose === null &&
      Math.round(Number(kubernetes) * 1000) === Math.round(there.resources.cpus * 100),
  },
  {
    id: 'disk-limit',
    relation: 'REFINES',
    reason: 'What it may leave on the disk of its node, its log among that, has a limit.',
    field: /^resources (diskBytes|requestedDiskBytes)$/,
    holds: ({ field, compose, kubernetes }) =>
      compose === null && kubernetes === (field.endsWith(' diskBytes') ? 256 : 64) * MiB,
  },
  {
    id: 'logs-of-the-node',
    relation: 'DECLARED',
    reason:
      'The kubelet rotates the logs of containers (containerLogMaxSize, containerLogMaxFiles).',
    field: /^logs /,
    holds: ({ field, compose, kubernetes }) =>
      compose === { 'logs driver': 'json-file', 'logs size': '10m', 'logs files': '5' }[field] &&
      kubernetes === null,
  },
  {
    id: 'restart-policy',
    relation: 'DECLARED',
    reason:
      'Two words for it: a pod is started again until it is taken away; a Job makes another pod.',
    field: /^restart$/,
    holds: (one) =>
      (isOnce(one) ? ['no'] : ['always', 'unless-stopped']).includes(String(one.compose)) &&
      one.kubernetes === (isOnce(one) ? 'Never' : 'Always'),
  },
  {
    id: 'job-tries-again',
    relation: 'REFINES',
    reason:
      'A node may end under a Job, and PostgreSQL may still be on its way: it is tried seven times, within an hour altogether.',
    field: /^job /,
    about: isOnce,
    holds: ({ field, compose, kubernetes }) =>
      field === 'job retries'
        ? compose === 0 && kubernetes === 6
        : compose === null && kubernetes === 3600,
  },
  {
    id: 'stop-signal-of-the-image',
    relation: 'DECLARED',
    reason:
      'The image of PostgreSQL says it (STOPSIGNAL SIGINT): a pod has no word for it before 1.33.',
    field: /^stop signal$/,
    about: is('postgres'),
    holds: ({ compose, kubernetes }) => compose === 'SIGINT' && kubernetes === null,
  },
  {
    id: 'told-before-it-ends',
    relation: 'REFINES',
    reason: 'Five seconds in which the cluster hears that a pod ends, before it begins to.',
    field: /^stop preStopSeconds$/,
    holds: (one) => one.compose === 0 && one.kubernetes === (isOnce(one) ? 0 : 5),
  },
  {
    id: 'scratch-in-memory',
    relation: 'DECLARED',
    reason: 'An emptyDir in memory belongs to the group of the pod and takes no mount options.',
    field: /^tmpfs .* (mode|flags|uid|gid)$/,
    holds: ({ field, compose, kubernetes, here }) => {
      const key = field.slice(field.lastIndexOf(' ') + 1);
      const { uid, gid } = here.security;
      return (
        kubernetes === null &&
        compose === { mode: '1777', flags: 'nodev,noexec,nosuid', uid, gid }[key]
      );
    },
  },
  {
    id: 'secret-for-the-group',
    relation: 'REFINES',
    reason:
      'Mode 0440 for the group of the pod, where Compose leaves the mode of the file as it is.',
    field: /^secrets .* mode$/,
    holds: ({ compose, kubernetes, there }) =>
      compose === null && kubernetes === 0o440 && there.security.volumeGroup === there.security.gid,
  },
  {
    id: 'certificate-elsewhere',
    relation: 'DECLARED',
    reason:
      'TLS ends in front of the proxy, which keeps neither key nor certificate: its directory starts empty.',
    field: /^(volumes \/data |secretDirectories )/,
    about: is('edge'),
    holds: ({ field, compose, kubernetes }) => {
      const expected: Readonly<Record<string, readonly unknown[]>> = {
        'volumes /data kind': ['persistent', 'scratch'],
        'volumes /data bytes': [null, 64 * MiB],
        'volumes /data writable': [true, true],
        'volumes /data sharedWith': [[], []],
        'secretDirectories /run/edge-tls': ['secrets/edge-tls', undefined],
      };
      return same(expected[field], [compose, kubernetes]);
    },
    asksFor: ({ component, here }) =>
      component === 'edge' &&
      (here.files['/etc/caddy/Caddyfile']?.text ?? '').includes('import tls/')
        ? ['secretDirectories /run/edge-tls']
        : [],
  },
  {
    id: 'size-of-a-volume',
    relation: 'REFINES',
    reason:
      'A claim says how large it is, in whole GiB; a volume of Compose is as large as its disk.',
    field: /^volumes .* bytes$/,
    about: isStateful,
    holds: ({ compose, kubernetes }) =>
      compose === null && Number(kubernetes) >= GiB && Number(kubernetes) % GiB === 0,
  },
  {
    id: 'replicas',
    relation: 'DECLARED',
    reason:
      'A cluster runs several of each service, all services alike, and two proxies; the database is sized for the most.',
    field: /^copies (least|most|away)$/,
    about: (one) => isService(one) || one.component === 'edge',
    holds: (one) => {
      const { least, most, away } = one.there.copies;
      const alike = servicesOf(one.all.kubernetes.components).every(
        ({ copies }) => copies.least === least && copies.most === most,
      );
      const right = isService(one)
        ? alike && least >= 2 && most >= least
        : least === 2 && most === 2;
      return same(one.here.copies, { least: 1, most: 1, away: null }) && away === 1 && right;
    },
  },
];
