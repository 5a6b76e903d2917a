import type { ComponentFacts } from './facts.ts';
import type { Entry, Pair } from './ledger-entry.ts';
import { isService, isStateful } from './ledger-terms.ts';
import { same } from './leaves.ts';

/** Of who is asked for health, Kubernetes asks twice more. */
const probeFields = (probe: string, { here }: Pair): string[] =>
  here.health.argv === undefined
    ? []
    : ['check', 'everySeconds', 'timeoutSeconds', 'failures'].map((key) => `${probe} ${key}`);

const GATE_FIELDS = [
  ...['image', 'argv', 'environment LOG_LEVEL', 'memoryBytes', 'cpus', 'escalation', 'privileged'],
  ...['readOnlyRoot', 'added', 'dropped', 'mounts'],
];
/** What it is told: the way to the database, and of which release it is. */
const gateVariables = ({ environment }: ComponentFacts): [string, string][] =>
  Object.entries(environment).filter(
    ([key]) =>
      (key.startsWith('POSTGRES_') && key !== 'POSTGRES_POOL_MAX') || key === 'APP_VERSION',
  );

/** Where config files of a component lie. */
const directories = ({ files }: ComponentFacts): string[] =>
  Object.keys(files).map((path) => path.slice(0, path.lastIndexOf('/')));

/** What Kubernetes asks of a container that Compose does not. */
export const PROBE_ENTRIES: readonly Entry[] = [
  {
    id: 'time-to-recover',
    relation: 'REFINES',
    reason:
      'Kubernetes ends what does not start in time: what keeps data is given an hour to replay what it wrote before a power cut.',
    field: /^health startPeriodSeconds$/,
    about: isStateful,
    holds: ({ compose, kubernetes }) =>
      [120, 90, 60, 30].includes(Number(compose)) && kubernetes === 3600,
  },
  {
    id: 'start-in-whole-intervals',
    relation: 'REFINES',
    reason: 'A startup probe counts intervals: a start period between two of them is rounded up.',
    field: /^health startPeriodSeconds$/,
    about: ({ here: { health } }) =>
      Number(health.startPeriodSeconds) % Number(health.intervalSeconds) !== 0,
    holds: ({ compose, kubernetes, here: { health } }) => {
      const interval = Number(health.intervalSeconds);
      return kubernetes === Math.ceil(Number(compose) / interval) * interval;
    },
  },
  {
    id: 'readiness',
    relation: 'REFINES',
    reason:
      'Who takes no traffic is told apart from who is dead: services by what they say themselves, others by their health.',
    field: /^readiness /,
    holds: (one) => {
      const { intervalSeconds, timeoutSeconds, retries } = one.here.health;
      const { argv = [] } = one.there.health;
      const own = isService(one);
      const expected: Readonly<Record<string, unknown>> = {
        check: own ? `http /health/ready ${one.here.listens.join()}` : `exec ${argv.join(' ')}`,
        everySeconds: own ? 5 : intervalSeconds,
        timeoutSeconds,
        failures: own ? 2 : retries,
      };
      return (
        one.compose === undefined &&
        one.kubernetes === expected[one.field.slice('readiness '.length)]
      );
    },
    asksFor: (pair) => probeFields('readiness', pair),
  },
  {
    id: 'liveness',
    relation: 'REFINES',
    reason:
      'Started again only when the process itself no longer answers, not when something behind it is away.',
    field: /^liveness /,
    holds: (one) => {
      const { intervalSeconds, timeoutSeconds, retries } = one.here.health;
      const port = String(one.there.listens[0]);
      const expected: Readonly<Record<string, unknown>> = {
        check: isService(one) ? `http /health/live ${port}` : `tcp ${port}`,
        everySeconds: intervalSeconds,
        timeoutSeconds,
        failures: retries,
      };
      return (
        one.compose === undefined &&
        one.kubernetes === expected[one.field.slice('liveness '.length)]
      );
    },
    asksFor: (pair) => probeFields('liveness', pair),
  },
  {
    id: 'schema-gate',
    relation: 'REFINES',
    reason:
      'Pods wait for the schema in an init container: the program of the migrations, in their own role, which changes nothing.',
    field: /^gates wait-for-schema /,
    about: isService,
    holds: ({ field, compose, kubernetes, there, all }) => {
      const job = all.kubernetes.components['migrations'];
      if (!job || compose !== undefined) return false;
      const { name, tag, digest } = job.image;
      const [program = '', file = ''] = job.command;
      const known = gateVariables(there);
      const expected: Readonly<Record<string, unknown>> = {
        image: `${name}${tag && `:${tag}`}${digest && `@${digest}`}`,
        argv: ['/bin/sh', '-c', `until ${program} ${file} status; do sleep 3; done`],
        ...Object.fromEntries(known.map(([key, value]) => [`environment ${key}`, value])),
        'environment LOG_LEVEL': 'warn',
        // A pod is given the larger of what it waits with and what it works with.
        memoryBytes: there.resources.memoryBytes,
        cpus: there.resources.cpus,
        escalation: false,
        privileged: false,
        readOnlyRoot: true,
        added: [],
        dropped: ['ALL'],
        mounts: [...new Set(['/run/secrets', '/tmp', ...directories(there)])].sort(),
      };
      return same(kubernetes, expected[field.slice('gates wait-for-schema '.length)]);
    },
    asksFor: ({ here, there }) =>
      here.kind === 'service' && 'APP_VERSION' in here.environment
        ? [...GATE_FIELDS, ...gateVariables(there).map(([key]) => `environment ${key}`)].map(
            (field) => `gates wait-for-schema ${field}`,
          )
        : [],
  },
];
